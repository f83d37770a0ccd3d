"""Days, weeks and months on the company's clock, also where clocks are changed."""

import datetime as dt
import itertools

import pytest

from reports.due import due
from reports.span import Kind, pieces, span

HOUR = dt.timedelta(hours=1)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "day", "zone", "since", "until"),
    [
        ("day", "2026-11-24", "Europe/Moscow", "2026-11-23T21:00", "2026-11-24T21:00"),
        ("day", "2026-11-24", "Asia/Kathmandu", "2026-11-23T18:15", "2026-11-24T18:15"),
        ("day", "2026-10-25", "Europe/Berlin", "2026-10-24T22:00", "2026-10-25T23:00"),
        ("day", "2026-03-29", "Europe/Berlin", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("day", "2026-03-08", "America/Havana", "2026-03-08T05:00", "2026-03-09T04:00"),
        ("week", "2026-11-29", "Europe/Moscow", "2026-11-22T21:00", "2026-11-29T21:00"),
        ("week", "2026-11-23", "Europe/Moscow", "2026-11-22T21:00", "2026-11-29T21:00"),
        ("month", "2026-12-31", "Europe/Moscow", "2026-11-30T21:00", "2026-12-31T21:00"),
        ("month", "2028-02-01", "UTC", "2028-02-01T00:00", "2028-03-01T00:00"),
    ],
    ids=[
        "day",
        "zone of a quarter hour",
        "25 hours",
        "23 hours",
        "no midnight",
        "week of a Sunday",
        "week of a Monday",
        "month",
        "leap",
    ],
)
def test_a_span_is_whole_days_of_the_company_s_clock(kind: Kind, day: str, zone: str, since: str, until: str) -> None:
    found = span(kind, dt.date.fromisoformat(day), zone)
    assert (found.since, found.until) == (utc(since), utc(until))


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Havana", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Gaza"]
)
def test_the_days_of_a_year_follow_each_other_without_a_gap(zone: str) -> None:
    first = dt.date(2026, 1, 1)
    days = [span("day", first + dt.timedelta(days=number), zone) for number in range(366)]
    assert all(one.until == other.since for one, other in itertools.pairwise(days))
    for day in days:
        found = list(pieces(day.since, day.until, day))
        assert sum((piece.length for piece in found), dt.timedelta()) == day.until - day.since
        assert {piece.day for piece in found} == {str(day.first)}


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2026-11-24T09:10", "2026-11-24T09:40", [("12", 30)]),
        ("2026-11-24T09:50", "2026-11-24T11:10", [("12", 10), ("13", 60), ("14", 10)]),
        ("2026-11-23T20:30", "2026-11-23T21:30", [("00", 30)]),
        ("2026-11-24T20:30", "2026-11-25T20:30", [("23", 30)]),
        ("2026-11-24T09:40", "2026-11-24T09:40", []),
        ("2026-11-24T09:40", "2026-11-24T09:30", []),
        ("2026-11-25T09:40", "2026-11-25T09:50", []),
    ],
    ids=[
        "within an hour",
        "over hours",
        "began the day before",
        "goes on the day after",
        "none",
        "backwards",
        "another day",
    ],
)
def test_time_is_cut_at_full_hours_and_at_the_span_s_ends(since: str, until: str, found: list[tuple[str, int]]) -> None:
    day = span("day", dt.date(2026, 11, 24), "Europe/Moscow")
    cut = pieces(utc(since), utc(until), day)
    assert [(piece.hour, piece.length // dt.timedelta(minutes=1)) for piece in cut] == found


def test_an_hour_that_comes_twice_has_120_minutes() -> None:
    day = span("day", dt.date(2026, 10, 25), "Europe/Berlin")
    assert (
        sum((piece.length for piece in pieces(day.since, day.until, day) if piece.hour == "02"), dt.timedelta())
        == 2 * HOUR
    )


@pytest.mark.parametrize(
    ("last", "days"),
    [(None, [23]), (dt.date(2026, 11, 21), [22, 23]), (dt.date(2026, 11, 23), []), (dt.date(2026, 11, 25), [])],
    ids=["never", "two days ago", "yesterday", "in the future"],
)
def test_each_day_that_is_over_is_due_once(last: dt.date | None, days: list[int]) -> None:
    assert [day.day for day in due(last, dt.date(2026, 11, 24))] == days
