"""The parts of all calls, summed up as they come: what is kept grows with people, queues and days, not with calls."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from db.records import AttendanceRow, CallRow, LegRow
from reports.columns import COLUMNS, TABLES, Column, columns_of
from reports.parts import (
    TOTAL,
    Part,
    Place,
    Terms,
    parts_of_attendance,
    parts_of_busy_leg,
    parts_of_call,
)

Value = int | float | None
"""A number of calls; seconds; a share from 0 to 1; None where there is nothing to divide by."""


class Line(msgspec.Struct, frozen=True):
    """One row of a table."""

    row: str
    sums: dict[str, int]
    """Calls, and microseconds; what is not in it is 0."""

    def value(self, column: Column) -> Value:
        """The figure in this column."""
        if column.over is None:
            amount = self.sums.get(column.name, 0)
            return amount if column.unit == "calls" else amount / 1e6
        upper, lower = (self.sums.get(name, 0) for name in column.over)
        if not lower:
            return None
        if column.name == "occupancy":  # a talk may go on when its person has signed out
            return upper / max(upper, lower)
        return upper / lower if column.unit == "share" else upper / lower / 1e6


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of a span."""

    terms: Terms
    tables: dict[str, tuple[Line, ...]]
    """By the names in `reports.columns.TABLES`, in that order; the rows in the order of their names."""

    @property
    def total(self) -> Line:
        """All calls together."""
        return self.tables["total"][0]


class Tally:
    """Sums up parts."""

    def __init__(self) -> None:
        self._sums: dict[Place, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, parts: Iterable[Part]) -> None:
        """Count these, too."""
        for part in parts:
            self._sums[part.place][part.column] += part.amount

    def report(self, terms: Terms) -> Report:
        """What it comes to so far."""
        places = sorted({*self._sums, TOTAL})
        return Report(terms=terms, tables={table: tuple(self._lines(table, places)) for table in TABLES})

    def _lines(self, table: str, places: Sequence[Place]) -> Iterable[Line]:
        return (Line(place[1], dict(self._sums.get(place, {}))) for place in places if place[0] == table)


def report(
    calls: Iterable[tuple[CallRow, Sequence[LegRow]]],
    earlier: Iterable[LegRow],
    attendance: Iterable[AttendanceRow],
    now: dt.datetime,
    terms: Terms,
) -> Report:
    """All figures of a span, from every call that arrived in it with its legs, one after the other.

    ``earlier``: legs of calls that arrived before it and reach into it. ``attendance``: who came and left, in the order
    of the times, beginning with how things stood when the span began.
    """
    tally = Tally()
    for row, legs in calls:
        tally.add(parts_of_call(row, legs, terms))
    for leg in earlier:
        tally.add(parts_of_busy_leg(leg, terms))
    tally.add(parts_of_attendance(attendance, min(now, terms.span.until), terms))
    return tally.report(terms)


class UnknownFigureError(Exception):
    """There is no such figure; the text says which there are."""


class Figure(msgspec.Struct, frozen=True):
    """One figure of a report, as people name it: table, row and column, or the column alone for all calls."""

    place: Place
    column: Column

    def takes(self, part: Part) -> bool:
        """Whether this part is in it; in a ratio: whether it is in what is divided by."""
        return part.place == self.place and part.column == (self.column.over or ("", self.column.name))[1]


def figure(words: Sequence[str]) -> Figure:
    """The figure that these words name: ``abandoned``, or ``queue operators abandoned``. Raises UnknownFigureError."""
    if len(words) == 1:
        words = (*TOTAL, *words)
    if len(words) != 3 or words[0] not in TABLES:
        raise UnknownFigureError(f"a figure is a column, or a table ({', '.join(TABLES)}), a row and a column")
    table, row, name = words
    if name not in (columns := {column.name for column in columns_of(table)}):
        raise UnknownFigureError(f"{table} has no {name!r}; it has {', '.join(sorted(columns))}")
    if name in ("at_work", "occupancy"):
        raise UnknownFigureError(f"{name} is the time that people were there: no call adds to it, but to `busy`")
    return Figure((table, row), COLUMNS[name])
