"""What an engine can be asked: to do something in a call that goes on, or who waits. A line of JSON each way.

Another ask is a struct here, a part of `Act` or `Ask`, and a line in `ari_app.live.doing`.
"""

import datetime as dt

import msgspec

from routing.facts import PersonId
from routing.supervision import Manner

LONGEST = 1 << 14
"""Bytes of a line that is asked; it has some hundred."""
LONGEST_ANSWER = 1 << 20
"""Bytes of a line that is answered: some thousand callers who wait."""


class OfCall(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What all asks have that are about a talk."""

    call: str
    by: str
    """Whoever asks: a person's id, or the name of an account that is no person's."""
    talking: PersonId
    """Who is to be in the talk that is meant: with somebody else it is another one by now."""
    until: dt.datetime
    """After this nobody waits for it any more: an engine that stood still must not do it then."""


class PauseRecording(OfCall, frozen=True, kw_only=True):
    """Write silence until it is resumed, or the talk ends."""

    reason: str | None
    """One of the rules' ``pauses``; None: the first."""


class ResumeRecording(OfCall, frozen=True, kw_only=True):
    """Record again."""


class Supervise(OfCall, frozen=True, kw_only=True):
    """Ring the one who asks, to hear along; who does already is to do so in this manner."""

    manner: Manner


class LeaveTalk(OfCall, frozen=True, kw_only=True):
    """The one who asks hears along no more."""


class RaiseHand(OfCall, frozen=True, kw_only=True):
    """The one who talks needs help: ring a supervisor."""


class HandOver(OfCall, frozen=True, kw_only=True):
    """Hand the caller over, as the telephone's transfer key does."""

    to: str
    """One of `routing.transfers.targets`."""


class HangUp(OfCall, frozen=True, kw_only=True):
    """End the talk, as whoever talks does by hanging up."""


class Consult(OfCall, frozen=True, kw_only=True):
    """Ring a colleague for whoever talks, while the caller waits."""

    whom: str
    """One of `routing.transfers.targets`."""


class JoinAll(OfCall, frozen=True, kw_only=True):
    """Have the caller, whoever talks and the colleague who is asked hear each other."""


class GoBack(OfCall, frozen=True, kw_only=True):
    """Have whoever asks a colleague be with the caller again, alone."""


class CallOutside(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Ring the telephone of whoever asks, and once that is answered call outside as if it had been dialled there."""

    call: str
    """What the call's id is to be, see `premises.ids.dialled_id`."""
    by: PersonId
    number: str
    """Whole, or one of the rules' emergency numbers."""
    until: dt.datetime
    """As in `OfCall`."""


Act = (
    PauseRecording
    | ResumeRecording
    | Supervise
    | LeaveTalk
    | RaiseHand
    | HandOver
    | HangUp
    | Consult
    | JoinAll
    | GoBack
)
"""To be done by the engine that has the call."""
Ask = Act | CallOutside


class WhoWaits(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Who waits in line. All engines are asked it: each has callers of its own."""

    until: dt.datetime
    """As in `OfCall`."""


Question = Ask | WhoWaits


class Done(msgspec.Struct, frozen=True, tag=True):
    """It is done, or begun where it takes longer."""


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The call is this engine's, and it is not done: why, and what to do instead."""

    why: str


class NotMine(msgspec.Struct, frozen=True, tag=True):
    """The engine that answers does not have this call, or takes no calls now."""


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits for a group, and talks with nobody yet."""

    call: str
    queue: str
    """The group's name."""
    since: dt.datetime
    """When this caller joined the line."""
    offered: PersonId | None
    """Whose telephone rings for the caller; None: it is not the caller's turn."""


class Waiting(msgspec.Struct, frozen=True, tag=True):
    """Who waits with this engine, in the order of their turns."""

    callers: tuple[Waits, ...]


Answer = Done | Refused | NotMine | Waiting
