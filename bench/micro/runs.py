"""How a part is measured: variants in turn, several runs of each."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping

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
    gc.freeze()  # as the engine does: what was there before is not looked through for garbage
    passed, times, began = 0.0, 0, time.thread_time()
    while not times or passed < seconds:
        act()
        times += 1
        passed = time.thread_time() - began
    return passed / times * 1e6
