"""Made-up hours in the waiting line: whatever happens in whatever order, these things hold for callers (D3, T4)."""

import datetime as dt
import itertools
from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from routing.line.line import Line, NobodyThere, Offer, Place
from routing.line.reach import reach
from routing.line.stages import Overflow, Stage
from routing.outcomes import Absence
from routing.presence import Answered, Duty, Ended, Happened, Missed, Offered, Telephone, Withdrawn
from routing.standing import NOT_AT_WORK, Standing, absence, happen
from routing.steps import Wait
from tests.form import lasting

PEOPLE = ("anna", "boris", "clara", "dina")
QUEUES = {"operators": PEOPLE[:3], "finance": PEOPLE[1:]}
ORDERS = st.sampled_from(["longest_idle", "round_robin", "fewest_calls", "ring_all"])
people = st.sampled_from(PEOPLE)
several = st.sets(people, min_size=1).map(lambda chosen: tuple(sorted(chosen)))
wanted = st.just("x")
stages = st.lists(st.builds(Stage, people=several, until=st.floats(1, 30), wanted=wanted), max_size=2).map(
    lambda found: tuple(sorted(found, key=lambda stage: stage.until))
)
overflows = st.builds(Overflow, people=several, wanted=wanted, after=st.floats(1, 30)) | st.builds(
    Overflow, people=several, wanted=wanted, above=st.floats(0.5, 2)
)


def waiting_in(queue: str, **how: Any) -> Wait:
    return Wait(people=QUEUES[queue], queue=queue, seconds=600.0, offer_seconds=15.0, **how)


steps = st.builds(
    waiting_in,
    queue=st.sampled_from(sorted(QUEUES)),
    order=ORDERS,
    first=st.just(()) | stages,
    also=st.lists(overflows, max_size=2).map(tuple),
    ahead=st.sampled_from([0.0, 30.0]),
)


class Hour(RuleBasedStateMachine):
    """Callers come, are offered people, talk or do not, and leave; people come and go."""

    @initialize()
    def begins(self) -> None:
        self.at = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)
        self.line = Line()
        self.waiting: Counter[str] = Counter()
        self.crew = dict.fromkeys(PEOPLE, Standing(since=self.at))
        self.calls = itertools.count(1)
        self.talking: dict[str, str] = {}
        """With whom each call talks that has left the line for it."""

    # ------------------------------------------------------------------------------------------------- what happens

    @rule(seconds=st.floats(0.001, 20))
    def time_passes(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)
        self.go_through()

    @rule(step=steps)
    def somebody_calls(self, step: Wait) -> None:
        self.at += dt.timedelta(milliseconds=1)
        self.line.join(Place(f"call {next(self.calls)}", step, self.at))
        self.go_through()

    @precondition(lambda self: self.line.places)
    @rule(data=st.data())
    def somebody_gives_up(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self.line.places))
        self.line.leave(place)
        for person in self.rung(place):
            self.tell(person, Withdrawn(place.call))
        self.go_through()

    @precondition(lambda self: self.ringing())
    @rule(data=st.data(), why=st.sampled_from([None, Absence.NO_ANSWER, Absence.UNREACHABLE]))
    def an_offer_ends(self, data: st.DataObject, why: Absence | None) -> None:
        self.end_offer(data.draw(st.sampled_from(self.ringing())), why)

    @precondition(lambda self: self.talking)
    @rule(data=st.data())
    def a_talk_ends(self, data: st.DataObject) -> None:
        self.end_talk(data.draw(st.sampled_from(sorted(self.talking))))

    @rule(person=people, duty=st.sampled_from(["in", "away", "out"]))
    def somebody_comes_or_goes(self, person: str, duty: str) -> None:
        self.at += dt.timedelta(milliseconds=1)
        self.tell(person, Telephone(registered=True, in_call=False))
        self.tell(person, Duty(duty, None, self.at))  # type: ignore[arg-type]
        self.go_through()

    # ------------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def nobody_has_two_calls(self) -> None:
        offered = [person for place in self.line.places for person in self.rung(place)]
        busy = [*offered, *self.talking.values()]
        assert len(busy) == len(set(busy))

    @invariant()
    def nobody_is_free_whom_a_caller_waits_for(self) -> None:
        for place in self.line.places:
            assert place.offered or not self.could_have(place)

    def teardown(self) -> None:
        """In the end everybody is reached: all are at their telephones, answer, and talk for a while."""
        if not hasattr(self, "line"):
            return
        for person in PEOPLE:
            self.somebody_comes_or_goes(person, "in")
        for _ in range(20 * (len(self.line.places) + 1)):
            self.time_passes(5.0)
            for place in self.ringing():
                self.end_offer(place, None)
            for call in sorted(self.talking):
                self.end_talk(call)
        assert not self.line.places

    # ------------------------------------------------------------------------------------------------- by which means

    def ringing(self) -> list[Place]:
        return [place for place in self.line.places if place.offered]

    def rung(self, place: Place) -> list[str]:
        """Who is rung for this caller now."""
        return [person for person in (place.offered, *place.others) if person]

    def tell(self, person: str, happened: Happened) -> None:
        self.crew[person] = happen(self.crew[person], happened, self.at)

    def end_offer(self, place: Place, why: Absence | None) -> None:
        first, *others = self.rung(place)
        if why is None:
            self.tell(first, Answered(place.call))
            for other in others:
                self.tell(other, Withdrawn(place.call))
            self.talking[place.call] = first
            self.line.leave(place)
        else:
            for person in (first, *others):
                self.tell(person, Missed(place.call, why))
                place.missed(person, self.at)
        self.go_through()

    def end_talk(self, call: str) -> None:
        self.tell(self.talking.pop(call), Ended(call))
        self.go_through()

    def take(self, person: str, call: str) -> bool:
        self.tell(person, Offered(call))
        return True

    def go_through(self) -> None:
        """Nobody is overtaken by a later caller for the same person, and who is told that nobody is there is right."""
        self.count()
        for said in self.line.offers(self.crew.__getitem__, self.at, self.take):
            match said:
                case Offer(call, first, others):
                    places = [place.call for place in self.line.places]
                    for place, person in itertools.product(self.line.places[: places.index(call)], (first, *others)):
                        assert place.offered or person not in self.could_be_offered(place)
                case NobodyThere(call):
                    place = next(place for place in self.line.places if place.call == call)
                    assert not any(map(self.at_work, self.reach(place)))
        self.count()

    def count(self) -> None:
        """How many wait in each queue, whose load brings others to help."""
        self.waiting = Counter(place.step.queue for place in self.line.places if not place.offered)

    def at_work(self, person: str) -> bool:
        return absence(self.crew[person], self.at) not in NOT_AT_WORK

    def reach(self, place: Place) -> tuple[str, ...]:
        return reach(place.step, place.waited(self.at), self.waiting[place.step.queue], self.at_work)

    def could_be_offered(self, place: Place) -> list[str]:
        return [person for person in self.reach(place) if place.is_ready(person, self.at)]

    def could_have(self, place: Place) -> list[str]:
        return [person for person in self.could_be_offered(place) if absence(self.crew[person], self.at) is None]


TestHour = Hour.TestCase
TestHour.settings = settings(max_examples=lasting(24, 60), stateful_step_count=40, deadline=None)
