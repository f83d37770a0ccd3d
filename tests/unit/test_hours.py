"""Opening hours: minutes at the edges, holidays, nights, time zones and the days on which clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing.hours import closes, is_open, open_names
from routing.rulebook import Rulebook
from routing.rules.company import Holiday, Hours, Span
from tests.unit.rulebooks import NIGHT, NOON, sample, week

NIGHTS = Hours(name="nights", week=((Span(0, 6 * 60), Span(22 * 60, 24 * 60)),) * 7, holidays=False)
LUNCH = Hours(name="lunch", week=week((Span(9 * 60, 13 * 60), Span(14 * 60, 18 * 60))))
ROUND = Hours(name="round", week=((Span(0, 24 * 60),),) * 7)
SUNDAY = Hours(name="sunday", week=week((), sunday=(Span(2 * 60, 3 * 60),)))


def company(timezone: str = "Europe/Moscow") -> Rulebook:
    rulebook = sample(holidays=(Holiday(dt.date(2026, 12, 31), dt.date(2027, 1, 8)),))
    return msgspec.structs.replace(
        rulebook,
        company=msgspec.structs.replace(rulebook.company, timezone=timezone),
        hours={**rulebook.hours, "nights": NIGHTS, "sunday": SUNDAY, "lunch": LUNCH, "round": ROUND},
    )


MOMENTS = {
    "a minute before opening": ("office", "2026-11-24 08:59:59", False),
    "the opening minute": ("office", "2026-11-24 09:00:00", True),
    "the last second": ("office", "2026-11-24 17:59:59", True),
    "the closing minute": ("office", "2026-11-24 18:00:00", False),
    "a Saturday's own hours": ("office", "2026-11-28 14:59:00", True),
    "after a Saturday's own hours": ("office", "2026-11-28 15:00:00", False),
    "a Sunday without hours": ("office", "2026-11-29 12:00:00", False),
    "the day before the holidays": ("office", "2026-12-30 12:00:00", True),
    "the first holiday": ("office", "2026-12-31 12:00:00", False),
    "the last holiday": ("office", "2027-01-08 12:00:00", False),
    "the day after the holidays": ("office", "2027-01-11 12:00:00", True),
    "shifts are open on holidays": ("shifts", "2027-01-01 12:00:00", True),
    "a night begins": ("nights", "2026-11-24 22:00:00", True),
    "midnight within a night": ("nights", "2026-11-25 00:00:00", True),
    "a night ends": ("nights", "2026-11-25 06:00:00", False),
    "the whole day, its last minute": ("shifts", "2026-11-24 23:59:59", True),
}


@pytest.mark.parametrize(("name", "moment", "opened"), MOMENTS.values(), ids=MOMENTS.keys())
def test_open(name: str, moment: str, opened: bool) -> None:
    at = dt.datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Moscow"))
    assert is_open(company(), name, at) is opened


CLOCK_CHANGES = {
    "before clocks go forward": ("2026-03-29T00:59:00+00:00", False),
    "the hour that does not exist is never met": ("2026-03-29T01:00:00+00:00", False),
    "before clocks go back: the hour for the first time": ("2026-10-25T00:30:00+00:00", True),
    "after clocks went back: the hour for the second time": ("2026-10-25T01:30:00+00:00", True),
    "and then it is over": ("2026-10-25T02:00:00+00:00", False),
}


@pytest.mark.parametrize(("moment", "opened"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES.keys())
def test_open_from_two_to_three_when_clocks_change(moment: str, opened: bool) -> None:
    assert is_open(company("Europe/Berlin"), "sunday", dt.datetime.fromisoformat(moment)) is opened


def test_all_names_that_are_open() -> None:
    assert open_names(company(), NOON) == {"office", "shifts", "lunch", "round"}
    assert open_names(company(), NIGHT) == {"shifts", "nights", "round"}


CLOSINGS = {
    "before a break": ("lunch", "2026-11-24 12:00:00", "2026-11-24 13:00:00"),
    "after a break": ("lunch", "2026-11-24 13:30:00", "2026-11-24 18:00:00"),
    "a night goes on the next day": ("nights", "2026-11-24 23:00:00", "2026-11-25 06:00:00"),
    "the last second": ("office", "2026-11-24 17:59:59", "2026-11-24 18:00:00"),
    "all day, before a day without hours": ("shifts", "2026-11-28 23:59:59", None),
    "all day, before holidays": ("round", "2026-12-30 12:00:00", "2026-12-31 00:00:00"),
}


@pytest.mark.parametrize(("name", "moment", "closing"), CLOSINGS.values(), ids=CLOSINGS.keys())
def test_when_it_closes(name: str, moment: str, closing: str | None) -> None:
    moscow = ZoneInfo("Europe/Moscow")
    at = dt.datetime.fromisoformat(moment).replace(tzinfo=moscow)
    expected = dt.datetime.fromisoformat(closing).replace(tzinfo=moscow) if closing else None
    assert closes(company(), name, at) == expected


@settings(deadline=None)
@given(
    minutes=st.integers(0, 4 * 7 * 24 * 60),
    name=st.sampled_from(["office", "nights", "sunday", "lunch", "round"]),
    zone=st.sampled_from(["Europe/Moscow", "Europe/Berlin", "Asia/Kathmandu"]),
)
def test_until_it_closes_it_is_open(minutes: int, name: str, zone: str) -> None:
    """Over the weeks in which clocks go back: every minute from the beginning to the closing, and not then."""
    rulebook, at = company(zone), dt.datetime(2026, 10, 5, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    assume(is_open(rulebook, name, at))
    closing = closes(rulebook, name, at)
    until = closing.astimezone(dt.UTC) if closing else at + dt.timedelta(days=1)
    while at < until:
        assert is_open(rulebook, name, at)
        at += dt.timedelta(minutes=1)
    assert closing is None or not is_open(rulebook, name, closing)
