"""Hours of callers, played in moments: the line of `routing.line`, people's standings, and a clock of our own."""

import datetime as dt
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from routing.facts import PersonId
from routing.line.line import Line, NobodyThere, Place
from routing.line.stages import Order
from routing.presence import Answered, Ended, Offered, Telephone
from routing.standing import Standing, happen
from routing.steps import Wait

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
LONGEST_WAIT = 1e9
"""Seconds: callers of a simulation give up by their own patience alone."""


@dataclass(frozen=True)
class Shift:
    """Who calls, and who is there."""

    people: int
    per_hour: float
    """Callers."""
    talk: float = 180.0
    """Seconds, on average; exponential, as Erlang C wants it."""
    order: Order = "longest_idle"
    patience: float | None = None
    """Seconds after which somebody who waits gives up, on average (exponential); None: nobody ever does."""
    ahead: float = 0.0
    """Seconds by which every fifth caller counts as having come earlier."""
    slower: float = 1.0
    """How many times longer the talks of half the people are."""


@dataclass(frozen=True)
class Served:
    """One caller who was served, or gave up."""

    waited: float
    expected: float | None
    """What was expected when the caller joined the line; None: nothing, or there was no need to wait."""
    is_ahead: bool
    gave_up: bool = False


@dataclass
class Day:
    """What came of a shift."""

    callers: list[Served] = field(default_factory=list)
    talks: dict[PersonId, int] = field(default_factory=dict)
    busy: dict[PersonId, float] = field(default_factory=dict)
    """Seconds of talk."""


def play(shift: Shift, hours: float, seed: int) -> Day:
    """The same shift and the same seed give the same day. Whoever waits at its end is served after it."""
    return _Play(shift, seed).play(hours * 3600)


class _Play:
    def __init__(self, shift: Shift, seed: int) -> None:
        self._shift = shift
        self._random = Random(seed)
        self._line = Line()
        self._at = 0.0
        self._todo: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._expected: dict[str, float | None] = {}
        """For each call that waits what was expected when it came."""
        self._day = Day()
        people = tuple(f"p{number:03}" for number in range(shift.people))
        idle = happen(Standing(since=MONDAY), Telephone(registered=True, in_call=False), MONDAY)
        self._standings = dict.fromkeys(people, idle)
        self._day.talks = dict.fromkeys(people, 0)
        self._day.busy = dict.fromkeys(people, 0.0)

    def play(self, seconds: float) -> Day:
        self._after(self._between(), lambda: self._call(seconds))
        while self._todo:
            self._at, _, act = heapq.heappop(self._todo)
            act()
            self._go_through()
        return self._day

    @property
    def _now(self) -> dt.datetime:
        return MONDAY + dt.timedelta(seconds=self._at)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._todo, (self._at + seconds, next(self._order), act))

    def _between(self) -> float:
        return self._random.expovariate(self._shift.per_hour / 3600)

    def _call(self, until: float) -> None:
        """Somebody calls, and the next one will, unless the shift is over by then."""
        number = next(self._order)
        ahead = self._shift.ahead if self._random.random() < 0.2 else 0.0
        step = Wait(
            people=tuple(self._standings),
            queue="operators",
            seconds=LONGEST_WAIT,
            offer_seconds=15,
            order=self._shift.order,
            ahead=ahead,
        )
        place = Place(str(number), step, self._now)
        self._line.join(place)
        self._go_through()
        if place.offered is None:
            self._expected[place.call] = self._line.expected(place, self._standings.__getitem__, self._now)
            if self._shift.patience is not None:
                self._after(self._random.expovariate(1 / self._shift.patience), lambda: self._give_up(place))
        between = self._between()
        if self._at + between < until:
            self._after(between, lambda: self._call(until))

    def _give_up(self, place: Place) -> None:
        if place.call in self._expected:
            del self._expected[place.call]
            self._line.leave(place)
            self._day.callers.append(Served(place.waited(self._now), None, place.step.ahead > 0, gave_up=True))

    def _go_through(self) -> None:
        for said in self._line.offers(self._standings.__getitem__, self._now, self._take):
            if isinstance(said, NobodyThere):
                raise AssertionError("everybody is at work")  # noqa: TRY004 - it is a fault of the simulation

    def _take(self, person: PersonId, call: str) -> bool:
        """The person answers at once, and talks."""
        place = next(place for place in self._line.places if place.call == call)
        expected = self._expected.pop(call, None)
        self._day.callers.append(Served(place.waited(self._now), expected, place.step.ahead > 0))
        for happened in (Offered(call), Answered(call)):
            self._standings[person] = happen(self._standings[person], happened, self._now)
        length = self._random.expovariate(1 / self._shift.talk)
        if int(person[1:]) % 2:
            length *= self._shift.slower
        self._day.talks[person] += 1
        self._day.busy[person] += length
        self._after(length, lambda: self._end(person, place))
        return True

    def _end(self, person: PersonId, place: Place) -> None:
        self._standings[person] = happen(self._standings[person], Ended(place.call), self._now)
        self._line.leave(place)
        self._line.served(place, self._now)
