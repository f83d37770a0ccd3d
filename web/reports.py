"""Statistics: what the calls of a time come to, the calls behind a figure, and what callers ask for (D25, T5)."""

import datetime as dt
import http
from itertools import islice
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType

from db.questions import Count
from premises.clock import now
from reports.course import Course, Fate
from reports.forms import Row, rows_of
from reports.span import Kind, Span, span
from reports.tally import UnknownFigureError, figure
from web.calls import CallTold, call_told, is_within
from web.office import Office
from web.operations import Operation
from web.permissions import Asker, Right
from web.problems import Problem
from web.words import After, Limit, Text, page_begin, page_end

_Begin = Annotated[int, msgspec.Meta(ge=0, le=2**32)]
Day = Annotated[str, msgspec.Meta(pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$(?!\n)", description="as 2026-11-24")]


class OfSpan(msgspec.Struct, frozen=True, kw_only=True):
    """Which time is meant."""

    kind: Kind


class About(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which one of these times, and what counts as answered in time."""

    date: Day | UnsetType = UNSET
    """A day of it; today, if none is given."""
    within: Annotated[int, msgspec.Meta(ge=0, le=86_400)] | UnsetType = UNSET
    """Seconds; else as the settings have it."""


class ReportTold(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of a span, as `switchboard report --json` tells them."""

    report: Kind
    first: dt.date
    last: dt.date
    timezone: str
    within_seconds: float
    tables: dict[str, tuple[Row, ...]]
    """By ``total``, ``hour``, ``day``, ``queue``, ``department`` and ``person``: rows with their figures, times in
    seconds."""


class WhichFigure(About, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One figure of a report: its column, in the table ``total`` unless another one and a row of it are given."""

    column: Text
    table: Text | UnsetType = UNSET
    row: Text | UnsetType = UNSET
    limit: Limit = 50
    after: After | UnsetType = UNSET


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """A call that a figure comes from."""

    call: CallTold
    fate: Fate
    """As what it counts."""
    waited: float
    talked: float


class CallsBehind(msgspec.Struct, frozen=True, kw_only=True):
    """The calls behind a figure, the oldest first; of those that one may see."""

    calls: tuple[Behind, ...]
    next: str | None = None
    """What ``after`` must be to get the page behind this one; None: there is none."""


class HowLong(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far back."""

    days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7
    """Today is the first of them."""


class Questions(msgspec.Struct, frozen=True, kw_only=True):
    """What callers ask for, the latest day and the most calls first."""

    questions: tuple[Count, ...]


async def report(office: Office, asker: Asker, path: OfSpan, query: About) -> ReportTold:
    """What the calls of a day, a week or a month come to.

    Of people and departments those are told whose figures the one who asks may see.
    """
    days, within = await _span(office, path.kind, query), _within(office, query)
    counted = await office.count(lambda: office.figures(within).report(days, now()))
    tables = {
        table: tuple(row for row in rows if _may_see(asker, table, row)) for table, rows in rows_of(counted).items()
    }
    return ReportTold(
        report=days.kind,
        first=days.first,
        last=days.last,
        timezone=days.timezone,
        within_seconds=within,
        tables=tables,
    )


async def calls_behind(office: Office, asker: Asker, path: OfSpan, query: WhichFigure) -> CallsBehind:
    """The calls that a figure of a report comes from, in pages."""
    days, within = await _span(office, path.kind, query), _within(office, query)
    words = (query.table or "total", query.row or "", query.column)
    try:
        meant = figure(words)
    except UnknownFigureError as why:
        raise Problem(http.HTTPStatus.CONFLICT, str(why)) from None
    begin = page_begin(query.after, tuple[_Begin])[0] if query.after else 0
    end = begin + query.limit
    found = await office.count(lambda: tuple(islice(office.figures(within).calls_behind(meant, days), begin, end + 1)))
    told = await _told(office, found[: query.limit])
    mine = tuple(one for one in told if is_within(one.call, asker.within(Right.CALLS)))
    return CallsBehind(calls=mine, next=page_end(end) if len(found) > query.limit else None)


async def questions(office: Office, asker: Asker, query: HowLong) -> Questions:
    """What callers ask for, by the reasons that were noted: how many calls per day and department."""
    zone = ZoneInfo((await office.rulebook()).company.timezone)
    today = now().astimezone(zone).date()
    return Questions(questions=await office.count(lambda: office.questions(today, query.days, zone)))


async def _span(office: Office, kind: Kind, query: About) -> Span:
    timezone = (await office.rulebook()).company.timezone
    try:
        day = dt.date.fromisoformat(query.date) if query.date else now().astimezone(ZoneInfo(timezone)).date()
    except ValueError:
        raise Problem(http.HTTPStatus.CONFLICT, f"date: there is no day {query.date}") from None
    return span(kind, day, timezone)


def _within(office: Office, query: About) -> float:
    """0 is a time like others."""
    return office.installation.settings.answer_within_seconds if query.within is UNSET else float(query.within)


def _may_see(asker: Asker, table: str, row: Row) -> bool:
    """Figures of single people and departments are for those who lead them (D-VI)."""
    within = asker.within(Right.FIGURES)
    if within is None or table not in ("person", "department"):
        return True
    return row["row"] in (within.people if table == "person" else within.departments)


async def _told(office: Office, found: tuple[Course, ...]) -> tuple[Behind, ...]:
    legs = await office.ask(lambda: office.stories.legs([one.row.id for one in found]))
    return tuple(
        Behind(
            call=call_told(one.row, legs.get(one.row.id, ())),
            fate=one.fate,
            waited=one.waited.total_seconds(),
            talked=one.talked.total_seconds(),
        )
        for one in found
    )


OPERATIONS = (
    Operation(method="GET", path="/reports/{kind}", do=report, right=Right.FIGURES, problems=(409,)),
    Operation(method="GET", path="/reports/{kind}/calls", do=calls_behind, right=Right.FIGURES, problems=(409,)),
    Operation(method="GET", path="/questions", do=questions, right=Right.FIGURES),
)
