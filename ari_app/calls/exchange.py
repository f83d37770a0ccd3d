"""What all calls of one engine share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from ari_app.calls.inbox import LetGo
from ari_app.calls.tolls import Tolls
from ari_app.calls.waiting import WaitingLine
from ari_app.people.presence import Presence
from ari_app.people.telephones import Telephones
from db.records import CallRow, Row
from premises.voice import Voice
from routing.facts import Person
from routing.rulebook import Rulebook


class Register(Protocol):
    """The side of `db.Register` that a call needs."""

    def put(self, *rows: Row) -> None:
        """Write rows behind the call; never waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The engine's switchroom: made once by the composition root, handed to every call."""

    trunk: str
    """The SIP endpoint by which outside numbers are reached."""
    presence: Presence
    telephones: Telephones
    """Where people sit."""
    line: WaitingLine
    tolls: Tolls
    voice: Voice
    register: Register
    staff: Callable[[], tuple[Person, ...]]
    """Everybody who works here."""
    rules: Callable[[], Rulebook]
    """The rules in force now."""
    kept_rules: Callable[[str], Rulebook | None]
    """The rules of this version, for calls that began by them; None: they cannot be read any more."""
    message_begins: Callable[[str, str, str | None], None]
    """Told ``(recording id, box, owner)`` before a message is recorded: it is not lost with us or with Asterisk."""
    message_left: Callable[[str, str, str | None], None]
    """Told ``(recording id, box, owner)`` when a message may lie in Asterisk's folder: seals and registers it."""
    seconds_spoken: Callable[[str], Awaitable[float]]
    """How much speech is in the message of this id, once Asterisk has finished it."""
    mute_recording: Callable[[str, bool], Awaitable[None]]
    """Told ``(call, mute)``: its recording is silence from now on, or not any more. Raises `ari_app.ami.AmiError`."""
    call_ended: Callable[[CallRow], None]
    """Told a call's closed row: seals the recording, counts the call."""
    call_let_go: Callable[[CallRow, LetGo], None]
    """Told the open row of a call that goes on without us, and why."""
    guests: dict[str, str] = field(default_factory=dict)
    """Channels that are in a call, though their ids do not tell: the call's id, by the channel's."""
