"""What became of a call, by its row, its legs and its trail: a table of calls as operators know them."""

import datetime as dt
from typing import Any, get_args

import msgspec
import pytest

from db.records import CallEnd, CallRow, LegRow
from reports.columns import COLUMNS
from reports.course import FATES, course
from reports.parts import Part, Terms, parts_of_attendance, parts_of_call
from reports.span import span
from reports.tally import Line, Tally, UnknownFigureError, figure
from routing.outcomes import Absence, Missed, Talked, Unanswered
from routing.steps import Ring, RingOutside, Step, Wait
from routing.trail import Entry, Trail, encode
from tests.integration.rows import after
from tests.integration.rows import attendance as attends

LINE = Wait(people=("anna", "boris"), queue="operators", seconds=600, offer_seconds=15)
HEAD = Ring(people=("galina",), seconds=20, wanted="head of retail")
TERMS = Terms(
    span=span("day", after(0).date(), "UTC"),
    within=dt.timedelta(seconds=20),
    departments={"anna": "wholesale", "boris": "wholesale", "galina": "retail"},
)


def call(*entries: Entry, lasted: float = 100, end: str | None = "caller left", **changes: Any) -> CallRow:
    """It arrived at nine; its engine was an older one, and has no trail, unless there are entries."""
    trail = encode(Trail(rules="0", entries=entries)) if entries else b""
    known: dict[str, Any] = {"dialled": "+74950000001", "ended": after(lasted), "end": end, "trail": trail} | changes
    return CallRow(id="1.1", arrived=after(0), number=None, name=None, **known)


def leg(person: str, rang: float, answered: float | None, ended: float | None, why: str | None = None) -> LegRow:
    return LegRow(
        id=f"leg-1.1-{rang}",
        call="1.1",
        person=person,
        rang=after(rang),
        answered=None if answered is None else after(answered),
        ended=None if ended is None else after(ended),
        why=why,
    )


def told(row: CallRow, *legs: LegRow) -> tuple[str, float, list[tuple[str, str, float]]]:
    """How it ended, how long it waited, and each stay: where, what came of it, how long."""
    way = course(row, legs)
    stays = [(stay.queue, stay.fate, stay.waited.total_seconds()) for stay in way.stays]
    return way.fate, way.waited.total_seconds(), [stay if stay[1] != "passed_on" else (*stay[:2], 0) for stay in stays]


def old(step: Step, outcome: Any = None) -> Entry:
    """As versions before wrote it, or of a call that an engine took over: nobody knows when it began."""
    return Entry(step, outcome)


TALKED, NOBODY = Talked("anna", "caller"), Unanswered((Missed("galina", Absence.NO_ANSWER),))

CALLS: dict[str, tuple[CallRow, tuple[LegRow, ...], tuple[Any, ...]]] = {
    "answered in the line": (
        call(Entry(LINE, TALKED, 10.5), end="talk"),
        (leg("anna", 20, 25, 100),),
        ("answered", 14.5, [("operators", "answered", 14.5)]),
    ),
    "the first one was not reached": (
        call(Entry(HEAD, NOBODY, 10), Entry(LINE, TALKED, 30), end="talk"),
        (leg("galina", 10, None, 30, "no answer"), leg("anna", 40, 45, 100)),
        ("answered", 35, [("head of retail", "passed_on", 0), ("operators", "answered", 15)]),
    ),
    "gave up in the line, never offered": (
        call(Entry(LINE, None, 10)),
        (),
        ("abandoned", 90, [("operators", "abandoned", 90)]),
    ),
    "gave up while somebody was rung": (
        call(Entry(LINE, None, 10)),
        (leg("anna", 90, None, 100),),
        ("abandoned", 90, [("operators", "abandoned", 90)]),
    ),
    "left in the menu": (call(trail=encode(Trail(rules="0"))), (), ("left", 0, [])),
    "a shutdown during a talk": (
        call(Entry(LINE, None, 10), end="shutdown"),
        (leg("anna", 20, 25, 100),),
        ("answered", 15, [("operators", "answered", 15)]),
    ),
    "a shutdown while waiting": (
        call(Entry(LINE, None, 10), end="shutdown"),
        (),
        ("cut_off", 90, [("operators", "cut_off", 90)]),
    ),
    "handed over: each stay has the talks that began in it": (
        call(Entry(LINE, TALKED, 10), Entry(HEAD, None, 60)),
        (leg("anna", 20, 25, 60), leg("galina", 61, None, 100)),
        ("answered", 15, [("operators", "answered", 15), ("head of retail", "abandoned", 40)]),
    ),
    "closed by Asterisk's list after the line": (
        call(Entry(LINE, None, 10), end="talk"),
        (),
        ("answered", 90, [("operators", "answered", 90)]),
    ),
    "by an older version: rung": (
        call(old(HEAD, Talked("galina", "person")), end="talk"),
        (leg("galina", 30, 35, 100),),
        ("answered", 5, [("head of retail", "answered", 5)]),
    ),
    "by an older version: the line may have begun at once": (
        call(old(LINE, TALKED), end="talk"),
        (leg("anna", 80, 85, 100),),
        ("answered", 85, [("operators", "answered", 85)]),
    ),
    "taken over: what an earlier engine did has no times": (
        call(old(HEAD, NOBODY), Entry(LINE, TALKED, 50), end="talk"),
        (leg("galina", 20, None, 40, "no answer"), leg("anna", 60, 62, 100)),
        ("answered", 42, [("head of retail", "passed_on", 0), ("operators", "answered", 12)]),
    ),
    "erased, answered": (
        call(end="talk"),
        (leg("anna", 20, 25, 100),),
        ("answered", 5, [("unknown", "answered", 5)]),
    ),
    "erased, left: it may have waited": (call(), (), ("abandoned", 100, [("unknown", "abandoned", 100)])),
    "erased, a message after nobody answered": (
        call(end="message"),
        (leg("anna", 20, None, 35, "no answer"),),
        ("message", 80, [("unknown", "passed_on", 0)]),
    ),
    "only the dialplan served it": (
        call(end="talk", served_by="ring", answered=after(12)),
        (),
        ("answered", 12, [("unknown", "answered", 12)]),
    ),
    "called back in vain: the caller waited for nobody": (
        call(end="not reached", dialled="<anna"),
        (leg("anna", -5, None, 30),),
        ("not_reached", 0, []),
    ),
    "a trail that nobody can read": (call(trail=b"{}"), (), ("abandoned", 100, [("unknown", "abandoned", 100)])),
    "nobody closed it": (call(ended=None, end=None), (leg("anna", 20, 25, None),), ("open", 0, [])),
}


@pytest.mark.parametrize(("row", "legs", "expected"), CALLS.values(), ids=CALLS)
def test_what_became_of_a_call(row: CallRow, legs: tuple[LegRow, ...], expected: tuple[Any, ...]) -> None:
    assert told(row, *legs) == expected


def test_every_end_that_the_register_knows_counts_as_something() -> None:
    assert FATES.keys() == set(get_args(CallEnd))


def sums(parts: list[Part], table: str, row: str) -> dict[str, int]:
    tally = Tally()
    tally.add(parts)
    return next((line.sums for line in tally.report(TERMS).tables[table] if line.row == row), {})


def test_several_talks_in_one_call_are_split_by_person_at_the_handing_over() -> None:
    row = call(Entry(LINE, TALKED, 0), end="talk", lasted=300)
    legs = (leg("anna", 0, 10, 100), leg("galina", 90, 100, 250), leg("boris", 240, 250, 300))
    parts = list(parts_of_call(row, legs, TERMS))
    assert [sums(parts, "person", person)["talk"] // 10**6 for person in ("anna", "galina", "boris")] == [90, 150, 50]
    assert sums(parts, "total", "")["talk"] // 10**6 == 290
    assert sums(parts, "total", "")["transfers"] == 2
    assert sums(parts, "department", "retail")["transfers"] == 1
    assert "transfers" not in sums(parts, "person", "boris")


def test_who_was_only_consulted_was_handed_nothing() -> None:
    row = call(Entry(LINE, TALKED, 0), end="talk", lasted=300)
    legs = (leg("anna", 0, 10, 200), leg("galina", 40, 50, 60), leg("boris", 190, 195, 300))
    parts = list(parts_of_call(row, legs, TERMS))
    assert [sums(parts, "person", person).get("transfers", 0) for person in ("anna", "galina", "boris")] == [1, 0, 0]
    assert sums(parts, "person", "galina")["talk"] == 10 * 10**6


def test_time_at_work_goes_from_coming_to_leaving_and_for_who_is_there_until_now() -> None:
    rows = [
        attends("anna", since=after(-86_400)),
        attends("anna", since=after(-10_000)),
        attends("galina", since=after(60)),
        attends("anna", since=after(3600), at_work=False),
        attends("anna", since=after(3700), at_work=False),
    ]
    parts = list(parts_of_attendance(rows, after(120), TERMS))
    assert sums(parts, "person", "anna") == {"at_work": 10 * 3600 * 10**6}
    assert sums(parts, "department", "retail") == {"at_work": 60 * 10**6}
    assert sums(parts, "hour", "09") == {"at_work": 3660 * 10**6}


def test_an_outside_number_has_no_time_at_work_and_takes_none() -> None:
    row = call(Entry(LINE, TALKED, 0), end="talk")
    parts = list(parts_of_call(row, (leg("+79161234567", 10, 20, 100),), TERMS))
    assert sums(parts, "department", "outside")["talk"] == 80 * 10**6
    assert "busy" not in sums(parts, "total", "")


@pytest.mark.parametrize(
    ("column", "known", "value"),
    [
        ("calls", {"calls": 3}, 3),
        ("calls", {}, 0),
        ("talk", {"talk": 1_500_000}, 1.5),
        ("mean_talk", {"talk": 3_000_000, "talks": 2}, 1.5),
        ("mean_talk", {}, None),
        ("service_level", {"in_time": 1, "wanted": 4}, 0.25),
        ("service_level", {"calls": 4}, None),
        ("occupancy", {"busy": 30, "at_work": 60}, 0.5),
        ("occupancy", {"busy": 90, "at_work": 60}, 1.0),
        ("occupancy", {"busy": 90}, None),
    ],
    ids=str,
)
def test_a_figure_is_counted_or_divided(column: str, known: dict[str, int], value: float | None) -> None:
    assert Line("", known).value(COLUMNS[column]) == value


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("abandonned",), "total has no 'abandonned'; it has abandoned, "),
        (("queue", "operators"), "a figure is a column, or a table (total, hour, day, queue, department, person)"),
        (("queues", "operators", "abandoned"), "a table (total,"),
        (("person", "anna", "open"), "person has no 'open'"),
        (("person", "anna", "occupancy"), "no call adds to it, but to `busy`"),
    ],
    ids=" ".join,
)
def test_a_figure_that_is_not_there_is_refused_with_those_that_are(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(UnknownFigureError) as refused:
        figure(words)
    assert told in str(refused.value)


OUTSIDE = RingOutside(number="+74951234567", seconds=60)


@pytest.mark.parametrize(
    ("answered", "end", "talks"),
    [pytest.param(20.0, "talk", 1, id="answered"), pytest.param(None, "goodbye", 0, id="in vain")],
)
def test_a_call_outside_is_no_callers_and_its_talk_is_the_persons(answered: float | None, end: str, talks: int) -> None:
    row = msgspec.structs.replace(call(Entry(OUTSIDE, None, 1), end=end), dialled=">anna")
    legs = [leg(OUTSIDE.number, 1, answered, 100), *([leg("anna", 1.5, answered, 100)] if answered else [])]
    counted = Tally()
    counted.add(parts_of_call(row, legs, TERMS))
    report = counted.report(TERMS)
    assert [report.total.sums.get(name, 0) for name in ("calls", "outgoing", "answered", "wanted")] == [1, 1, 0, 0]
    assert [report.total.sums.get("talks", 0), len(report.tables["person"])] == [talks, talks]
    assert report.tables["queue"] == ()


@pytest.mark.parametrize(
    ("answered", "end", "talks"),
    [pytest.param(9.0, "talk", 1, id="answered"), pytest.param(None, "caller left", 0, id="in vain")],
)
def test_a_call_inside_is_no_callers_and_whoever_was_rung_was_offered_it(
    answered: float | None, end: CallEnd, talks: int
) -> None:
    rung = Ring(people=("anna",), seconds=20, wanted="anna")
    row = msgspec.structs.replace(call(Entry(rung, None, 1), end=end), dialled="@anna")
    counted = Tally()
    counted.add(parts_of_call(row, [leg("anna", 1, answered, 100)], TERMS))
    report = counted.report(TERMS)
    fates = ("calls", "inside", "answered", "abandoned", "wanted")
    assert [report.total.sums.get(name, 0) for name in fates] == [1, 1, 0, 0, 0]
    assert report.total.sums.get("talks", 0) == talks
    (anna,) = report.tables["person"]
    assert [anna.sums.get(name, 0) for name in ("offers", "talks", "answered", "wanted")] == [1, talks, 0, 0]
    assert report.tables["queue"] == ()


def test_who_hands_a_colleagues_call_over_counts_it_once_in_all_tables() -> None:
    rung = Ring(people=("anna",), seconds=20, wanted="anna")
    row = msgspec.structs.replace(call(Entry(rung, None, 1), end="talk"), dialled="@anna")
    counted = Tally()
    counted.add(parts_of_call(row, [leg("anna", 1, 2, 50), leg("boris", 50, 52, 100)], TERMS))
    tables = counted.report(TERMS).tables
    for table in ("total", "day", "hour", "person", "department"):
        assert sum(line.sums.get("transfers", 0) for line in tables[table]) == 1
