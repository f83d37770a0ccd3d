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
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]


def gathered(measures: Iterable[Measure]) -> tuple[Result, ...]:
    """All runs of each measure and variant together, in the order in which they first came."""
    runs: dict[tuple[str, str, str], list[float]] = {}
    for one in measures:
        runs.setdefault((one.measure, one.variant, one.unit), []).append(one.value)
    return tuple(Result(*key, tuple(values)) for key, values in runs.items())


def together(results: Iterable[Result]) -> tuple[Result, ...]:
    """The runs of several benches, in their order, as those of one."""
    return gathered(Measure(one.measure, one.variant, one.unit, run) for one in results for run in one.runs)


def middle(result: Result) -> float:
    """The median of its runs."""
    return median(result.runs)


def ratio(one: Result, other: Result) -> Result | None:
    """How many times the other's figure this one's is, run by run, since a run of each was made at about the same time.

    None where the other's is 0 in any of them: there is no such ratio.
    """
    pairs = list(zip(one.runs, other.runs, strict=False))
    if not pairs or any(below == 0 for _, below in pairs):
        return None
    return Result(
        one.measure, f"{one.variant} / {other.variant}", "times", tuple(above / below for above, below in pairs)
    )


def is_clear(result: Result) -> bool:
    """Whether the runs agree well enough to tell anything."""
    return max(result.runs) - min(result.runs) <= SPREAD * abs(middle(result))
