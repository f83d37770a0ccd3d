"""Opening hours and closed days."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import msgspec

from routing.compiling.shapes import Many, Table
from routing.compiling.words import OneOf
from routing.rules.company import Holiday, Hours, Span

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Mapping, Node

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_END = 24 * 60
_DAY = "|".join(DAYS)
_DAY_KEY = rf"^({_DAY})(-({_DAY}))?(,\s*({_DAY})(-({_DAY}))?)*$"
_SPAN = r"^([01]?[0-9]|2[0-3]):([0-5][0-9])\s*-\s*(24:00|([01]?[0-9]|2[0-3]):([0-5][0-9]))$"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_RANGE = rf"^{_DATE}(\s*\.\.\s*{_DATE})?$"
_LONGEST_HOLIDAY = dt.timedelta(days=366)
_CLOSED = "closed"
_HOLIDAYS = "holidays"
_ABOUT_HOLIDAYS = "Whether holidays are closed days for these hours; closed if not given"
_ON_HOLIDAYS = OneOf((_CLOSED, "open"))


class Opening(msgspec.Struct, frozen=True):
    """One span of a day: ``09:00-18:00``. One that ends before it begins goes on the next day."""

    wanted: ClassVar[str] = 'opening hours like "09:00-18:00", or `closed`'

    def read(self, node: Node, page: Page) -> Span | None:
        """Minutes since midnight, ``closes`` beyond 24 * 60 in a night shift; None: closed."""
        text = page.word(node, self.wanted).strip()
        if text == _CLOSED:
            return None
        if not re.fullmatch(_SPAN, text):
            raise page.wrong(node, f"`{text}` is not {self.wanted}", "24-hour clock, from and to: 09:00-18:00")
        opens, closes = (_minutes(part) for part in text.split("-"))
        if opens == closes:
            raise page.wrong(node, f"`{text}` opens and closes at the same time", "all day is 00:00-24:00")
        return Span(opens, closes if closes > opens else closes + _DAY_END)

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"anyOf": [{"type": "string", "pattern": _SPAN}, {"const": _CLOSED}]}


class Days(msgspec.Struct, frozen=True):
    """Weekdays: ``mon``, ``mon-fri``, ``mon,wed,fri``."""

    wanted: ClassVar[str] = "a weekday like `mon`, or several like `mon-fri`"

    def read(self, node: Node, page: Page) -> tuple[int, ...]:
        """The days, 0 for Monday."""
        text = page.word(node, self.wanted)
        days = _days(text)
        if not days:
            raise page.unknown(node, f"`{text}` is no weekday", text[:3], DAYS)
        return days

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": _DAY_KEY}


_BY_DAYS = Table(wanted='hours by days, like `mon-fri: "09:00-18:00"`', key=Days(), value=Many(Opening()))


class Week(msgspec.Struct, frozen=True):
    """Opening hours by days, and whether holidays are closed."""

    def read(self, node: Node, page: Page) -> Hours:
        """The hours, for each weekday its spans."""
        mapping = page.mapping(node, _BY_DAYS.wanted)
        days = msgspec.structs.replace(mapping, entries=tuple(e for e in mapping.entries if e.key.text != _HOLIDAYS))
        repeated = _has_repeated_days(days, page)
        openings = {day: spans for key, spans in _BY_DAYS.read(days, page).items() for day in key}
        week = tuple(_spans_of(day, openings) for day in range(7))
        if not repeated:
            _refuse_overlap(week, days, page)
        on_holidays = mapping.get(_HOLIDAYS)
        holidays = on_holidays is None or _ON_HOLIDAYS.read(on_holidays, page) == _CLOSED
        return Hours(name=mapping.name, week=week, holidays=holidays)

    def schema(self, shared: Shared) -> Schema:
        """An object with days for its keys."""
        return shared.once("hours", lambda: self._schema(shared))

    def _schema(self, shared: Shared) -> Schema:
        days = _BY_DAYS.schema(shared)
        holidays = {**_ON_HOLIDAYS.schema(shared), "description": _ABOUT_HOLIDAYS}
        names = {"anyOf": [days["propertyNames"], {"const": _HOLIDAYS}]}
        return {**days, "properties": {_HOLIDAYS: holidays}, "propertyNames": names}


class ClosedDays(msgspec.Struct, frozen=True):
    """A day, or the first and the last of several: ``2027-01-01..2027-01-08``."""

    wanted: ClassVar[str] = "a date like `2026-12-31`, or `2027-01-01..2027-01-08`"

    def read(self, node: Node, page: Page) -> Holiday:
        """The days."""
        text = page.scalar(node, self.wanted).text.strip()
        if not re.fullmatch(_RANGE, text):
            raise page.wrong(node, f"`{text}` is no date", _date_help(text))
        first, *rest = (_date(part.strip(), node, page) for part in text.split(".."))
        last = rest[0] if rest else first
        if last < first:
            raise page.wrong(node, f"`{text}` ends before it begins", f"write `{last}..{first}`")
        if last - first > _LONGEST_HOLIDAY:
            raise page.wrong(node, f"`{text}` is longer than a year")
        return Holiday(first, last)

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": _RANGE}


def _spans_of(day: int, openings: dict[int, tuple[Span | None, ...]]) -> tuple[Span, ...]:
    """A day's spans in their order: its own until midnight, and what is left of the night shift of the day before."""
    night = [Span(0, span.closes - _DAY_END) for span in openings.get((day - 1) % 7, ()) if span]
    own = [Span(span.opens, min(span.closes, _DAY_END)) for span in openings.get(day, ()) if span]
    return tuple(sorted((span for span in night + own if span.closes > 0), key=lambda span: span.opens))


def _refuse_overlap(week: tuple[tuple[Span, ...], ...], days: Mapping, page: Page) -> None:
    """None of a day's spans may begin before the one before has ended; the first day on which one does is told."""
    for day, spans in enumerate(week):
        if any(late.opens < early.closes for early, late in pairwise(spans)):
            near = {day, (day - 1) % 7}
            key = next(entry.key for entry in reversed(days.entries) if near & set(_days(entry.key.text)))
            page.wrong(key, f"two of the hours on {DAYS[day]} overlap", "one must end before the next begins")
            return


def _has_repeated_days(days: Mapping, page: Page) -> bool:
    """Whether a day is named twice; what is meant then (also, or instead?) nobody can tell."""
    lines: dict[int, int] = {}
    before = len(page.mistakes)
    for entry in days.entries:
        named = _days(entry.key.text)
        again = next((day for day in named if day in lines), None)
        if again is not None:
            advice = f"it is in line {lines[again]} already: name each day once, and several spans as a list"
            page.wrong(entry.key, f"`{DAYS[again]}` is given twice", advice)
        lines |= dict.fromkeys(named, entry.key.place.line)
    return len(page.mistakes) > before


def _days(text: str) -> tuple[int, ...]:
    """The weekdays that a key means; none if it is not well formed."""
    if not re.fullmatch(_DAY_KEY, text):
        return ()
    return tuple(day for part in text.split(",") for day in _range(*part.strip().split("-")))


def _range(first: str, last: str | None = None) -> tuple[int, ...]:
    """From day to day, over the end of the week where need be."""
    start = DAYS.index(first)
    count = (DAYS.index(last or first) - start) % 7 + 1
    return tuple((start + step) % 7 for step in range(count))


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _date(text: str, node: Node, page: Page) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise page.wrong(node, f"there is no day `{text}`", "year-month-day, as in 2026-12-31") from None


def _date_help(text: str) -> str:
    """How a date in another order should be written, where that can be told."""
    backwards = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text)
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text)
    if backwards:
        day, month, year = backwards.groups()
    elif found:
        year, month, day = found.groups()
    else:
        return "year-month-day, as in 2026-12-31; from..to for several days"
    return f"write {year}-{month:>02}-{day:>02}"
