"""From many numbers to one: percentiles, medians and ratios. No clock, no files."""

import math
from collections.abc import Iterable, Sequence
from statistics import median

from bench.results import Measure, Result

SPREAD = 0.3
"""Runs that lie further apart than this part of their median do not tell much."""


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest of ``values`` that is not below ``part`` of them (nearest rank); ValueError if there are none."""
    if not values:
        raise ValueError("no values")
    ranked = sorted(values)
    return ranked[max(0, math.ceil(part * len(ranked)) - 1)]


def gathered(measures: Iterable[Measure]) -> tuple[Result, ...]:
    """All runs of each measure and variant together, in the order in which they first came."""
    runs: dict[tuple[str, str, str], list[float]] = {}
    for one in measures:
        runs.setdefault((one.measure, one.variant, one.unit), []).append(one.value)
    return tuple(Result(*key, tuple(values)) for key, values in runs.items())


def middle(result: Result) -> float:
    """The median of its runs."""
    return median(result.runs)


def ratio(one: Result, other: Result) -> float | None:
    """How many times the other's median this one's is; None where the other's is 0."""
    return middle(one) / middle(other) if middle(other) else None


def is_clear(result: Result) -> bool:
    """Whether the runs agree well enough to tell anything."""
    return max(result.runs) - min(result.runs) <= SPREAD * abs(middle(result))
