"""Figures as tables in Markdown. No clock, no files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.figures import is_clear, middle, ratio
from bench.results import Result

UNCLEAR = "~"
"""Stands before a figure whose runs lie far apart."""


@dataclass(frozen=True)
class Section:
    """Measures that are read together: for each the head of its column."""

    title: str
    columns: dict[str, str]
    """By the measure's name."""
    fewest: int = 1
    """Columns without which there is nothing to compare."""


def compared(section: Section, results: Iterable[Result]) -> str:
    """A row for each variant, a column for each measure of the section that was made; empty: none was."""
    table = _by_measure(results)
    made = {measure: head for measure, head in section.columns.items() if measure in table}
    variants = dict.fromkeys(variant for measure in made for variant in table[measure])
    head = ("", *(f"{head}, {_unit(table[measure])}" for measure, head in made.items()))
    rows = [(variant, *(_cell(table[measure].get(variant)) for measure in made)) for variant in variants]
    return markdown(head, rows) if len(made) >= section.fewest else ""


def multiples(results: Iterable[Result], ours: str, measures: Sequence[str]) -> str:
    """A row for each of these measures, a column for each other variant: how many times its figure ours is."""
    table = {measure: row for measure, row in _by_measure(results).items() if measure in measures and ours in row}
    others = dict.fromkeys(variant for row in table.values() for variant in row if variant != ours)
    rows = []
    for measure, row in table.items():
        cells = [_cell(ratio(row[ours], row[other]) if other in row else None) for other in others]
        if any(cells):
            rows.append((measure, *cells))
    return markdown(("", *others), rows) if rows else ""


def listed(results: Iterable[Result]) -> str:
    """A row for each figure."""
    rows = [(one.measure, one.variant, f"{_cell(one)} {one.unit}") for one in results]
    return markdown(("measure", "of", "figure"), rows) if rows else ""


def number(value: float) -> str:
    """Three digits, as much as such figures are worth; whole numbers whole."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; all columns but the first are figures."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _by_measure(results: Iterable[Result]) -> dict[str, dict[str, Result]]:
    table: dict[str, dict[str, Result]] = {}
    for result in results:
        table.setdefault(result.measure, {})[result.variant] = result
    return table


def _unit(row: dict[str, Result]) -> str:
    return next(iter(row.values())).unit


def _cell(result: Result | None) -> str:
    """The median and, of several runs, the least and the greatest."""
    if result is None:
        return ""
    told = f"{'' if is_clear(result) else UNCLEAR}{number(middle(result))}"
    if len(result.runs) == 1:
        return told
    return f"{told} ({number(min(result.runs))} to {number(max(result.runs))})"
