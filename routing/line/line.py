"""The line itself: who waits, and the offers that can be made now. It is told what happens and the time, and acts not.

Callers are gone through in the order of their coming, whatever group they wait for; who is ahead counts as having come
so much earlier, so that even a never-ending row of such callers leaves nobody waiting for ever. Each one is offered
whoever is next of those who are free and within the caller's reach; a person who was offered is nobody else's. So
nobody is overtaken by a later caller who is no more ahead and wants the same people.
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from routing.facts import PersonId
from routing.line.choosing import in_turn
from routing.line.expecting import Handling, expected
from routing.line.reach import NEVER, next_change, reach
from routing.outcomes import Absence
from routing.standing import NOT_AT_WORK, Standing, absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.steps import Wait

PAUSE = dt.timedelta(seconds=10)
"""For how long a caller is not offered again somebody who just did not answer."""


class Offer(msgspec.Struct, frozen=True):
    """It is this caller's turn with this person, who was taken for it."""

    call: str
    person: PersonId
    others: tuple[PersonId, ...] = ()
    """Who was taken as well, to be rung at the same time."""


class NobodyThere(msgspec.Struct, frozen=True):
    """Everybody whom this caller could be offered has gone: waiting makes no sense any more."""

    call: str


Said = Offer | NobodyThere
Take = Callable[[PersonId, str], bool]
"""Takes a person for a call, if the person can be had; tells whether."""


class Place(msgspec.Struct, eq=False):
    """One caller's place in the line."""

    call: str
    step: Wait
    since: dt.datetime
    """When the caller joined the line, which may have been in the time of another engine."""
    offered: PersonId | None = None
    """An offer that is being carried out."""
    others: tuple[PersonId, ...] = ()
    """Who is rung at the same time."""
    offered_at: dt.datetime | None = None
    paused: dict[PersonId, dt.datetime] = msgspec.field(default_factory=dict)
    """Who did not answer this caller, and until when they are not offered again."""

    @property
    def counts_from(self) -> dt.datetime:
        """When the caller counts as having come."""
        return self.since - dt.timedelta(seconds=self.step.ahead)

    def waited(self, at: dt.datetime) -> float:
        """Seconds in the line."""
        return (at - self.since).total_seconds()

    def missed(self, person: PersonId, at: dt.datetime) -> None:
        """The offered person did not answer: the caller may be offered others, and this one again later."""
        self.offered, self.others = None, ()
        self.paused[person] = at + PAUSE

    def is_ready(self, person: PersonId, at: dt.datetime) -> bool:
        """Whether the caller may be offered this person, who did not just refuse."""
        return person not in self.paused or self.paused[person] <= at

    def due(self, at: dt.datetime) -> float:
        """In how many seconds somebody may be offered who may not be now; infinite: time changes nothing."""
        waited = self.waited(at)
        pauses = ((until - at).total_seconds() for until in self.paused.values() if until > at)
        return min(next_change(self.step, waited) - waited, min(pauses, default=NEVER))


class Line:
    """Everybody who waits, in the order in which they are gone through."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self._last: dict[str, PersonId] = {}
        """For each queue who was offered last."""
        self._handling: defaultdict[str, Handling] = defaultdict(Handling)

    def join(self, place: Place) -> None:
        """Stand in line, behind all who count as having come before."""
        bisect.insort(self.places, place, key=lambda other: other.counts_from)

    def leave(self, place: Place) -> None:
        """Wait no more."""
        self.places.remove(place)

    def served(self, place: Place, free_again: dt.datetime) -> None:
        """A caller who has left the line was talked with; since then the person is, or will be, free again."""
        if place.offered_at is not None:
            self._handling[place.step.queue].note((free_again - place.offered_at).total_seconds())

    def position(self, place: Place) -> int:
        """1: the next one to be served of all who wait for any of the same people."""
        wanted = set(place.step.people)
        before = itertools.takewhile(lambda other: other is not place, self.places)
        return 1 + sum(1 for other in before if other.offered is None and not wanted.isdisjoint(other.step.people))

    def expected(self, place: Place, standing: Callable[[PersonId], Standing], at: dt.datetime) -> float | None:
        """How many seconds this caller still waits, by what was measured; None: too little was, or nobody is there."""
        handling = self._handling[place.step.queue].mean
        at_work = sum(map(_Crew(standing, at).at_work, place.step.people))
        return expected(self.position(place), handling, at_work) if handling is not None and at_work else None

    def offers(self, standing: Callable[[PersonId], Standing], at: dt.datetime, take: Take) -> Iterator[Said]:
        """Go through the line once: every offer that can be made now, and who waits in vain.

        Who cannot be taken after all is offered to nobody in this round, and the caller is offered the next one.
        """
        crew, waiting = _Crew(standing, at), self._waiting()
        for place in self.places:
            if place.offered is None and (said := self._look_for(place, waiting[place.step.queue], crew, take)):
                yield said

    def is_in_vain(self, place: Place, standing: Callable[[PersonId], Standing], at: dt.datetime) -> bool:
        """Whether nobody whom this caller could be offered now is there at all."""
        crew = _Crew(standing, at)
        people = reach(place.step, place.waited(at), self._waiting()[place.step.queue], crew.at_work)
        return not any(map(crew.at_work, people))

    def _waiting(self) -> Counter[str]:
        return Counter(place.step.queue for place in self.places if place.offered is None)

    def _look_for(self, place: Place, waiting: int, crew: _Crew, take: Take) -> Said | None:
        people = reach(place.step, place.waited(crew.at), waiting, crew.at_work)
        if not any(map(crew.at_work, people)):
            return NobodyThere(place.call)
        queue = place.step.queue
        free = [person for person in people if crew.is_free(person) and place.is_ready(person, crew.at)]
        turns = in_turn(place.step.order, free, crew.standing, crew.at, self._last.get(queue, ""))
        taken = (person for person in turns if crew.is_given(person, place.call, take))
        first = next(taken, None)
        if first is None:
            return None
        others = tuple(taken) if place.step.order == "ring_all" else ()
        place.offered, place.others, place.offered_at = first, others, crew.at
        self._last[queue] = first
        return Offer(place.call, first, others)


class _Crew:
    """Everybody's standing while the line is gone through once; each is looked up once."""

    def __init__(self, standing: Callable[[PersonId], Standing], at: dt.datetime) -> None:
        self.at = at
        self._look_up = standing
        self._standings: dict[PersonId, Standing] = {}
        self._absences: dict[PersonId, Absence | None] = {}

    def standing(self, person: PersonId) -> Standing:
        if person not in self._standings:
            self._standings[person] = self._look_up(person)
        return self._standings[person]

    def at_work(self, person: PersonId) -> bool:
        """Whether the person is there at all, free or not."""
        return self._absence(person) not in NOT_AT_WORK

    def is_free(self, person: PersonId) -> bool:
        return self._absence(person) is None

    def is_given(self, person: PersonId, call: str, take: Take) -> bool:
        """Take the person, who then, or if that fails, is nobody else's in this round."""
        self._absences[person] = Absence.RINGING
        return take(person, call)

    def _absence(self, person: PersonId) -> Absence | None:
        if person not in self._absences:
            self._absences[person] = absence(self.standing(person), self.at)
        return self._absences[person]
