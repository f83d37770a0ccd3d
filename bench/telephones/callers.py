"""The outside: callers who are answered, talk for a while and hang up."""

import itertools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from bench.telephones import wire
from bench.telephones.line import Line
from bench.telephones.orders import Place, Spoken
from bench.telephones.sound import Sound
from bench.telephones.timetable import Timetable

FIRST_AGAIN = 0.5
"""Seconds until a message that is not answered is sent once more; then doubled (T1, RFC 3261, section 17.1.1.1)."""
LAST_AGAIN = 4.0
GOODBYE_SECONDS = 10.0
"""For the switchboard to confirm that the caller has hung up."""
RELEASE_SECONDS = 5.0
"""For it to tell all managers of the end, after the last caller has hung up."""
LOOK_SECONDS = 0.05


@dataclass(slots=True)
class Call:
    """One call, as far as it has come."""

    id: str
    caller: str
    order: Place
    invited: int = 0
    rung: int = 0
    answered: int = 0
    left: int = 0
    released: int = 0
    again: int = 0
    refused: int = 0
    trouble: str = ""
    heard: bool = False
    """Whether the last request was answered by anything."""
    over: bool = False
    to: str = ""
    contact: str = ""
    sound: int = 0
    """Where the switchboard hears this caller."""
    acknowledgement: bytes = field(default=b"", repr=False)

    def spoken(self) -> Spoken:
        """What is reported of it."""
        return Spoken(
            *(self.caller, self.invited, self.rung, self.answered, self.left, self.released),
            *(self.again, self.refused, self.trouble),
        )


class Callers:
    """All callers, on one line."""

    def __init__(self, timetable: Timetable) -> None:
        self.line = Line()
        self.sound = Sound()
        self._timetable = timetable
        self._numbers = itertools.count(1)
        self._calls: dict[str, Call] = {}
        self._of: dict[str, Call] = {}
        self._under_way = 0

    def of(self, caller: str) -> Call | None:
        """The last call of this caller."""
        return self._of.get(caller)

    def place(self, order: Place, done: Callable[[tuple[Spoken, ...]], None]) -> None:
        """Place all calls of an order, each in its time; ``done`` is told of them once all are over."""
        begin, calls = time.monotonic(), [Call(self._new_id(), caller, order) for caller in order.callers]
        self._calls = {call.id: call for call in calls}
        self._under_way, self._done = len(calls), done
        for place, call in enumerate(calls):
            self._timetable.at(begin + place / order.rate, partial(self._invite, call))
        if order.together:
            last = begin + len(calls) / order.rate
            for place, call in enumerate(calls):
                self._timetable.at(last + order.talk + place * 0.002, partial(self._hang_up, call))

    def close(self) -> None:
        """Be gone."""
        self.line.close()
        self.sound.close()

    def hear(self) -> None:
        """Take what has come."""
        for message, at, sender in self.line.heard():
            call = self._calls.get(wire.field(message, b"Call-ID").decode())
            if call is None:
                continue
            if message.startswith(b"SIP/2.0 "):
                self._answered(call, message, int(message[8:11]), at)
            else:
                self._asked(call, message, sender)

    # ---------------------------------------------------------------- what the switchboard says

    def _answered(self, call: Call, message: bytes, status: int, at: int) -> None:
        method = wire.field(message, b"CSeq").rpartition(b" ")[2]
        if method == b"INVITE":
            call.heard = True
            if 200 <= status < 300:
                self._accepted(call, message, at)
            elif status >= 300:
                self._refused(call, message, status)
        elif method == b"BYE":
            call.heard = True
            self._finish(call)

    def _accepted(self, call: Call, message: bytes, at: int) -> None:
        if call.answered:
            call.again += 1
            self.line.send(call.acknowledgement, call.order.server)
            return
        call.answered = at
        call.to, call.contact = wire.field(message, b"To").decode(), wire.uri(wire.field(message, b"Contact"))
        call.acknowledgement = self._request(call, "ACK", 1)
        self.line.send(call.acknowledgement, call.order.server)
        if call.over:  # given up in this very moment
            self.line.send(self._request(call, "BYE", 2), call.order.server)
            return
        if call.order.sound:
            call.sound = wire.audio_port(message)
            self.sound.begin(call.sound)
        if not call.order.together:
            self._timetable.after(call.order.talk, partial(self._hang_up, call))

    def _refused(self, call: Call, message: bytes, status: int) -> None:
        call.to = wire.field(message, b"To").decode()
        self.line.send(self._request(call, "ACK", 1, branch=call.id), call.order.server)
        if not call.over:
            call.refused = status
            self._finish(call, f"refused with {status}")

    def _asked(self, call: Call, message: bytes, sender: int) -> None:
        """The switchboard hangs up, or asks whether we are there."""
        self.line.send(wire.answer(message, b"200 OK"), sender)
        if message.startswith(b"BYE") and not call.left:
            self._finish(call, "hung up by the switchboard")

    # ---------------------------------------------------------------- what callers do

    def _invite(self, call: Call) -> None:
        self._of[call.caller] = call
        body = wire.description(self.sound.port)
        message = self._request(call, "INVITE", 1, branch=call.id, body=body)
        call.invited = time.time_ns()
        self._send(call, message, FIRST_AGAIN)
        self._timetable.after(call.order.patience, partial(self._give_up, call))

    def _give_up(self, call: Call) -> None:
        if not call.answered and not call.over:
            self.line.send(self._request(call, "CANCEL", 1, branch=call.id), call.order.server)
            self._finish(call, "not answered in time")

    def _hang_up(self, call: Call) -> None:
        if not call.answered or call.over:
            return
        self._quieten(call)
        call.heard = False
        message = self._request(call, "BYE", 2)
        call.left = time.time_ns()
        self._send(call, message, FIRST_AGAIN)
        self._timetable.after(GOODBYE_SECONDS, partial(self._finish, call, "its end was not confirmed"))

    def _send(self, call: Call, message: bytes, again: float) -> None:
        """Send a request, and send it again until anything comes back."""
        self.line.send(message, call.order.server)
        self._timetable.after(again, partial(self._send_again, call, message, again))

    def _send_again(self, call: Call, message: bytes, again: float) -> None:
        if not call.heard and not call.over:
            call.again += 1
            self._send(call, message, min(2 * again, LAST_AGAIN))

    def _finish(self, call: Call, trouble: str = "") -> None:
        if call.over:
            return
        self._quieten(call)
        call.over, call.trouble = True, trouble
        self._under_way -= 1
        if self._under_way == 0:
            self._tell(time.monotonic() + RELEASE_SECONDS)

    def _tell(self, deadline: float) -> None:
        """Report all calls, once those who answered them have been told of the end, too."""
        calls = self._calls.values()
        if time.monotonic() < deadline and any(call.rung and not call.released for call in calls):
            self._timetable.after(LOOK_SECONDS, partial(self._tell, deadline))
        else:
            self._done(tuple(call.spoken() for call in calls))

    def _quieten(self, call: Call) -> None:
        if call.sound:
            self.sound.end(call.sound)
            call.sound = 0

    def _request(self, call: Call, method: str, sequence: int, *, branch: str = "", body: str = "") -> bytes:
        address = f"{call.caller}@{wire.HOST}:{self.line.port}"
        there = f"sip:{call.order.dialled}@{wire.HOST}:{call.order.server}"
        headers = (
            f"Via: SIP/2.0/UDP {wire.HOST}:{self.line.port};branch=z9hG4bK-{branch or f'{call.id}-{method}'}",
            f"From: <sip:{call.caller}@{wire.HOST}>;tag={call.id}",
            f"To: {call.to or f'<{there}>'}",
            f"Call-ID: {call.id}",
            f"CSeq: {sequence} {method}",
            f"Contact: <sip:{address}>",
            "Max-Forwards: 70",
        )
        return wire.request(f"{method} {call.contact or there} SIP/2.0", headers, body)

    def _new_id(self) -> str:
        return f"{os.getpid()}-{next(self._numbers)}"
