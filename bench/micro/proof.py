"""What `switchboard check` takes: reading the rule file, and proving it."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial

from bench.micro import books
from bench.micro.runs import in_turn, processor
from bench.results import Result
from routing.compiling import load
from routing.proof import prove

ROUTES = (20, 100, 1_000)
TODAY = dt.date(2026, 11, 24)


def measures(quick: bool) -> Iterator[Result]:
    """By the number of routes."""
    reading = {f"{count} routes": partial(_ms, partial(load, books.text(count))) for count in ROUTES}
    proving = {
        f"{count} routes": partial(_ms, partial(prove, books.rulebook(count), books.STAFF, today=TODAY))
        for count in ROUTES
    }
    yield from in_turn("check, reading", "ms", reading, quick)
    yield from in_turn("check, proof", "ms", proving, quick)


def _ms(act: Callable[[], object]) -> float:
    return processor(act, seconds=0.0) / 1e3
