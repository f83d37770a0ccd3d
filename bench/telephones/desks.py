"""The managers' telephones: they register if they must, and answer at once whenever they are rung."""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.telephones import wire
from bench.telephones.callers import FIRST_AGAIN, LAST_AGAIN, Call, Callers
from bench.telephones.line import Line
from bench.telephones.orders import Desk, Register
from bench.telephones.sound import Sound
from bench.telephones.timetable import Timetable
from demo.digest import credentials, strongest

AT_ONCE = 16
"""Registrations under way together."""


@dataclass(slots=True)
class Talk:
    """What one telephone knows of a call."""

    call: Call | None
    """Whose; None: nobody's that we know."""
    answer: bytes
    sound: int
    confirmed: bool = False
    over: bool = False


class Desks:
    """All telephones, on one line."""

    def __init__(self, timetable: Timetable, callers: Callers) -> None:
        self.line = Line()
        self.sound = Sound()
        self._timetable = timetable
        self._callers = callers
        self._talks: dict[bytes, Talk] = {}
        self._registering: dict[str, Desk] = {}

    def close(self) -> None:
        """Be gone."""
        self.line.close()
        self.sound.close()

    def hear(self) -> None:
        """Take what has come."""
        for message, at, sender in self.line.heard():
            match message[: message.find(b" ")]:
                case b"SIP/2.0":
                    self._told(message, int(message[8:11]), sender)
                case b"INVITE":
                    self._rung(message, at, sender)
                case b"ACK":
                    self._confirmed(message)
                case b"BYE":
                    self._left(message, at, sender)
                case _:  # OPTIONS (are you there?), UPDATE, a CANCEL that comes too late
                    self.line.send(wire.answer(message, b"200 OK"), sender)

    # ---------------------------------------------------------------- calls

    def _rung(self, message: bytes, at: int, sender: int) -> None:
        key = wire.field(message, b"Call-ID")
        talk = self._talks.get(key)
        if talk is not None:
            _once_more(talk)
            self.line.send(talk.answer, sender)
            return
        call = self._callers.of(wire.user(wire.field(message, b"From")))
        contact = f"<sip:manager@{wire.HOST}:{self.line.port}>".encode()
        body = wire.description(self.sound.port).encode()
        answer = wire.answer(message, b"200 OK", tag=secrets.token_hex(4).encode(), contact=contact, body=body)
        talk = self._talks[key] = Talk(call, answer, wire.audio_port(message))
        if call is not None:
            call.rung = at
        self._answer(talk, sender, FIRST_AGAIN)
        if call is not None and call.order.sound:
            self.sound.begin(talk.sound)

    def _answer(self, talk: Talk, sender: int, again: float) -> None:
        self.line.send(talk.answer, sender)
        self._timetable.after(again, partial(self._answer_again, talk, sender, again))

    def _answer_again(self, talk: Talk, sender: int, again: float) -> None:
        if not talk.confirmed and not talk.over:
            _once_more(talk)
            self._answer(talk, sender, min(2 * again, LAST_AGAIN))

    def _confirmed(self, message: bytes) -> None:
        if talk := self._talks.get(wire.field(message, b"Call-ID")):
            talk.confirmed = True

    def _left(self, message: bytes, at: int, sender: int) -> None:
        self.line.send(wire.answer(message, b"200 OK"), sender)
        talk = self._talks.get(wire.field(message, b"Call-ID"))
        if talk is None:
            return
        if talk.over:
            _once_more(talk)
            return
        talk.over = True
        self.sound.end(talk.sound)
        if talk.call is not None:
            talk.call.released = at

    # ---------------------------------------------------------------- registering

    def register(self, order: Register, done: Callable[[], None]) -> None:
        """Register all of them; ``done`` is called once they are."""
        self._server, self._done = order.server, done
        self._waiting = deque(order.desks)
        self._registering = {}
        for _ in range(AT_ONCE):
            self._next()

    def _next(self) -> None:
        if self._waiting:
            desk = self._waiting.popleft()
            self._registering[desk.user] = desk
            self._ask(desk, 1)
        elif not self._registering:
            self._done()

    def _told(self, message: bytes, status: int, sender: int) -> None:
        desk = self._registering.get(wire.user(wire.field(message, b"To")))
        if desk is None:
            return
        if status == 401 and wire.field(message, b"CSeq").startswith(b"1 "):
            self._ask(desk, 2, wire.field(message, b"WWW-Authenticate").decode())
        elif status == 200:
            del self._registering[desk.user]
            self._next()

    def _ask(self, desk: Desk, sequence: int, challenge: str = "") -> None:
        server = f"sip:{wire.HOST}:{self._server}"
        headers = (
            f"Via: SIP/2.0/UDP {wire.HOST}:{self.line.port};branch=z9hG4bK-{secrets.token_hex(8)}",
            f"From: <sip:{desk.user}@{wire.HOST}>;tag={secrets.token_hex(4)}",
            f"To: <sip:{desk.user}@{wire.HOST}>",
            f"Call-ID: register-{desk.user}",
            f"CSeq: {sequence} REGISTER",
            f"Contact: <sip:{desk.user}@{wire.HOST}:{self.line.port}>",
            "Max-Forwards: 70",
            "Expires: 3600",
            *((f"Authorization: {_proof(desk, challenge, server)}",) if challenge else ()),
        )
        self.line.send(wire.request(f"REGISTER {server} SIP/2.0", headers), self._server)


def _once_more(talk: Talk) -> None:
    if talk.call is not None:
        talk.call.again += 1


def _proof(desk: Desk, challenge: str, server: str) -> str:
    asked = strongest([challenge])
    if asked is None:
        raise ValueError(f"a challenge that nobody can answer: {challenge}")
    return credentials(
        asked, user=desk.user, secret=desk.secret, method="REGISTER", uri=server, cnonce=secrets.token_hex(8)
    )
