"""The reference call at one rate: what it costs and how long the caller waits for an answer."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bench.figures import percentile
from bench.notebook import Notebook
from bench.running import Running, Usage
from bench.telephones.orders import Report, Spoken

IDLE_SECONDS = 3.0
PARTS = {"p50": 0.50, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True)
class Cost:
    """CPU time per call, in milliseconds."""

    engine: float
    asterisk: float


def measure(running: Running, book: Notebook, *, rate: float, calls: int) -> None:
    """Place so many calls at this rate, and write down all that is to be known of them."""
    cost, report = costs(running, book, rate=rate, calls=calls)
    book.note(f"engine CPU per call at {rate:g}/s", running.variant, "ms", cost.engine)
    book.note(f"Asterisk CPU per call at {rate:g}/s", running.variant, "ms", cost.asterisk)
    if failed(report):
        book.tell(f"     failed: {troubles(report)}")
    book.note(f"failed calls at {rate:g}/s", running.variant, "calls", len(failed(report)))
    times(running.variant, book, report, rate)


def costs(running: Running, book: Notebook, *, rate: float, calls: int) -> tuple[Cost, Report]:
    """Place so many calls at this rate; what the variant uses while nobody calls is not the calls' and is taken off."""
    idle = _idle(running)
    book.note("engine CPU at rest", running.variant, "% of a core", 100 * idle.engine / idle.at)
    book.note("Asterisk CPU at rest", running.variant, "% of a core", 100 * idle.asterisk / idle.at)
    with book.watched(f"{running.variant}: {calls} calls at {rate:g}/s"):
        before = running.usage()
        report = running.place(calls, rate)
        used = running.usage().since(before)
    share = used.at / idle.at
    cost = Cost(
        1000 * (used.engine - share * idle.engine) / calls, 1000 * (used.asterisk - share * idle.asterisk) / calls
    )
    return cost, report


def times(variant: str, book: Notebook, report: Report, rate: float) -> None:
    """Write down how long callers and managers waited."""
    for name, values in (
        ("set-up", [after(call.invited, call.answered) for call in report.calls if call.answered]),
        ("release", [after(call.left, call.released) for call in report.calls if call.left and call.released]),
    ):
        for part, share in PARTS.items() if values else ():
            book.note(f"{name} {part} at {rate:g}/s", variant, "ms", percentile(values, share))


def after(begin: int, end: int) -> float:
    """Milliseconds between two moments."""
    return (end - begin) / 1e6


def failed(report: Report) -> list[Spoken]:
    """Calls that did not go as they should: no answer, no manager, an end that nobody was told of."""
    return [call for call in report.calls if call.trouble or not call.rung or not call.released]


def troubles(report: Report) -> str:
    """How many calls did not go as they should, and why; empty: none."""
    why = Counter(
        call.trouble or ("nobody was rung" if not call.rung else "nobody was released") for call in failed(report)
    )
    return ", ".join(f"{count} {trouble}" for trouble, count in why.most_common())


def sent_again(calls: Iterable[Spoken]) -> int:
    """How many messages had to be sent once more."""
    return sum(call.again for call in calls)


def _idle(running: Running) -> Usage:
    before = running.usage()
    time.sleep(IDLE_SECONDS)
    return running.usage().since(before)
