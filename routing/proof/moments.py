"""Every opening state of the company: the moments of which no two have the same hours open."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec

from routing.hours import is_holiday, opens_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from routing.rulebook import Rulebook

DAYS_AHEAD = 366
"""Far enough to meet every weekday, and every weekday that is a holiday."""


class Moment(msgspec.Struct, frozen=True):
    """A day and a minute since midnight on the company's clock, and the hours that are open then."""

    day: dt.date
    minute: int
    open: frozenset[str]


def moments(rulebook: Rulebook, names: Collection[str], today: dt.date) -> tuple[Moment, ...]:
    """One moment, from today on, for each set of these hours that is ever open at once."""
    found: dict[frozenset[str], Moment] = {}
    for day, holiday in _kinds_of_day(rulebook, today):
        for minute in _turning_points(rulebook, names, day.weekday()):
            now_open = frozenset(
                name for name in names if opens_at(rulebook.hours[name], day.weekday(), minute, holiday=holiday)
            )
            found.setdefault(now_open, Moment(day, minute, now_open))
    return tuple(found.values())


def _kinds_of_day(rulebook: Rulebook, today: dt.date) -> Iterator[tuple[dt.date, bool]]:
    """The next day of each weekday, and the next holiday of each weekday, with whether it is one."""
    seen = set()
    for ahead in range(DAYS_AHEAD):
        day = today + dt.timedelta(days=ahead)
        kind = (day.weekday(), is_holiday(rulebook.holidays, day))
        if kind not in seen:
            seen.add(kind)
            yield day, kind[1]


def _turning_points(rulebook: Rulebook, names: Collection[str], weekday: int) -> list[int]:
    spans = [span for name in names for span in rulebook.hours[name].week[weekday]]
    edges = {edge for span in spans for edge in (span.opens, span.closes)}
    return sorted({0, *edges} - {24 * 60})
