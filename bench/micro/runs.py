"""How a part is measured: variants in turn, several runs of each."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from statistics import median

from bench.results import Result

RUNS = 5
SECONDS = 0.1
"""How long one run of a pure part lasts at least."""

Variants = Mapping[str, Callable[[], float]]
"""What makes one run, and gives its figure."""


def in_turn(measure: str, unit: str, variants: Variants, quick: bool) -> Iterator[Result]:
    """Every variant once, then every one again; quick: once only."""
    runs: dict[str, list[float]] = {variant: [] for variant in variants}
    for _ in range(1 if quick else RUNS):
        for variant, run in variants.items():
            runs[variant].append(run())
    for variant, figures in runs.items():
        yield Result(measure, variant, unit, tuple(figures))


def processor(act: Callable[[], object], seconds: float = SECONDS) -> float:
    """Microseconds of this thread's processor time that it takes, after a first time that does not count."""
    act()
    began = time.thread_time()
    for times in itertools.count(1):
        act()
        if (passed := time.thread_time() - began) >= seconds:
            break
    return passed / times * 1e6


def clock(act: Callable[[], object], times: int) -> float:
    """Microseconds that it takes by the clock: the median of so many times, which somebody else's moment does not move."""
    return median(_once(act) for _ in range(times)) * 1e6


def _once(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
