"""A report for programs: CSV for spreadsheets, JSON for all else. Times in both are seconds, shares go from 0 to 1."""

import csv
import io

import msgspec

from reports.columns import COLUMNS, columns_of
from reports.tally import Line, Report, Value

Row = dict[str, str | int | float | None]
"""Under ``row`` what the row is of, and each figure under its name."""
HEAD = ("first", "last", "table", "row")


def as_csv(report: Report) -> str:
    """A line for each row of each table, with a column for every figure; empty where a table does not have it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow((*HEAD, *COLUMNS))
    span = report.terms.span
    for table, lines in report.tables.items():
        for line in lines:
            figures = _figures(table, line)
            cells = (_cell(figures.get(name)) for name in COLUMNS)
            writer.writerow((span.first, span.last, table, line.row, *cells))
    return text.getvalue()


def as_json(report: Report) -> bytes:
    """One object: the span, the terms, and a list of rows for each table."""
    span = report.terms.span
    about = {
        "report": span.kind,
        "first": span.first,
        "last": span.last,
        "timezone": span.timezone,
        "within_seconds": report.terms.within.total_seconds(),
    }
    return msgspec.json.encode(about | {"tables": rows_of(report)})


def rows_of(report: Report) -> dict[str, list[Row]]:
    """The rows of each table."""
    return {
        table: [{"row": line.row} | _figures(table, line) for line in lines] for table, lines in report.tables.items()
    }


def _figures(table: str, line: Line) -> dict[str, Value]:
    return {column.name: line.value(column) for column in columns_of(table)}


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.6f}".rstrip("0").rstrip(".")
