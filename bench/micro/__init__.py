"""What is measured without a PBX: the parts that a call passes through, each one alone.

Each module measures one part. Its variants are measured one after another, again and again, so that what disturbs the
machine disturbs all of them; pure parts by the processor's time, which a busy machine stretches little.
"""

from collections.abc import Iterator

from bench.micro import customers, decision, link, proof, register, state
from bench.results import Result


def measures(quick: bool) -> Iterator[Result]:
    """All of them, each as soon as it is there. ``quick``: one run each, and a million customers on SQLite only."""
    for part in (decision, state, link, proof, customers, register):
        yield from part.measures(quick)
