"""Made-up calls, as the register has them afterwards, each with what really happened in it.

What happened is counted while the call is made up, by somebody with a watch who stands beside it and knows nothing of
how `reports` reads rows. So the two can be compared.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st

from db.records import CallEnd, CallRow, LegRow
from reports.parts import Terms
from reports.span import span
from reports.tally import Report
from routing.outcomes import Absence, MessageLeft, Missed, Pressed, Said, Talked, Unanswered
from routing.speech import Speech
from routing.steps import Ask, Ending, Ring, RingOutside, Say, Step, TakeMessage, Wait
from routing.trail import Entry, Trail, encode

ZONE = ZoneInfo("Europe/Berlin")
DAY = dt.date(2026, 10, 25)
"""A Sunday of 25 hours: at three the clocks are set back to two."""
WITHIN = dt.timedelta(seconds=20)
DEPARTMENTS = {"anna": "wholesale", "boris": "wholesale", "galina": "retail", "oleg": "wholesale"}
SPEECH = Speech("en", ())
STEPS: tuple[Step, ...] = (
    Wait(people=("anna", "boris"), queue="operators", seconds=600, offer_seconds=15),
    Ring(people=("galina",), seconds=20, wanted="head of retail"),
    Ring(people=("anna", "boris", "nobody"), seconds=20, wanted="another key_account_manager"),
    Wait(people=("galina", "oleg"), queue="finance", seconds=600, offer_seconds=15),
    RingOutside(number="+79161234567", seconds=20),
)

Happened = Counter[tuple[str, str, str]]
"""Table, row and column; times in microseconds."""


class MadeUp(msgspec.Struct, frozen=True):
    """A call's rows, and what happened."""

    row: CallRow
    legs: tuple[LegRow, ...]
    happened: Happened


def queue_of(step: Step) -> tuple[str, tuple[str, ...]]:
    match step:
        case Wait():
            return step.queue, step.people
        case Ring():
            return step.wanted, step.people
        case RingOutside():
            return step.number, (step.number,)
    raise AssertionError(step)


def department_of(person: str) -> str:
    return "outside" if person.startswith("+") else DEPARTMENTS.get(person, "none")


class _Beside:
    """Makes one call up, second by second."""

    def __init__(self, draw: Any, number: int, arrived: dt.datetime) -> None:
        self.draw = draw
        self.id = f"{arrived.timestamp():.0f}.{number}"
        self.arrived = self.now = arrived
        self.entries: list[Entry] = []
        self.legs: list[LegRow] = []
        self.happened: Happened = Counter()
        local = arrived.astimezone(ZONE)
        self.places = (("total", ""), ("day", f"{local:%Y-%m-%d}"), ("hour", f"{local:%H}"))
        self.wanted_since: dt.datetime | None = None

    def count(self, column: str, *places: tuple[str, str], amount: int = 1) -> None:
        for table, row in places:
            self.happened[table, row, column] += amount

    def passes(self, most: float) -> dt.timedelta:
        """Nothing takes no time at all."""
        length = dt.timedelta(microseconds=self.draw(st.integers(1, int(most * 1e6))))
        self.now += length
        return length

    def enters(self, step: Step) -> None:
        self.entries.append(Entry(step, after=(self.now - self.arrived).total_seconds()))

    def comes_of_it(self, outcome: Any) -> None:
        self.entries[-1] = msgspec.structs.replace(self.entries[-1], outcome=outcome)

    def menu(self) -> bool:
        """Whether the caller stays."""
        for step, outcome in (
            (Say(speech=SPEECH), Said()),
            (Ask(menu="main", speech=SPEECH, seconds=5, attempt=1), Pressed("1")),
        ):
            self.enters(step)
            self.passes(20)
            if self.draw(st.integers(0, 19)) == 0:
                return False
            self.comes_of_it(outcome)
        return True

    def stays(self, step: Step) -> CallEnd | None:
        """How the call ended here, if it did."""
        queue, people = queue_of(step)
        place = ("queue", queue)
        self.enters(step)
        since, missed = self.now, list[Missed]()
        self.wanted_since = self.wanted_since or since
        self.count("wanted", place)
        for _ in range(self.draw(st.integers(0, 3))):
            self.passes(60)
            person = self.draw(st.sampled_from(people))
            came = self.draw(st.sampled_from(["answers", "misses", "misses", "caller leaves"]))
            if came == "answers":
                self._answered(person, place, since)
                self.comes_of_it(Talked(person, "caller", tuple(missed)))
                return "talk"
            why = Absence.NO_ANSWER if came == "misses" else None
            self._rung(person, why)
            if why is None:
                return self._gives_up(place, people, since)
            missed.append(Missed(person, why))
        self.passes(60)
        if self.draw(st.integers(0, 3)) == 0:
            return self._gives_up(place, people, since)
        self.count("passed_on", place)
        self.comes_of_it(Unanswered(tuple(missed)))
        return None

    def _gives_up(self, place: tuple[str, str], people: tuple[str, ...], since: dt.datetime) -> CallEnd:
        of = {department_of(person) for person in people if person != "nobody"}
        department = ("department", of.pop() if len(of) == 1 else "several")
        self.count("wanted", department)
        for one in (place, department):
            self.count("abandoned", one)
            self.count("abandoned_after", one, amount=_us(self.now - since))
        return "caller left"

    def _rung(self, person: str, why: Absence | None) -> None:
        rang = self.now
        self.passes(20)
        whose = self._whose(person)
        self.count("offers", *whose)
        if why:
            self.count("missed", *whose)
        self._leg(person, rang, None, why)

    def _answered(self, person: str, place: tuple[str, str], since: dt.datetime) -> None:
        whose = self._whose(person)
        rang = self.now
        self.passes(20)
        assert self.wanted_since is not None
        waits = ((self.now - since, (place,)), (self.now - self.wanted_since, (*self.places, *whose)))
        for wait, places in waits:
            self.count("waited", *places, amount=_us(wait))
            if wait <= WITHIN:
                self.count("in_time", *places)
        self.count("wanted", *whose)
        self.count("answered", *whose, place)
        self._talks(person, place, rang)
        for _ in range(self.draw(st.integers(0, 2))):
            self._handed_to(self.draw(st.sampled_from([*DEPARTMENTS, "+79161234567"])), place)

    def _talks(self, person: str, place: tuple[str, str], rang: dt.datetime) -> None:
        answered = self.now
        talk = self.passes(4000)
        everywhere = (*self._whose(person), place, *self.places)
        self.count("offers", *self._whose(person))
        self.count("talks", *everywhere)
        self.count("talk", *everywhere, amount=_us(talk))
        wrap_up = dt.timedelta(microseconds=0 if person.startswith("+") else self.draw(st.integers(0, 60_000_000)))
        self.count("wrap_up", *everywhere, amount=_us(wrap_up))
        self.count("handling", *everywhere, amount=_us(talk + wrap_up))
        self._leg(person, rang, answered, None, wrap_up)

    def _handed_to(self, person: str, place: tuple[str, str]) -> None:
        """From whoever talks now; the transfer belongs to the queue by which the call came."""
        sender = self.legs[-1].person
        if person == sender:
            return
        self.count("transfers", *self._whose(sender), *self.places)
        self._talks(person, place, self.now)

    def _leg(
        self,
        person: str,
        rang: dt.datetime,
        answered: dt.datetime | None,
        why: Absence | None,
        wrap_up: dt.timedelta = dt.timedelta(),
    ) -> None:
        leg = f"leg-{self.id}-{len(self.legs) + 1}"
        row = LegRow(id=leg, call=self.id, person=person, rang=rang, answered=answered, ended=self.now, why=why)
        self.legs.append(msgspec.structs.replace(row, wrapped_up=self.now + wrap_up if wrap_up else None))

    def _whose(self, person: str) -> tuple[tuple[str, str], tuple[str, str]]:
        return ("person", person), ("department", department_of(person))

    def ends(self, end: CallEnd) -> MadeUp:
        fate = {"talk": "answered", "caller left": "abandoned" if self.wanted_since else "left"}.get(end, end)
        self.count("calls", *self.places)
        self.count(fate, *self.places)
        if self.wanted_since:
            self.count("wanted", *self.places)
        if fate == "abandoned" and self.wanted_since:
            self.count("abandoned_after", *self.places, amount=_us(self.now - self.wanted_since))
        ending = Ending(kind=end) if end in ("talk", "message", "goodbye") else None
        row = CallRow(
            id=self.id,
            arrived=self.arrived,
            number="+79161234567",
            name=None,
            dialled="+74950000001",
            answered=self.arrived,
            ended=self.now,
            end=end,
            trail=encode(Trail(rules="0", entries=tuple(self.entries), ending=ending)),
        )
        return MadeUp(row, tuple(self.legs), +self.happened)


@st.composite
def made_up_calls(draw: Any) -> MadeUp:
    """One call that arrives some time of the `DAY`."""
    begin = dt.datetime.combine(DAY, dt.time(), ZONE).astimezone(dt.UTC)
    after = dt.timedelta(microseconds=draw(st.integers(0, 25 * 3600 * 10**6 - 1)))
    call = _Beside(draw, draw(st.integers(1, 10**9)), begin + after)
    if not call.menu():
        return call.ends("caller left")
    for step in draw(st.lists(st.sampled_from(STEPS), max_size=3, unique_by=lambda step: queue_of(step)[0])):
        if end := call.stays(step):
            return call.ends(end)
    if draw(st.booleans()):
        return call.ends("goodbye")
    call.enters(TakeMessage(box="office", speech=SPEECH, seconds=60))
    call.passes(60)
    call.comes_of_it(MessageLeft(3.0))
    return call.ends("message")


def _us(length: dt.timedelta) -> int:
    return length // dt.timedelta(microseconds=1)


TERMS = Terms(span=span("day", DAY, str(ZONE)), within=WITHIN, departments=DEPARTMENTS)
days = st.lists(made_up_calls(), max_size=12, unique_by=lambda call: call.row.id)


def happened_in(day: Iterable[MadeUp]) -> Happened:
    return sum((call.happened for call in day), Counter())


def figures(report: Report) -> Happened:
    """Every sum that is not by the clock, and not 0."""
    return Counter(
        {
            (table, line.row, column): amount
            for table, lines in report.tables.items()
            for line in lines
            for column, amount in line.sums.items()
            if amount and column not in ("busy", "at_work")
        }
    )
