"""Figures as tables in Markdown: each measure of each variant, and ours as a multiple of the others'. No clock, no files."""

from collections.abc import Iterable, Sequence

from bench.figures import is_clear, middle, ratio
from bench.results import Result

UNCLEAR = "~"
"""Stands before a figure whose runs lie far apart."""


def figures(results: Iterable[Result]) -> str:
    """A row for each measure, a column for each variant: the median and, of several runs, the least and the greatest."""
    table = _by_measure(results)
    variants = _variants(table)
    rows = [
        (f"{measure}, {_unit(row)}", *(_cell(row.get(variant)) for variant in variants))
        for measure, row in table.items()
    ]
    return _markdown(("", *variants), rows)


def ratios(results: Iterable[Result], ours: str) -> str:
    """A row for each measure, a column for each other variant: how many times its median ours is."""
    table = {measure: row for measure, row in _by_measure(results).items() if ours in row and len(row) > 1}
    others = [variant for variant in _variants(table) if variant != ours]
    rows = [
        (measure, *(_ratio(row[ours], row.get(other)) for other in others))
        for measure, row in table.items()
        if any(_ratio(row[ours], row.get(other)) for other in others)
    ]
    return _markdown((f"{ours} as a multiple of", *others), rows)


def number(value: float) -> str:
    """Three digits, as much as such figures are worth; whole numbers whole."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _by_measure(results: Iterable[Result]) -> dict[str, dict[str, Result]]:
    table: dict[str, dict[str, Result]] = {}
    for result in results:
        table.setdefault(result.measure, {})[result.variant] = result
    return table


def _variants(table: dict[str, dict[str, Result]]) -> list[str]:
    return list(dict.fromkeys(variant for row in table.values() for variant in row))


def _unit(row: dict[str, Result]) -> str:
    return next(iter(row.values())).unit


def _cell(result: Result | None) -> str:
    if result is None:
        return ""
    sign = "" if is_clear(result) else UNCLEAR
    told = f"{sign}{number(middle(result))}"
    if len(result.runs) == 1:
        return told
    return f"{told} ({number(min(result.runs))} to {number(max(result.runs))})"


def _ratio(one: Result, other: Result | None) -> str:
    value = ratio(one, other) if other else None
    return "" if value is None else f"{value:.2f}"


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
