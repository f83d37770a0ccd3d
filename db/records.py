"""What the register is told, as values: each one is a whole row, and writing it again changes nothing.

A row is known by its key, so that the same row may arrive twice (after a crash, from a spool) and later knowledge
replaces earlier. Times are UTC and aware; lengths are seconds. The tag is how the spool knows one kind from another.
"""

import datetime as dt
from typing import Literal

import msgspec

CallEnd = Literal[
    "talk",
    "message",
    "call-back",
    "goodbye",
    "caller left",
    "not reached",
    "refused",
    "shutdown",
    "asterisk ended",
    "link lost",
    "failed",
]
"""``call-back``: one was promised; ``not reached``: it was made in vain; ``refused``: at once, for there was too much
to do (`ari_app.admission`)."""
ServedBy = Literal["engine", "stand-in", "ring"]


class CallRow(msgspec.Struct, frozen=True, kw_only=True, tag="call"):
    """A call that reached us, answered or not (D14). Key: ``id``."""

    id: str
    arrived: dt.datetime
    number: str | None
    """The caller's, as `routing.facts.Caller.number`; None: withheld."""
    name: str | None
    """What the caller's side sent as its name: cleaned, for people only."""
    dialled: str
    customer: str | None = None
    """The customer's id."""
    looked_up: Literal["now", "earlier", "not"] = "now"
    rules: str | None = None
    """The version of the rules that the trail was made with."""
    intent: str | None = None
    answered: dt.datetime | None = None
    """When the caller's channel was answered, by a prompt or a person."""
    ended: dt.datetime | None = None
    """None: in progress, or cut short by a crash."""
    end: CallEnd | None = None
    cause: int | None = None
    """Q.850 cause of the caller's channel, where it is known."""
    served_by: ServedBy = "engine"
    """Who served the caller last: the engine, the stand-in while no engine was there, or, without both, the dialplan,
    which rings the operators (or refuses the call, as the engine has said)."""
    facts: bytes = b""
    """JSON of `routing.facts.Facts` without the customer's code and debt, for replay; of the staff those on whom the
    trail depends."""
    trail: bytes = b""
    """JSON of `routing.trail.Trail`."""
    erased: dt.datetime | None = None
    """When all that tells who called was erased from it (`db.personal`); the row stays, to be counted."""


class LegRow(msgspec.Struct, frozen=True, kw_only=True, tag="leg"):
    """One attempt to bring a person (or an outside number) to a call. Key: ``id``."""

    id: str
    """The channel's id, derived from the call's: ``leg-CALL-1``."""
    call: str
    person: str
    rule: str | None = None
    rang: dt.datetime
    answered: dt.datetime | None = None
    """When the person and the caller were joined; talk time counts from here to ``ended``."""
    ended: dt.datetime | None = None
    why: str | None = None
    """`routing.outcomes.Absence` when it was not answered."""
    cause: int | None = None
    wrapped_up: dt.datetime | None = None
    """Until when the person wrote up the talk, from ``ended`` on; None: no time was given for that."""


class RecordingRow(msgspec.Struct, frozen=True, kw_only=True, tag="recording"):
    """One sealed recording (T1). Key: ``call``."""

    call: str
    file: str
    """Below the recordings folder: ``2026/11/24/CALL.wav``."""
    started: dt.datetime
    seconds: float
    bytes: int
    sha256: str
    pieces: tuple[str, ...] = ()
    """The files it was made of."""
    repaired: bool = False
    """Whether a crash had left it unfinished."""
    removed: dt.datetime | None = None
    """When its file was deleted because its time was over; the row stays."""


class MessageRow(msgspec.Struct, frozen=True, kw_only=True, tag="message"):
    """A message in a box, which somebody must listen to. Key: ``id``."""

    id: str
    call: str
    box: str
    owner: str | None
    file: str
    """Below the messages folder."""
    left: dt.datetime
    seconds: float
    repaired: bool = False
    """Whether a crash had left it unfinished."""
    heard: dt.datetime | None = None
    heard_by: str | None = None
    removed: dt.datetime | None = None
    """When its file was deleted because its time was over; the row stays."""


class TaskRow(msgspec.Struct, frozen=True, kw_only=True, tag="task"):
    """Something that somebody owes a caller until it is done (T4, D14). Key: ``id``.

    Who the caller is stands in the call's row alone, so that it is erased there for good; with it go the call's tasks.
    """

    id: str
    """A message's id, a remark's, or that of a promise: `premises.ids`."""
    kind: Literal["message", "call-back", "remark"]
    call: str
    owner: str | None
    """Who must see to it: a person, a group, or a department's head, as in the rule file."""
    about: str
    """The message box, the group that the caller waited for, or the reason that was noted (``note``: none was)."""
    since: dt.datetime
    """Since when the caller waits for it: the oldest is due first."""
    taken: dt.datetime | None = None
    taken_by: str | None = None
    done: dt.datetime | None = None
    done_by: str | None = None
    call_at: str | None = None
    """The number that the caller has given to be called at; None: the one that the call came from."""


class DutyRow(msgspec.Struct, frozen=True, kw_only=True, tag="duty"):
    """What a person said last about being at work, `routing.presence.Duty`. Key: ``person``."""

    person: str
    kind: Literal["in", "away", "out"]
    reason: str | None = None
    since: dt.datetime


class PresenceRow(msgspec.Struct, frozen=True, kw_only=True, tag="presence"):
    """What a person is doing, `routing.presence.Standing`. Key: ``person``."""

    person: str
    state: str
    since: dt.datetime
    why: str
    call: str | None = None
    noted: dt.datetime
    """When this was known; of two rows the later one counts, whichever comes first."""


class AttendanceRow(msgspec.Struct, frozen=True, kw_only=True, tag="attendance"):
    """From when on a person was at work, or was not any more (T3). Key: ``person`` and ``since``.

    One that says what the one before it says changes nothing: several engines write down what they see.
    """

    person: str
    since: dt.datetime
    at_work: bool
    """Whether the person could be rung, or had a call or its wrap-up: on duty, not away, at a registered telephone."""
    why: str
    """`PresenceRow.why` at that moment."""


class RemarkRow(msgspec.Struct, frozen=True, kw_only=True, tag="remark"):
    """What somebody noted about a call once it was over (T5, D14, D20). Key: ``id``, which follows from the rest."""

    id: str
    call: str
    by: str
    """A person's id; an account that is no person's; from the command line the user of the operating system."""
    at: dt.datetime
    reason: str | None
    """One of the rule file's ``reasons``."""
    department: str | None
    """The one concerned by the call, as far as it is known."""
    text: str | None = None
    tell: tuple[str, ...] = ()
    """The departments that are told of it: each is sent a letter (`db.outbox`)."""
    erased: dt.datetime | None = None
    """When its text was erased (`db.personal`); the row stays, to be counted."""


Deed = Literal["listen", "whisper", "join", "take over", "help", "pause", "hand over", "hang up"]


class ActRow(msgspec.Struct, frozen=True, kw_only=True, tag="act"):
    """What somebody did in a talk beside talking: heard along, called for help, paused the recording, or ended another
    one's talk (T6, T8).

    Key: ``id``.
    """

    id: str
    call: str
    by: str
    """A person's id, or the name of an account that is no person's."""
    what: Deed
    person: str
    """Who talked with the caller."""
    began: dt.datetime
    ended: dt.datetime | None = None
    """None: it goes on, or is the matter of a moment."""
    why: str | None = None
    """Why the recording was paused, what came of the call for help, or to whom the caller was handed over."""


Row = (
    ActRow | CallRow | LegRow | RecordingRow | MessageRow | TaskRow | DutyRow | PresenceRow | AttendanceRow | RemarkRow
)
