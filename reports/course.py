"""What became of one call: for whom it waited and how long, who talked, how it ended (D14, T4).

Everything comes from the call's row, its legs and its trail. Where something is not known (the trail was erased with
its customer, or the row was closed by somebody who did not see the call) a wait is told longer rather than shorter, and
a caller who left counts as one who had waited: a figure may be worse than the truth, never better.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from db.records import CallEnd, CallRow, LegRow
from routing.facts import PersonId
from routing.outcomes import Talked
from routing.outgoing import OUTGOING
from routing.outside import is_outside
from routing.steps import Ring, RingOutside, Step, Wait
from routing.trail import Entry, Trail, UnreadableTrailError, decode
from routing.transfers import INSIDE

Fate = Literal[
    "answered",
    "message",
    "call_back",
    "goodbye",
    "abandoned",
    "left",
    "not_reached",
    "outgoing",
    "inside",
    "cut_off",
    "open",
]
"""How a call went, one of them for each: somebody talked with the caller; a message was left; the caller is to be
called back; a text was the end; the caller hung up while waiting, or before (in the menu); who was called back did not
answer; one of our people called outside, or a colleague; a fault ended it; it goes on, or nobody has closed its row."""
StayFate = Literal["answered", "abandoned", "passed_on", "cut_off"]

FATES: dict[CallEnd, Fate] = {
    "talk": "answered",
    "message": "message",
    "call-back": "call_back",
    "not reached": "not_reached",
    "goodbye": "goodbye",
    "caller left": "abandoned",
    "shutdown": "cut_off",
    "asterisk ended": "cut_off",
    "link lost": "cut_off",
    "failed": "cut_off",
    "refused": "cut_off",
}
"""By the register's ends, where nobody talked with the caller; whoever left before anybody was wanted has ``left``."""
_UNSEEN: dict[Fate, StayFate] = {"answered": "answered", "abandoned": "abandoned", "cut_off": "cut_off"}
_NOBODY_KNOWS = "unknown"
"""The queue of whoever waited without a trail that tells where."""
_NONE = dt.timedelta()


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """The caller waited for a group, or people were rung one after another: one step that was to bring somebody."""

    queue: str
    """The group's name, or whom the rules wanted (``head of wholesale``), or the outside number."""
    people: tuple[PersonId, ...]
    since: dt.datetime
    until: dt.datetime
    """When somebody answered, or the caller left; of what was passed on, nothing that counts."""
    fate: StayFate
    legs: tuple[LegRow, ...] = ()
    """Who was rung then, until the next stay began."""

    @property
    def waited(self) -> dt.timedelta:
        """How long."""
        return lasted(self.since, self.until)


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """One call's way."""

    row: CallRow
    fate: Fate
    stays: tuple[Stay, ...]
    """In their order; none: nobody was wanted."""
    waited: dt.timedelta
    """From when somebody was first wanted until somebody answered, else until the end."""
    talks: tuple[LegRow, ...]
    """The legs that were answered, in the order of their answers."""

    @property
    def talked(self) -> dt.timedelta:
        """How long, with all people together."""
        return sum((lasted(leg.answered, leg.ended) for leg in self.talks), _NONE)

    @property
    def handovers(self) -> Iterator[tuple[LegRow, LegRow]]:
        """From whom to whom the caller was transferred; who was only consulted meanwhile was handed nothing."""
        taken = [talk for place, talk in enumerate(self.talks) if all(map(_outlasting(talk), self.talks[:place]))]
        return ((one, other) for one, other in pairwise(taken) if one.person != other.person)


def course(row: CallRow, legs: Sequence[LegRow]) -> Course:
    """How this call went; ``legs``: all of its legs, in the order of their ringing."""
    talks = tuple(sorted((leg for leg in legs if leg.answered), key=_answered))
    if row.ended is None:
        return Course(row=row, fate="open", stays=(), waited=_NONE, talks=talks)
    if row.dialled.startswith(OUTGOING):
        own = tuple(talk for talk in talks if not is_outside(talk.person))
        return Course(row=row, fate="outgoing", stays=(), waited=_NONE, talks=own)
    if row.dialled.startswith(INSIDE):
        return Course(row=row, fate="inside", stays=(), waited=_NONE, talks=talks)
    trail = _trail(row)
    stays = tuple(_stays(row, row.ended, legs, trail)) if trail else ()
    fate = _fate(row, talks, is_wanted=bool(stays) or trail is None)
    if not stays and fate != "not_reached" and (legs or fate in ("answered", "abandoned")):
        stays = (_unseen(row, row.ended, legs, fate),)
    return Course(row=row, fate=fate, stays=stays, waited=_waited(row.ended, stays, talks), talks=talks)


def lasted(since: dt.datetime | None, until: dt.datetime | None) -> dt.timedelta:
    """The time between, if both are known; none where a clock was set back."""
    return max(_NONE, until - since) if since and until else _NONE


def _trail(row: CallRow) -> Trail | None:
    try:
        return decode(row.trail) if row.trail else None
    except UnreadableTrailError:
        return None


def _fate(row: CallRow, talks: Sequence[LegRow], *, is_wanted: bool) -> Fate:
    if talks:
        return "answered"
    fate = FATES[row.end] if row.end else "cut_off"
    return "left" if fate == "abandoned" and not is_wanted else fate


def _waited(ended: dt.datetime, stays: Sequence[Stay], talks: Sequence[LegRow]) -> dt.timedelta:
    if not stays:
        return _NONE
    if talks:
        return lasted(stays[0].since, talks[0].answered)
    return lasted(stays[0].since, stays[-1].until if stays[-1].fate == "answered" else ended)


# ------------------------------------------------------------------------------------------------- the stays of a call


def _stays(row: CallRow, ended: dt.datetime, legs: Sequence[LegRow], trail: Trail) -> Iterator[Stay]:
    begun = list(_begun(row, legs, trail))
    for place, (entry, queue, since) in enumerate(begun):
        own = tuple(leg for leg in legs if _place(leg, begun) == place)
        answer = next((leg.answered for leg in own if leg.answered), None)
        yield Stay(
            queue=queue,
            people=_people(entry.step),
            since=since,
            until=answer or ended,
            fate=_stay_fate(entry, row, is_answered=answer is not None),
            legs=own,
        )


_Begun = tuple[Entry, str, dt.datetime]


def _begun(row: CallRow, legs: Sequence[LegRow], trail: Trail) -> Iterator[_Begun]:
    """The steps that were to bring somebody, each with its queue and when it began; never before the one before it."""
    earliest = row.arrived
    for entry in trail.entries:
        if (queue := _queue(entry.step)) is not None:
            earliest = max(earliest, _since(row, entry, legs, earliest))
            yield entry, queue, earliest


def _since(row: CallRow, entry: Entry, legs: Sequence[LegRow], earliest: dt.datetime) -> dt.datetime:
    if entry.after is not None:
        return row.arrived + dt.timedelta(seconds=entry.after)
    if isinstance(entry.step, Wait):  # the first ringing may be long after its beginning
        return earliest
    people = _people(entry.step)
    return next((leg.rang for leg in legs if leg.person in people and leg.rang >= earliest), earliest)


def _place(leg: LegRow, begun: Sequence[_Begun]) -> int:
    """In which of the stays somebody was rung: the last one by then.

    Of several that began at once, since nobody knows when they really did, the last one that wanted the person.
    """
    latest = max((since for _, _, since in begun if since <= leg.rang), default=begun[0][2])
    by_then = [place for place, (_, _, since) in enumerate(begun) if since == latest]
    wanting = [place for place in by_then if leg.person in _people(begun[place][0].step)]
    return (wanting or by_then)[-1]


def _stay_fate(entry: Entry, row: CallRow, *, is_answered: bool) -> StayFate:
    if is_answered or isinstance(entry.outcome, Talked):
        return "answered"
    if entry.outcome is not None:
        return "passed_on"
    if row.end == "talk":
        return "answered"
    return "abandoned" if row.end == "caller left" else "cut_off"


def _unseen(row: CallRow, ended: dt.datetime, legs: Sequence[LegRow], fate: Fate) -> Stay:
    """Of a call without a trail."""
    answer = next((leg.answered for leg in legs if leg.answered), None)
    return Stay(
        queue=_NOBODY_KNOWS,
        people=tuple(leg.person for leg in legs),
        since=legs[0].rang if legs else row.arrived,
        until=answer or (row.answered if fate == "answered" else None) or ended,
        fate=_UNSEEN.get(fate, "passed_on"),
        legs=tuple(legs),
    )


def _queue(step: Step) -> str | None:
    match step:
        case Wait():
            return step.queue
        case Ring():
            return step.wanted
        case RingOutside():
            return step.number
    return None


def _people(step: Step) -> tuple[PersonId, ...]:
    match step:
        case Wait() | Ring():
            return step.people
        case RingOutside():
            return (step.number,)
    return ()


def _outlasting(talk: LegRow) -> Callable[[LegRow], bool]:
    """Whether the talk went on after this earlier one was over."""
    return lambda earlier: earlier.ended is not None and (talk.ended is None or talk.ended > earlier.ended)


def _answered(leg: LegRow) -> dt.datetime:
    return leg.answered or leg.rang
