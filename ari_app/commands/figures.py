"""A report as tables for people: first everything together, then by hour, day, queue, department and person."""

from collections.abc import Iterable, Iterator, Mapping

from rich import box
from rich.table import Table

from premises.wall_clock import WallClock
from reports.columns import COLUMNS, Column, columns_of
from reports.course import Course
from reports.span import Span
from reports.tally import Line, Report, Value
from routing.facts import PersonId

_TOTAL = (
    "calls answered service_level abandoned left message goodbye cut_off open mean_wait mean_abandoned_after mean_talk"
    " talk handling transfers occupancy"
)
_BY_TIME = (
    "calls answered service_level abandoned left message mean_wait mean_abandoned_after mean_talk transfers occupancy"
)
_SHOWN = {
    "hour": _BY_TIME,
    "day": _BY_TIME,
    "queue": "wanted answered service_level abandoned passed_on mean_wait mean_abandoned_after mean_talk",
    "department": "offers missed answered service_level abandoned mean_wait talk mean_talk transfers occupancy",
    "person": "offers missed talks mean_wait talk mean_talk transfers at_work occupancy",
}
"""The figures that fit beside each other; CSV and JSON have all."""


def tables_of(report: Report, names: Mapping[PersonId, str]) -> Iterator[Table]:
    """One after the other; what nobody called for is left out. ``names``: what people are called."""
    yield _total(report)
    for table, lines in report.tables.items():
        if table != "total" and lines and not (table == "day" and report.terms.span.kind == "day"):
            yield _by(table, lines, names)


def _total(report: Report) -> Table:
    within = report.terms.within.total_seconds()
    table = Table(title=_title(report.terms.span), box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for name in ("all calls", "", "which are"):
        table.add_column(name, justify="left" if name else "right")
    for column in _columns("total", _TOTAL):
        about = column.about.replace("within the time agreed", f"within {within:g} s")
        about = about.replace("in time", f"within {within:g} s")
        table.add_row(column.title, shown(report.total.value(column), column), about)
    return table


def _by(table: str, lines: tuple[Line, ...], names: Mapping[PersonId, str]) -> Table:
    columns = _columns(table, _SHOWN[table])
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=True)
    grid.add_column(f"by {table}")
    if table == "person":
        grid.add_column("")
    for column in columns:
        grid.add_column(column.title, justify="right")
    for line in lines:
        name = [names.get(line.row, "")] if table == "person" else []
        grid.add_row(line.row, *name, *(shown(line.value(column), column) for column in columns))
    return grid


def _columns(table: str, names: str) -> list[Column]:
    there = {column.name for column in columns_of(table)}
    return [COLUMNS[name] for name in names.split() if name in there]


def shown(value: Value, column: Column) -> str:
    """A figure as people read it: ``12``, ``1:05``, ``2:03:04``, ``83 %``; a dash where there is none."""
    if value is None:
        return "–"
    if column.unit == "share":
        return f"{value:.0%}".replace("%", " %")
    if column.unit == "calls":
        return str(value)
    return duration(value)


def duration(length: float) -> str:
    """Seconds as people read them: ``1:05``, ``2:03:04``."""
    minutes, seconds = divmod(round(length), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def table_of_calls(calls: Iterable[Course], clock: WallClock) -> Table:
    """The calls behind a figure, a line each; times by the company's ``clock``."""
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("call", "arrived", "caller", "line", "counts as", "waited", "talked", "with"):
        table.add_column(title, justify="right" if title in ("waited", "talked") else "left")
    for one in calls:
        row = one.row
        table.add_row(
            row.id,
            clock.second(row.arrived),
            "erased" if row.erased else row.number or "withheld",
            row.dialled,
            one.fate.replace("_", " "),
            duration(one.waited.total_seconds()),
            duration(one.talked.total_seconds()),
            ", ".join(leg.person for leg in one.talks),
        )
    return table


def _title(span: Span) -> str:
    match span.kind:
        case "day":
            return f"{span.first:%A, %d %B %Y}"
        case "week":
            return f"week of {span.first:%d %B} to {span.last:%d %B %Y}"
        case "month":
            return f"{span.first:%B %Y}"
