"""The highest rate that a variant holds cleanly, and what it does beyond it."""

from bench import rates
from bench.figures import percentile
from bench.notebook import Notebook
from bench.reference import after, failed, sent_again, troubles
from bench.running import Running, enough, running
from bench.telephones.orders import Report
from bench.variant import Variant

SLOW = 500.0
"""Milliseconds to the answer at p95 with which a rate is not held any more: calls pile up."""
BEYOND = 1.5
AS_BUSY = 2
"""As many more people are there beyond the limit: who waits for an answer keeps a telephone busy for longer."""


def highest(variant: Variant, book: Notebook, *, step: int, most: int, seconds: float) -> int:
    """Search for the highest clean rate; each trial is made with an Asterisk that has just started."""

    def is_clean(rate: int) -> bool:
        with running(variant, enough(variant, rate=rate)) as it:
            report = trial(it, book, rate, seconds)
        clean = not failed(report) and not sent_again(report.calls) and _p95(report) < SLOW
        book.tell(f"     {'clean' if clean else _unclean(report)}")
        return clean

    rate = rates.highest(is_clean, step=step, most=most)
    book.note("highest clean rate", variant.name, "calls/s", rate)
    return rate


def beyond(variant: Variant, book: Notebook, clean: int, seconds: float) -> None:
    """Offer more than a variant can hold: nothing must collapse, and who is accepted must not wait for long."""
    rate = BEYOND * clean
    with running(variant, enough(variant, rate=AS_BUSY * rate)) as it:
        report = trial(it, book, rate, seconds)
    served = [call for call in report.calls if call.answered and call.rung]
    refused = [call for call in report.calls if call.refused]
    calls = len(report.calls) or 1
    note = book.note
    note("served beyond the limit", variant.name, "% of calls", 100 * len(served) / calls)
    note("refused beyond the limit", variant.name, "% of calls", 100 * len(refused) / calls)
    note("failed beyond the limit", variant.name, "% of calls", 100 * (calls - len(served) - len(refused)) / calls)
    if served:
        note("set-up p95 beyond the limit", variant.name, "ms", _p95(report))


def trial(it: Running, book: Notebook, rate: float, seconds: float) -> Report:
    """Hold a rate for so long."""
    it.warm()
    with book.watched(f"{it.variant}: {rate:g}/s for {seconds:g} s"):
        return it.place(round(rate * seconds), rate)


def _p95(report: Report) -> float:
    waits = [after(call.invited, call.answered) for call in report.calls if call.answered]
    return percentile(waits, 0.95) if waits else float("inf")


def _unclean(report: Report) -> str:
    told = f"not clean: set-up p95 {_p95(report):.0f} ms, {sent_again(report.calls)} messages sent again"
    return f"{told}; {troubles(report)}" if failed(report) else told
