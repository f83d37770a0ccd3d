"""What a telephone saw, told by the wall's clock, so that it can be compared with what the register says."""

import asyncio
import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from demo.incoming import Incoming
from demo.outgoing import Outgoing
from tests.asterisk.floor.callers import Caller
from tests.asterisk.floor.company import LUNCH
from tests.asterisk.floor.ears import Voices, voices
from tests.asterisk.floor.habits import NOTES, SIGNS_OUT
from tests.asterisk.floor.operators import Operator

GRAIN = 0.5
"""Seconds by which two who see the same end of a talk may tell it differently: news takes its time, a tone is looked
for each tenth of a second, and the machine has others to serve."""
NEWS = 2.0
"""Seconds until the switchboard knows what somebody does at a telephone."""


AFTERMATH = 2.0
"""Seconds for which all comes late after the machine had others to serve."""


class Clock:
    """Tells the loop's time by the wall's clock, and when it stood still."""

    def __init__(self) -> None:
        self._ahead = time.time() - asyncio.get_running_loop().time()
        self.pauses: tuple[tuple[float, float], ...] = ()
        """From when to when something stood still."""

    def was_disturbed(self, since: float, until: float) -> bool:
        """Whether something stood still between these moments of the loop, or just before."""
        return any(begin < until + AFTERMATH and end > since - AFTERMATH for begin, end in self.pauses)

    def wall(self, moment: float) -> dt.datetime:
        """The loop's time as UTC."""
        return dt.datetime.fromtimestamp(moment + self._ahead, dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One time that a telephone was rung."""

    person: str
    caller: str
    """As the telephone showed it."""
    since: dt.datetime
    answered: dt.datetime | None
    until: dt.datetime
    cut: bool
    """Whether the cable was pulled: the end that the telephone saw is nobody else's."""
    disturbed: bool
    """Whether the machine had others to serve meanwhile, so that all was heard, said and seen late."""
    ears: Voices

    @property
    def caller_alone(self) -> str:
        """The caller's name, without who hands the call over."""
        return self.caller.partition(" back from ")[0].partition(" from ")[0]

    @property
    def sure(self) -> bool:
        """Whether what this telephone saw of its end is what happened."""
        return not (self.cut or self.disturbed)

    @property
    def talked(self) -> float:
        """Seconds."""
        return (self.until - self.answered).total_seconds() if self.answered else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """One time that a caller's telephone was rung, to be called back."""

    number: str
    line: str
    """From where, as the telephone showed it."""
    since: dt.datetime
    answered: dt.datetime | None
    until: dt.datetime
    disturbed: bool
    ears: Voices

    @property
    def talked(self) -> float:
        """Seconds."""
        return (self.until - self.answered).total_seconds() if self.answered else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One call of the person's own: of a colleague, or of a feature code."""

    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time for which a person was not to be rung, or could not be."""

    since: dt.datetime
    until: dt.datetime
    told: bool
    """Whether the person had said so; else the telephone was out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephone:
    """All that one person's telephones saw."""

    person: str
    rings: tuple[Ring, ...]
    own: tuple[Own, ...]
    away: tuple[Spell, ...]
    said: tuple[dt.datetime, ...]
    """When the person said anything about being at work: what was to be wrapped up, is."""

    def free_since(self, moment: dt.datetime) -> dt.datetime | None:
        """When the last offer before that moment was over; None: there was none yet."""
        return max((ring.until for ring in self.rings if ring.since < moment), default=None)


def seen_by(operator: Operator, clock: Clock) -> Telephone:
    """What this person's telephones saw."""
    return Telephone(
        person=operator.person,
        rings=tuple(_ring(operator, call, clock) for call in operator.rung),
        own=tuple(_own(call, clock) for call in operator.dialled),
        away=tuple(sorted(_spells(operator, clock), key=lambda spell: spell.since)),
        said=tuple(clock.wall(told.began) for told in operator.told),
    )


def _ring(operator: Operator, call: Incoming, clock: Clock) -> Ring:
    return Ring(
        person=operator.person,
        caller=call.caller.name,
        since=clock.wall(call.invite.came),
        answered=clock.wall(call.answered_at) if call.was_answered else None,
        until=clock.wall(call.ended_at),
        cut=call.call_id in operator.cut,
        disturbed=clock.was_disturbed(call.invite.came, call.ended_at),
        ears=voices(call.audio),
    )


def rung_outside(caller: Caller, clock: Clock) -> Iterator[Back]:
    """What this caller's telephone saw."""
    for call in caller.rung:
        yield Back(
            number=caller.line,
            line=call.caller.user,
            since=clock.wall(call.invite.came),
            answered=clock.wall(call.answered_at) if call.was_answered else None,
            until=clock.wall(call.ended_at),
            disturbed=clock.was_disturbed(call.invite.came, call.ended_at),
            ears=voices(call.audio),
        )


def _own(call: Outgoing, clock: Clock) -> Own:
    return Own(since=clock.wall(call.audio.ear.started), until=clock.wall(call.ended_at))


def _spells(operator: Operator, clock: Clock) -> Iterator[Spell]:
    """What was said holds until the next thing is said; a telephone that is out, until it is in again."""
    now = asyncio.get_running_loop().time()
    for out in operator.out:
        yield Spell(since=clock.wall(out.since), until=clock.wall(min(out.until, now)), told=False)
    told = [one for one in operator.told if one.code[:3] != NOTES[:3]]
    for one, next_ in zip_longest(told, told[1:]):
        if one.code[:3] in (SIGNS_OUT, LUNCH[:3]):
            until = next_.began if next_ else now
            yield Spell(since=clock.wall(one.ended), until=clock.wall(until), told=True)
