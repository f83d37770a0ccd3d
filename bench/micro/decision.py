"""The decision alone: from the facts to whom to ring, and to the end of the call."""

import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial

from bench.micro import books
from bench.micro.runs import in_turn, processor
from bench.results import Result

RULES = (20, 1_000, 10_000)


def measures(quick: bool) -> Iterator[Result]:
    """Per call: the processor's time, the memory and the trail."""
    to_the_ring = {
        f"{count} rules": partial(books.to_the_ring, books.rulebook(count), books.facts(count)) for count in RULES
    }
    to_the_end = {
        f"{count} rules": partial(books.to_the_end, books.rulebook(count), books.facts(count)) for count in RULES
    }
    for measure, acts in (("decision, to the ring", to_the_ring), ("decision, to the end", to_the_end)):
        yield from in_turn(measure, "µs", {variant: partial(processor, act) for variant, act in acts.items()}, quick)
    for variant, act in to_the_end.items():
        blocks, peak = memory(act)
        yield Result("decision, memory kept", variant, "blocks", (blocks,))
        yield Result("decision, memory at most", variant, "bytes", (peak,))


def memory(act: Callable[[], object]) -> tuple[int, int]:
    """How many blocks are held by what it gives, and how many bytes it needs at most meanwhile."""
    act()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = act()
        _, peak = tracemalloc.get_traced_memory()
        blocks = sum(statistic.count for statistic in tracemalloc.take_snapshot().statistics("filename"))
        del kept
    finally:
        tracemalloc.stop()
    return blocks, peak - before
