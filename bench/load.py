"""The bench's side of the telephones: a process of their own, which is told what to do and tells what came of it."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.errors import NotServingError
from bench.telephones.orders import Desk, Hello, Order, Place, Register, Report

_TOP = Path(__file__).resolve().parent.parent


class Telephones:
    """Everybody outside, and every manager's telephone; made by `telephones`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.managers = msgspec.json.decode(self._line(), type=Hello).managers
        """The port at which all managers answer."""

    def register(self, server: int, desks: Sequence[Desk]) -> None:
        """Register these telephones; returns once they are."""
        self._order(Register(server, tuple(desks)))
        self.report()

    def place(self, order: Place) -> Report:
        """Place calls; returns once all are over."""
        self.begin(order)
        return self.report()

    def begin(self, order: Place) -> None:
        """Place calls; `report` is due once they are over."""
        self._order(order)

    def report(self) -> Report:
        """What came of the order that was given last."""
        return msgspec.json.decode(self._line(), type=Report)

    def _order(self, order: Order) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()

    def _line(self) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        line = self._process.stdout.readline()
        if not line:
            raise NotServingError(f"the telephones ended by themselves, status {self._process.wait()}")
        return line


@contextmanager
def telephones() -> Iterator[Telephones]:
    """Have them until the block ends."""
    command = (sys.executable, "-m", "bench.telephones")
    with subprocess.Popen(command, cwd=_TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - ours
        try:
            yield Telephones(process)
        finally:
            process.terminate()
