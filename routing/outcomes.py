"""What comes of a step: all that the flow is ever told.

The caller's hang-up is no outcome: whoever drives the flow closes the generator and notes that the caller left.
"""

from enum import StrEnum
from typing import Literal

import msgspec

from routing.facts import PersonId


class Absence(StrEnum):
    """Why somebody was not reached. The first three are decided by the flow, the others are found out by doing."""

    ON_LEAVE = "on leave"
    OUTSIDE_HOURS = "outside working hours"
    ALREADY_TRIED = "already tried"
    AWAY = "away"
    SIGNED_OUT = "signed out"
    WRAPPING_UP = "wrapping up"
    """Has just talked, and writes down what it was about."""
    NOT_REGISTERED = "not registered"
    BUSY = "busy"
    RINGING = "ringing elsewhere"
    NO_ANSWER = "no answer"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    ELSEWHERE = "answered elsewhere"
    """Rung together with others, of whom one was quicker."""
    LIMIT = "limit reached"
    """An outside number, and the rule file's limit for them is spent."""


class Missed(msgspec.Struct, frozen=True):
    """Somebody who was wanted and not reached, and why. An outside number stands in ``person`` as it was dialled."""

    person: PersonId
    why: Absence


class Said(msgspec.Struct, frozen=True, tag="said"):
    """It was said."""


class Pressed(msgspec.Struct, frozen=True, tag="pressed"):
    """One of 0 to 9, * and #."""

    key: str


class Silence(msgspec.Struct, frozen=True, tag="silence"):
    """No key in time: a caller who rather waits keys in no code either."""


class Proved(msgspec.Struct, frozen=True, tag="proved"):
    """The code was right."""


class Unproved(msgspec.Struct, frozen=True, tag="unproved"):
    """A wrong code, or less than a whole one, was keyed in."""


class Talked(msgspec.Struct, frozen=True, tag="talked"):
    """Somebody answered and talked with the caller; the talk is over, and with it the call."""

    person: PersonId
    """The person, or the outside number."""
    ended_by: Literal["caller", "person"]
    missed: tuple[Missed, ...] = ()
    """Who was tried or passed over before, in that order."""


class HandedOver(msgspec.Struct, frozen=True, tag="handed_over"):
    """Somebody answered, talked with the caller and handed the call over; that talk is over, the call is not."""

    person: PersonId
    to: str
    """To whom, as it was keyed in at the telephone: one of the rule file's ``transfers``, a person, an extension.

    Empty: the person dropped out while asking a colleague, and the caller, who waited, must not be lost with it."""
    missed: tuple[Missed, ...] = ()
    """Who was tried or passed over before the person, in that order."""


class Unanswered(msgspec.Struct, frozen=True, tag="unanswered"):
    """Nobody was reached. Everybody who was wanted is in it, with the reason."""

    missed: tuple[Missed, ...]


class LineClosed(msgspec.Struct, frozen=True, tag="line_closed"):
    """It closed while the caller waited. Everybody who was wanted is in it, with the reason."""

    missed: tuple[Missed, ...]


class CallBackAsked(msgspec.Struct, frozen=True, tag="call_back_asked", omit_defaults=True):
    """The caller waits no longer, and is to be called back."""

    missed: tuple[Missed, ...] = ()
    call_at: str | None = None
    """The number that the caller has given; None: the one that the call came from."""


class Promised(msgspec.Struct, frozen=True, tag="promised"):
    """It is written down, and was said."""


class MessageLeft(msgspec.Struct, frozen=True, tag="message_left"):
    """A message was recorded."""

    seconds: float


class NothingLeft(msgspec.Struct, frozen=True, tag="nothing_left"):
    """The caller stayed silent at the tone."""


Reached = Talked | HandedOver | Unanswered | LineClosed | CallBackAsked
"""What comes of bringing somebody to the caller; each tells who was missed."""

Outcome = Said | Pressed | Silence | Proved | Unproved | Reached | Promised | MessageLeft | NothingLeft
