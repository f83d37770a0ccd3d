"""What is measured of every variant, how thoroughly, and in which order: one run of each, then the next run of each."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from bench import crowd, held, own, reference
from bench.errors import NotServingError
from bench.notebook import Notebook
from bench.ours import OURS
from bench.running import enough, running
from bench.variant import Variant


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How thoroughly."""

    runs: int
    rates: tuple[float, ...]
    """Calls a second at which the reference call's cost is measured."""
    seconds: float
    """For each of them."""
    fewest: int
    """Calls at each of them, if the seconds give less."""
    talks: tuple[int, ...]
    """At once, with sound."""
    step: int = 0
    """Of the search for the highest clean rate; 0: it is left out."""
    most: int = 0
    hold: float = 0.0
    """Seconds for which a rate must be held."""
    customers: tuple[int, ...] = ()
    """Of directories whose size is compared."""
    adopted: int = 20
    """Calls that are under way when the engine is killed."""


QUICK = Effort(runs=1, rates=(25.0,), seconds=6.0, fewest=50, talks=(50,))
FULL = Effort(
    runs=3,
    rates=(1.0, 10.0, 25.0, 50.0, 100.0),
    seconds=10.0,
    fewest=20,
    talks=(100, 200, 500),
    step=25,
    most=400,
    hold=20.0,
    customers=(10, 1000, 1_000_000),
    adopted=100,
)


def measure(variants: Sequence[Variant], effort: Effort, parts: Collection[str], book: Notebook) -> Iterator[None]:
    """These `PARTS` of all runs of all variants; yields after each one. Whoever fails is told of, the others go on."""
    for run in range(1, effort.runs + 1):
        for variant in variants:
            book.tell(f"run {run} of {effort.runs}: {variant.title}")
            for part in parts:
                try:
                    PARTS[part](variant, effort, book)
                except NotServingError as why:
                    book.tell(f"     not measured: {why}")
            yield


def _costs(variant: Variant, effort: Effort, book: Notebook) -> None:
    with running(variant, enough(variant, rate=max(effort.rates))) as it:
        it.warm()
        for rate in effort.rates:
            reference.measure(it, book, rate=rate, calls=max(effort.fewest, round(rate * effort.seconds)))


def _crowds(variant: Variant, effort: Effort, book: Notebook) -> None:
    with running(variant, enough(variant, talks=max(effort.talks))) as it:
        it.warm()
        for talks in effort.talks:
            crowd.measure(it, book, talks)


def _own(variant: Variant, effort: Effort, book: Notebook) -> None:
    if variant.name == OURS.name:
        own.decision(book)
        own.cold_start(book)
        own.adoption(book, effort.adopted)
        own.directories(book, effort.customers)


def _limit(variant: Variant, effort: Effort, book: Notebook) -> None:
    if effort.step:
        clean = held.highest(variant, book, step=effort.step, most=effort.most, seconds=effort.hold)
        if clean:
            held.beyond(variant, book, clean, effort.hold)


PARTS: dict[str, Callable[[Variant, Effort, Notebook], None]] = {
    "costs": _costs,
    "talks": _crowds,
    "own": _own,
    "limit": _limit,
}
