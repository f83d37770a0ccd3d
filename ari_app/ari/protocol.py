"""The protocol of a link, without socket and clock: frames and times in, values out.

A link is in one of three states. What may happen in each is `LEGAL`, and nothing else can:

===========  ==========  ==============================================================================
state        input       leads to
===========  ==========  ==============================================================================
OPEN         COMMAND     OPEN: a frame to send; its answer is awaited
OPEN         FRAME       OPEN: an event, or the answer to a command
OPEN         REPLACED    FENCED: another process has our name; commands under way fail with `Fenced`
OPEN         SILENCE     LOST: Asterisk sends nothing, though pinged; commands fail with `LinkLost`
OPEN, …      CLOSED      LOST, or still FENCED: the socket ended
FENCED       FRAME       FENCED: what still comes is dropped, since somebody else acts on it
===========  ==========  ==============================================================================

A command on a link that is FENCED or LOST is answered at once, by the error.
"""

from collections import OrderedDict
from enum import Enum, auto
from typing import Any

from ari_app.ari.command import Command, T, frame
from ari_app.ari.echoes import Echoes
from ari_app.ari.errors import Fenced, LinkLost, TimedOut
from ari_app.ari.events import Answer, ApplicationReplaced, Event, Malformed, decode
from ari_app.ari.reply import Outcome, Reply
from ari_app.ari.timings import Timings


class State(Enum):
    """Of a link."""

    OPEN = auto()
    FENCED = auto()
    LOST = auto()


class Input(Enum):
    """What can happen to a link."""

    COMMAND = auto()
    FRAME = auto()
    REPLACED = auto()
    SILENCE = auto()
    CLOSED = auto()


LEGAL: dict[tuple[State, Input], State] = {
    (State.OPEN, Input.COMMAND): State.OPEN,
    (State.OPEN, Input.FRAME): State.OPEN,
    (State.OPEN, Input.REPLACED): State.FENCED,
    (State.OPEN, Input.SILENCE): State.LOST,
    (State.OPEN, Input.CLOSED): State.LOST,
    (State.FENCED, Input.FRAME): State.FENCED,
    (State.FENCED, Input.CLOSED): State.FENCED,
    (State.LOST, Input.CLOSED): State.LOST,
}


class Beat(Enum):
    """What the heartbeat wants done."""

    REST = auto()
    PING = auto()
    PROBE = auto()
    """Ask over another connection whether Asterisk is there, and say `Protocol.vouch` if it is."""
    DROP = auto()
    """The link is lost: close the socket without waiting for the other side."""


class Protocol:
    """One link's core. The driver feeds it and does what it says; replies are fulfilled here."""

    def __init__(self, now: float, timings: Timings) -> None:
        self.state = State.OPEN
        self.why: LinkLost | None = None
        """Why the link is FENCED or LOST."""
        self._timings = timings
        self._sent = 0
        self._echoes = Echoes()
        # Every command has the same time limit, so the oldest stands first and the heartbeat looks at that one only.
        self._pending: OrderedDict[str, tuple[float, Reply[Any]]] = OrderedDict()
        self._heard = self._looked = self._vouched = now

    @property
    def pending(self) -> tuple[str, ...]:
        """The commands that wait for their answers, the oldest first."""
        return tuple(reply.command for _, reply in self._pending.values())

    def command(self, command: Command[T], now: float) -> tuple[Reply[T], bytes | None]:
        """The reply that the caller gets, and the frame to send; no frame if the link is over."""
        reply = Reply(command.name, command.answer)
        if (self.state, Input.COMMAND) not in LEGAL:
            reply.learn(self.why or LinkLost("the link is closed"))
            return reply, None
        self._sent += 1
        request_id = str(self._sent)
        encoded = frame(request_id, command)
        self._pending[request_id] = (now + self._timings.reply, reply)
        return reply, encoded

    def receive(self, raw: bytes, now: float) -> Event | Malformed | None:
        """Take one frame. An event, or what could not be understood, is for the driver; an answer goes to its reply.

        An event that has come before is nothing.
        """
        self._heard = now
        if self.state is not State.OPEN:
            return None
        match decode(raw):
            case Answer() as answer:
                self._answered(answer)
                return None
            case ApplicationReplaced() as replaced:
                self._end(Input.REPLACED, Fenced(f"another process took the application {replaced.application}"))
                return replaced
            case Event(timestamp=stamp) if stamp and self._echoes.repeats(raw):
                return None
            case other:
                return other

    def alive(self, now: float) -> None:
        """A sign of life that is no message: a pong."""
        self._heard = now

    def vouch(self, now: float) -> None:
        """Asterisk answered on another connection."""
        self._vouched = now

    def beat(self, now: float) -> Beat:
        """Look at the clock, about every ``Timings.beat`` seconds: answers that are overdue, and silence.

        A look that comes late says nothing about Asterisk: it was this process that was stopped or busy, and what
        Asterisk sent meanwhile lies unread in the socket. Then the silence counts anew.

        Silence is excused while a command is under way and Asterisk answers elsewhere: as long as a command waits (for
        the end of a playback), Asterisk 22.10 reads nothing more from this WebSocket, pings included.
        """
        if self.state is not State.OPEN:
            return Beat.REST
        if now - self._looked > 2 * self._timings.beat:
            self._heard = now
        self._looked = now
        self._give_up_overdue(now)
        quiet = now - self._heard
        if quiet >= self._timings.silence and not self._is_held_up(now):
            self._end(Input.SILENCE, LinkLost(f"Asterisk was silent for {quiet:.1f} s"))
            return Beat.DROP
        return Beat.PROBE if quiet > 2 * self._timings.beat and self._pending else Beat.PING

    def _is_held_up(self, now: float) -> bool:
        vouched = now - self._vouched < self._timings.silence
        return vouched and bool(self._pending) and now - self._heard < self._timings.reply

    def closed(self, why: str) -> None:
        """The socket ended."""
        self._end(Input.CLOSED, LinkLost(why))

    def _answered(self, answer: Answer) -> None:
        # An unknown id is the late answer to a command that was given up.
        _, reply = self._pending.pop(answer.request_id, (0.0, None))
        if reply is not None:
            reply.learn(Outcome(answer.status_code, answer.reason_phrase, answer.message_body))

    def _give_up_overdue(self, now: float) -> None:
        while self._pending:
            request_id, (until, reply) = next(iter(self._pending.items()))
            if until > now:
                return
            del self._pending[request_id]
            reply.learn(TimedOut(f"{reply.command}: no answer in {self._timings.reply:g} s"))

    def _end(self, happened: Input, why: LinkLost) -> None:
        self.state = LEGAL[self.state, happened]
        self.why = self.why or why
        pending, self._pending = self._pending, OrderedDict()
        for _, reply in pending.values():
            reply.learn(self.why)
