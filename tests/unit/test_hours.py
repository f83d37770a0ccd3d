"""Opening hours: minutes at the edges, holidays, nights, time zones and the days on which clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
import pytest

from routing.hours import is_open, open_names
from routing.rulebook import Holiday, Hours, Rulebook, Span
from tests.unit.rulebooks import NIGHT, NOON, sample, week

NIGHTS = Hours(name="nights", week=((Span(0, 6 * 60), Span(22 * 60, 24 * 60)),) * 7, holidays=False)
SUNDAY = Hours(name="sunday", week=week((), sunday=(Span(2 * 60, 3 * 60),)))


def company(timezone: str = "Europe/Moscow") -> Rulebook:
    rulebook = sample(holidays=(Holiday(dt.date(2026, 12, 31), dt.date(2027, 1, 8)),))
    return msgspec.structs.replace(
        rulebook,
        company=msgspec.structs.replace(rulebook.company, timezone=timezone),
        hours={**rulebook.hours, "nights": NIGHTS, "sunday": SUNDAY},
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
    assert open_names(company(), NOON) == {"office", "shifts"}
    assert open_names(company(), NIGHT) == {"shifts", "nights"}
