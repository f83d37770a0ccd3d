"""Made-up days: statistics say what happened, sums agree, and each figure opens the calls that it comes from."""

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from db.records import CallRow, LegRow
from reports.columns import columns_of
from reports.parts import parts_of_call
from reports.span import span
from reports.tally import Report, figure, report
from tests.form import lasting
from tests.unit.made_up_calls import DAY, TERMS, MadeUp, days, figures, happened_in, made_up_calls

Rows = Sequence[tuple[CallRow, Sequence[LegRow]]]


def counted(rows: Rows) -> Report:
    return report(rows, (), (), TERMS.span.until, TERMS)


@settings(deadline=None, max_examples=lasting(32, 80))
@given(day=days)
def test_a_day_s_statistics_are_what_happened(day: list[MadeUp]) -> None:
    assert figures(counted([(call.row, call.legs) for call in day])) == happened_in(day)


@st.composite
def ill_kept(draw: st.DrawFn) -> tuple[CallRow, tuple[LegRow, ...]]:
    """A call of which the register does not have everything: erased, closed by others, open, or by an older version."""
    call = draw(made_up_calls())
    row, legs = call.row, call.legs
    for damage in draw(st.lists(st.sampled_from(["erased", "open", "no leg", "cut off", "leg open", "unreadable"]))):
        match damage:
            case "erased":
                row = msgspec.structs.replace(row, trail=b"", erased=row.ended, number=None)
            case "open":
                row = msgspec.structs.replace(row, ended=None, end=None, trail=b"")
            case "no leg":
                legs = legs[1:]
            case "cut off":
                row = msgspec.structs.replace(row, end=draw(st.sampled_from(["shutdown", "failed", "asterisk ended"])))
            case "leg open":
                legs = tuple(msgspec.structs.replace(leg, ended=None) for leg in legs)
            case "unreadable":
                row = msgspec.structs.replace(row, trail=b'{"rules": 7}')
    return row, legs


ill_kept_days = st.lists(ill_kept(), max_size=10, unique_by=lambda call: call[0].id)
FATES = ("answered", "message", "goodbye", "abandoned", "left", "cut_off", "open")


def summed(report: Report, table: str, column: str) -> int:
    return sum(line.sums.get(column, 0) for line in report.tables[table])


@settings(deadline=None, max_examples=lasting(32, 80))
@given(day=ill_kept_days)
def test_sums_agree_whatever_the_register_lacks(day: Rows) -> None:
    report = counted(day)
    for column in ("talk", "talks", "wrap_up", "handling"):
        sums = {table: summed(report, table, column) for table in report.tables}
        assert len(set(sums.values())) == 1, (column, sums)
    for column in ("transfers", "busy"):
        assert len({summed(report, table, column) for table in ("total", "day", "hour", "person", "department")}) == 1
    for table in ("total", "day", "hour"):
        assert summed(report, table, "calls") == len(day)
        assert sum(summed(report, table, fate) for fate in FATES) == len(day)


@settings(deadline=None, max_examples=lasting(16, 40))
@given(day=ill_kept_days)
def test_each_figure_opens_the_calls_it_comes_from_and_no_others(day: Rows) -> None:
    report = counted(day)
    for table, lines in report.tables.items():
        for line in lines:
            for column in columns_of(table):
                if column.over is None and column.name != "at_work":
                    opened = list(behind(day, (table, line.row, column.name)))
                    alone = counted(opened).tables[table]
                    again = next((one.value(column) for one in alone if one.row == line.row), 0)
                    assert again == line.value(column)
                    if column.name in ("calls", *FATES) and table in ("total", "hour", "day"):
                        assert len(opened) == line.value(column)


def behind(day: Rows, words: Sequence[str]) -> Iterable[tuple[CallRow, Sequence[LegRow]]]:
    wanted = figure(words)
    return ((row, legs) for row, legs in day if any(map(wanted.takes, parts_of_call(row, legs, TERMS))))


@settings(deadline=None, max_examples=lasting(16, 40))
@given(day=days)
def test_nobody_is_busy_twice_over_in_two_days_that_a_call_crosses(day: list[MadeUp]) -> None:
    """By the clock the two days of a talk have together what it lasted."""
    tomorrow = msgspec.structs.replace(TERMS, span=span("day", DAY + dt.timedelta(days=1), "Europe/Berlin"))
    legs = [leg for call in day for leg in call.legs]
    today = counted([(call.row, call.legs) for call in day])
    later = report(
        (),
        [leg for leg in legs if (over := is_over(leg)) and over > TERMS.span.until],
        (),
        tomorrow.span.until,
        tomorrow,
    )
    ours = [leg for leg in legs if not leg.person.startswith("+")]
    both = summed(today, "person", "busy") + summed(later, "person", "busy")
    lasted = (over - leg.rang for leg in ours if (over := is_over(leg)))
    assert both == sum(lasted, dt.timedelta()) // dt.timedelta(microseconds=1)


def is_over(leg: LegRow) -> dt.datetime | None:
    return leg.wrapped_up or leg.ended
