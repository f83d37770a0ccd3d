"""What one call adds to each figure: the one place where it is decided what counts where.

All of a call counts for the day and the hour in which it arrived, however long it goes on, once it has ended; until
then it counts as ``open``. Only ``busy`` goes by the clock, like ``at_work``, with which it is compared.

==================  ===================================================================================================
table               a row of it is
==================  ===================================================================================================
``total``           all calls; the row has no name
``day``, ``hour``   the calls that arrived then: ``2026-11-24``, ``09``
``queue``           a group that was waited for, or whom a chain wanted: a call counts in each one that it came to
``person``          a person, or an outside number
``department``      the people whose first department it is; ``outside``: outside numbers; ``none``: everybody else;
                    who hung up while waiting for people of different ones: ``several``
==================  ===================================================================================================
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from db.records import AttendanceRow, CallRow, LegRow
from reports.course import Course, Stay, course, lasted
from reports.span import Span, day_and_hour, pieces
from routing.facts import PersonId
from routing.outcomes import Absence
from routing.outside import is_outside

TOTAL = ("total", "")
_MICROSECOND = dt.timedelta(microseconds=1)
_SEVERAL, _OUTSIDE, _NO_DEPARTMENT = "several", "outside", "none"

Place = tuple[str, str]
"""A table and a row of it."""


class Part(msgspec.Struct, frozen=True):
    """What is added to one figure: calls (1), or microseconds."""

    place: Place
    column: str
    amount: int


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """By what is counted."""

    span: Span
    within: dt.timedelta
    """An answer after at most so long is in time."""
    departments: Mapping[PersonId, str]
    """Each person's first department, as the directory has it now; who is not in it has none."""

    def department(self, person: PersonId) -> str:
        """Under which one this person counts, or this outside number."""
        return _OUTSIDE if is_outside(person) else self.departments.get(person, _NO_DEPARTMENT)


def parts_of_call(row: CallRow, legs: Sequence[LegRow], terms: Terms) -> Iterator[Part]:
    """All that a call of the span adds; ``legs``: all of its legs, in the order of their ringing."""
    way = course(row, legs)
    day, hour = day_and_hour(row.arrived, terms.span.timezone)
    places: tuple[Place, ...] = (TOTAL, ("day", day), ("hour", hour))
    for place in places:
        yield from _of_call(way, place, terms)
    match way.fate:
        case "open":
            return
        case "outgoing":
            yield from _of_outgoing(way, places, terms)
        case "inside":
            yield from _of_inside(way, legs, places, terms)
        case _:
            yield from _of_caller(way, legs, terms)


def parts_of_busy_leg(leg: LegRow, terms: Terms) -> Iterator[Part]:
    """For how long one of our people was rung, talked and wrote it up within the span.

    Also of a call that arrived before it.
    """
    if leg.ended is not None and not is_outside(leg.person):
        yield from _by_the_clock("busy", leg.person, leg.rang, leg.wrapped_up or leg.ended, terms)


def parts_of_attendance(rows: Iterable[AttendanceRow], until: dt.datetime, terms: Terms) -> Iterator[Part]:
    """For how long everybody was at work within the span; ``rows`` in the order of their times.

    Who is at work by the last row is so ``until``: now, where the span is not over.
    """
    begun: dict[PersonId, dt.datetime] = {}
    for row in rows:
        if row.at_work:
            begun.setdefault(row.person, row.since)
        elif (since := begun.pop(row.person, None)) is not None:
            yield from _by_the_clock("at_work", row.person, since, row.since, terms)
    for person, since in begun.items():
        yield from _by_the_clock("at_work", person, since, until, terms)


def _of_call(way: Course, place: Place, terms: Terms) -> Iterator[Part]:
    yield Part(place, "calls", 1)
    yield Part(place, way.fate, 1)
    if way.fate == "open":
        return
    if way.stays:
        yield Part(place, "wanted", 1)
    yield from _waits(place, way.fate, way.waited, terms)
    for stay in way.stays:
        yield from _handled(place, stay.legs)
    yield from (Part(place, "transfers", 1) for _ in way.handovers)


def _of_outgoing(way: Course, places: Iterable[Place], terms: Terms) -> Iterator[Part]:
    """Who of ours has called talked; nobody waited, and no queue was wanted."""
    for leg in way.talks:
        for place in (*places, *_of_person(leg.person, terms)):
            yield from _handled(place, (leg,))
        yield from parts_of_busy_leg(leg, terms)


def _of_inside(way: Course, legs: Sequence[LegRow], places: Iterable[Place], terms: Terms) -> Iterator[Part]:
    """Who was rung by a colleague, and talked; no caller waited, and no queue was wanted."""
    for place in places:
        yield from _handled(place, legs)
    yield from _of_people(way, legs, terms)


def _of_caller(way: Course, legs: Sequence[LegRow], terms: Terms) -> Iterator[Part]:
    """Where somebody waited, and who answered."""
    for stay in way.stays:
        yield from _of_stay(stay, terms)
    yield from _of_people(way, legs, terms)
    yield from _of_answer(way, terms)


def _of_people(way: Course, legs: Iterable[LegRow], terms: Terms) -> Iterator[Part]:
    """Who was rung, talked, and passed the call on."""
    for leg in legs:
        yield from _of_leg(leg, terms)
        yield from parts_of_busy_leg(leg, terms)
    for leg, _ in way.handovers:
        yield from (Part(place, "transfers", 1) for place in _of_person(leg.person, terms))


def _of_stay(stay: Stay, terms: Terms) -> Iterator[Part]:
    place = ("queue", stay.queue)
    yield Part(place, "wanted", 1)
    yield Part(place, stay.fate, 1)
    yield from _waits(place, stay.fate, stay.waited, terms)
    yield from _handled(place, stay.legs)
    if stay.fate == "abandoned":
        department = ("department", _wanted_department(stay, terms))
        yield Part(department, "wanted", 1)
        yield Part(department, "abandoned", 1)
        yield from _waits(department, stay.fate, stay.waited, terms)


def _wanted_department(stay: Stay, terms: Terms) -> str:
    """The one of everybody whom the caller waited for, as far as they have one."""
    wanted = {terms.department(person) for person in stay.people} - {_NO_DEPARTMENT}
    return _SEVERAL if len(wanted) > 1 else next(iter(wanted), _NO_DEPARTMENT)


def _waits(place: Place, fate: str, waited: dt.timedelta, terms: Terms) -> Iterator[Part]:
    if fate == "answered":
        yield Part(place, "waited", waited // _MICROSECOND)
        if waited <= terms.within:
            yield Part(place, "in_time", 1)
    elif fate == "abandoned":
        yield Part(place, "abandoned_after", waited // _MICROSECOND)


def _handled(place: Place, legs: Iterable[LegRow]) -> Iterator[Part]:
    """How long somebody talked (with the caller waiting in between, too), and wrote it up."""
    for leg in legs:
        if leg.answered:
            talk, wrap_up = _length(leg.answered, leg.ended), _length(leg.ended, leg.wrapped_up)
            yield Part(place, "talks", 1)
            yield Part(place, "talk", talk)
            yield Part(place, "wrap_up", wrap_up)
            yield Part(place, "handling", talk + wrap_up)


def _of_leg(leg: LegRow, terms: Terms) -> Iterator[Part]:
    for place in _of_person(leg.person, terms):
        yield Part(place, "offers", 1)
        if leg.why and leg.why != Absence.ELSEWHERE and not leg.answered:
            yield Part(place, "missed", 1)
        yield from _handled(place, (leg,))


def _of_answer(way: Course, terms: Terms) -> Iterator[Part]:
    """Who took the call counts how long it had waited."""
    for leg in way.talks[:1]:
        for place in _of_person(leg.person, terms):
            yield Part(place, "wanted", 1)
            yield Part(place, "answered", 1)
            yield from _waits(place, "answered", way.waited, terms)


def _by_the_clock(
    column: str, person: PersonId, since: dt.datetime, until: dt.datetime, terms: Terms
) -> Iterator[Part]:
    for piece in pieces(since, until, terms.span):
        amount = piece.length // _MICROSECOND
        for place in (*_of_person(person, terms), TOTAL, ("day", piece.day), ("hour", piece.hour)):
            yield Part(place, column, amount)


def _of_person(person: PersonId, terms: Terms) -> tuple[Place, Place]:
    return ("person", person), ("department", terms.department(person))


def _length(since: dt.datetime | None, until: dt.datetime | None) -> int:
    return lasted(since, until) // _MICROSECOND
