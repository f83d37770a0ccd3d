"""Many talks at once, with RTP both ways, recorded: what they take of memory and of a core, and whether all go well."""

import time

from bench.notebook import Notebook
from bench.reference import failed, troubles
from bench.running import Running

RAMP = 20.0
"""Calls a second while the talks begin."""
SETTLED_SECONDS = 3.0
WATCHED_SECONDS = 10.0


def measure(running: Running, book: Notebook, talks: int) -> None:
    """Have so many talks begin, look at them for a while, and end them all together."""
    order = running.order(talks, RAMP, talk=SETTLED_SECONDS + WATCHED_SECONDS + 1, sound=True, together=True)
    with book.watched(f"{running.variant}: {talks} talks at once"):
        running.telephones.begin(order)
        time.sleep(talks / RAMP + SETTLED_SECONDS)
        before = running.usage()
        time.sleep(WATCHED_SECONDS)
        used, served = running.usage().since(before), running.served
        memory = {"engine": served.engine_kibibytes(), "Asterisk": served.asterisk_kibibytes()}
        report = running.telephones.report()
    for who, seconds in (("engine", used.engine), ("Asterisk", used.asterisk)):
        book.note(f"{who} memory in {talks} talks", running.variant, "MiB", memory[who] / 1024)
        book.note(f"{who} CPU in {talks} talks", running.variant, "% of a core", 100 * seconds / used.at)
    if failed(report):
        book.tell(f"     failed: {troubles(report)}")
    book.note(f"failed calls of {talks} talks", running.variant, "calls", len(failed(report)))
