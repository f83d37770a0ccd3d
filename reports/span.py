"""The time that a report is about: a day, a week from Monday, or a month, on the company's own clock."""

import calendar
import datetime as dt
from collections.abc import Iterator
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

Kind = Literal["day", "week", "month"]
KINDS: tuple[Kind, ...] = ("day", "week", "month")

_HOUR = dt.timedelta(hours=1)


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Whole days, one or more."""

    kind: Kind
    first: dt.date
    last: dt.date
    """The last day that belongs to it."""
    timezone: str
    """The IANA name of the company's time zone."""

    @property
    def since(self) -> dt.datetime:
        """When it begins, in UTC. A day has 23 or 25 hours where the clocks are changed."""
        return _midnight(self.first, self.timezone)

    @property
    def until(self) -> dt.datetime:
        """When it is over, in UTC: the first moment that does not belong to it."""
        return _midnight(self.last + dt.timedelta(days=1), self.timezone)


class Piece(msgspec.Struct, frozen=True):
    """A part of some time that lies within one hour of the company's clock."""

    day: str
    """``2026-11-24``."""
    hour: str
    """``09``: from nine to ten. An hour that comes twice in a day, when clocks are set back, counts as one."""
    length: dt.timedelta


def span(kind: Kind, day: dt.date, timezone: str) -> Span:
    """The day, or the week or the month in which it lies."""
    first, days = day, 1
    if kind == "week":
        first, days = day - dt.timedelta(days=day.weekday()), 7
    elif kind == "month":
        first, days = day.replace(day=1), calendar.monthrange(day.year, day.month)[1]
    return Span(kind=kind, first=first, last=first + dt.timedelta(days=days - 1), timezone=timezone)


def day_and_hour(moment: dt.datetime, timezone: str) -> tuple[str, str]:
    """In which day and hour of the company's clock a moment lies, as a `Piece` has them."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{local:%Y-%m-%d}", f"{local:%H}"


def pieces(since: dt.datetime, until: dt.datetime, within: Span) -> Iterator[Piece]:
    """The time between two moments, as far as it lies within the span, cut at each full hour of the company's clock."""
    zone = ZoneInfo(within.timezone)
    start, end = max(since, within.since), min(until, within.until)
    while start < end:
        local = start.astimezone(zone)
        begun = dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        stop = min(end, start + _HOUR - begun)
        yield Piece(f"{local:%Y-%m-%d}", f"{local:%H}", stop - start)
        start = stop


def _midnight(day: dt.date, timezone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(timezone)).astimezone(dt.UTC)
