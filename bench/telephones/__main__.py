"""``python -m bench.telephones``: a line of JSON says what to do, another what came of it, until there are no more."""

import gc
import os
import select
import sys
import time
from functools import partial

import msgspec

from bench.telephones.callers import Callers
from bench.telephones.desks import Desks
from bench.telephones.orders import Hello, Order, Place, Report
from bench.telephones.sound import FRAME_SECONDS
from bench.telephones.timetable import Timetable

_STDIN = 0


class Telephones:
    """Everything that the process does, in one loop."""

    def __init__(self) -> None:
        self._timetable = Timetable()
        self._callers = Callers(self._timetable)
        self._desks = Desks(self._timetable, self._callers)
        self._heard = b""

    def run(self) -> None:
        """Do what is ordered until there are no more orders."""
        say(Hello(self._desks.line.port))
        self._speak(time.monotonic())
        hear = {
            self._callers.line.socket.fileno(): self._callers.hear,
            self._desks.line.socket.fileno(): self._desks.hear,
        }
        while True:
            ready, _, _ = select.select([*hear, _STDIN], [], [], self._timetable.run())
            if _STDIN in ready:
                if not self._read():
                    break
                ready.remove(_STDIN)
            for line in ready:
                hear[line]()
        self._callers.close()
        self._desks.close()

    def _read(self) -> bool:
        more = os.read(_STDIN, 1 << 20)
        *lines, self._heard = (self._heard + more).split(b"\n")
        for line in lines:
            self._obey(msgspec.json.decode(line, type=Order))
        return bool(more)

    def _obey(self, order: Order) -> None:
        if isinstance(order, Place):
            self._callers.place(order, lambda calls: say(Report(calls)))
        else:
            self._desks.register(order, lambda: say(Report()))

    def _speak(self, moment: float) -> None:
        self._timetable.at(moment + FRAME_SECONDS, partial(self._speak, moment + FRAME_SECONDS))
        self._callers.sound.speak()
        self._desks.sound.speak()


def say(what: msgspec.Struct) -> None:
    """Tell the bench."""
    sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    gc.disable()  # a collection is a pause that the switchboard would be blamed for
    Telephones().run()
