"""Reading the register for statistics: all of a span, in pages, on either database."""

import tracemalloc

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import delete

from db import history as history_module
from db.database import Database
from db.history import PAGE, History
from db.records import Row
from db.register import Register
from db.tables import Calls, Legs
from reports.parts import Terms
from reports.span import span
from reports.tally import report
from tests.integration import rows
from tests.integration.rows import NINE, after
from tests.unit.made_up_calls import TERMS, MadeUp, days, figures, happened_in

SHORT = 200
"""Calls in a page that is to be full soon."""


def kept(database: Database, *some: Row) -> History:
    register = Register(database)
    register.put(*some)
    assert register.close() == ()
    return History(database)


def test_calls_of_a_span_come_with_their_legs_the_oldest_first(database: Database) -> None:
    calls = [rows.call(f"1.{number}", facts=b"not read") for number in (3, 1, 2, 4)]
    legs = [
        rows.leg("leg-1.2-2", call="1.2", rang=after(20)),
        rows.leg("leg-1.2-1", call="1.2", rang=after(9)),
        rows.leg("leg-1.3-1", call="1.3"),
    ]
    found = list(kept(database, *calls, *legs).calls(after(1), after(4)))
    assert [call.id for call, _ in found] == ["1.1", "1.2", "1.3"]
    assert [[leg.id for leg in legs] for _, legs in found] == [[], ["leg-1.2-1", "leg-1.2-2"], ["leg-1.3-1"]]
    assert found[0][0] == msgspec.structs.replace(calls[1], facts=b"")


def test_more_than_one_page_is_read_though_calls_arrived_at_the_same_time(database: Database) -> None:
    calls = [rows.call(f"1.{number:04}", arrived=after(number // 700)) for number in range(2 * PAGE + 7)]
    found = [call.id for call, _ in kept(database, *calls).calls(NINE, after(10))]
    assert found == sorted(call.id for call in calls)


def test_a_leg_that_reaches_into_the_span_is_found_though_its_call_came_before(database: Database) -> None:
    calls = [rows.call("1.1"), rows.call("1.2"), rows.call("1.3", ended=None), rows.call("1.200")]
    legs = [
        rows.leg("reaches", call="1.1", rang=after(50), ended=after(150)),
        rows.leg("rung after it", call="1.2", rang=after(110), answered=None, ended=after(120)),
        rows.leg("ended before", call="1.1", rang=after(50), ended=after(100)),
        rows.leg("written up beyond it", call="1.1", rang=after(60), ended=after(90), wrapped_up=after(110)),
        rows.leg("its call goes on", call="1.3", rang=after(50), ended=after(150)),
        rows.leg("of the span", call="1.200", rang=after(210), ended=after(220)),
    ]
    assert [leg.id for leg in kept(database, *calls, *legs).earlier_legs(after(100))] == [
        "reaches",
        "written up beyond it",
        "rung after it",
    ]


def test_attendance_begins_with_how_things_stood(database: Database) -> None:
    some = [
        rows.attendance("anna", since=after(-99)),
        rows.attendance("anna", since=after(-9), at_work=False),
        rows.attendance("anna", since=after(5)),
        rows.attendance("boris", since=after(5)),
        rows.attendance("boris", since=after(10), at_work=False),
    ]
    history = kept(database, *some, some[2])
    assert history.attendance(after(0), after(10)) == (some[1], some[2], some[3])
    assert history.attendance(after(20), after(30)) == (some[2], some[4])


@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=days)
def test_what_was_registered_counts_as_what_happened(database: Database, day: list[MadeUp]) -> None:
    with database.writing() as connection:
        connection.execute(delete(Calls))
        connection.execute(delete(Legs))
    history = kept(database, *(call.row for call in day), *(leg for call in day for leg in call.legs))
    span = TERMS.span
    counted = report(history.calls(span.since, span.until), history.earlier_legs(span.since), (), span.until, TERMS)
    assert figures(counted) == happened_in(day)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_many_calls_need_no_more_memory_than_two_pages_of_them(
    database: Database, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month of a million calls: what is kept does not grow with them."""
    monkeypatch.setattr(history_module, "PAGE", SHORT)
    calls = [rows.call(f"1.{number:05}", arrived=after(number), trail=b" " * 2000) for number in range(5 * SHORT)]
    legs = [rows.leg(f"leg-{call.id}-1", call=call.id, rang=call.arrived, answered=call.arrived) for call in calls]
    history = kept(database, *calls, *legs)
    terms = Terms(span=span("day", NINE.date(), "UTC"), within=NINE - NINE, departments={})

    def peak(count: int) -> int:
        tracemalloc.reset_peak()
        report(history.calls(NINE, after(count)), (), (), NINE, terms)
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        peak(9)
        two, five = peak(2 * SHORT), peak(5 * SHORT)  # a page is there until the next one is
    finally:
        tracemalloc.stop()
    assert five < 1.5 * two
