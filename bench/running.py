"""A variant at work in a folder of its own, with the telephones that call it and that it rings."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.company import Company
from bench.load import Telephones, telephones
from bench.telephones.orders import Place, Report
from bench.variant import Served, Variant

WARM_CALLS = 20
WARM_RATE = 10.0
SETTLE_SECONDS = 2.0
"""After the last call: what is done behind a call (its row, its recording) belongs to it."""


@dataclass(frozen=True)
class Usage:
    """CPU seconds so far, of engine and Asterisk, and when."""

    at: float
    engine: float
    asterisk: float

    def since(self, before: "Usage") -> "Usage":
        """What was used between the two."""
        return Usage(self.at - before.at, self.engine - before.engine, self.asterisk - before.asterisk)


@dataclass(frozen=True)
class Running:
    """A variant that takes calls now."""

    variant: str
    served: Served
    telephones: Telephones

    def usage(self) -> Usage:
        """What has been used so far."""
        return Usage(time.monotonic(), self.served.engine_seconds(), self.served.asterisk_seconds())

    def order(self, count: int, rate: float, **more: object) -> Place:
        """So many reference calls, each by another customer."""
        place: Place = Place(server=self.served.server, rate=rate, callers=self.served.company.callers(count), **more)  # type: ignore[arg-type]
        return place

    def warm(self) -> None:
        """Have a few calls, so that whatever is done once is done, and wait until all is quiet."""
        self.telephones.place(self.order(WARM_CALLS, WARM_RATE))
        time.sleep(SETTLE_SECONDS)

    def place(self, count: int, rate: float) -> Report:
        """Place reference calls; returns once all is done that belongs to them."""
        report = self.telephones.place(self.order(count, rate))
        time.sleep(SETTLE_SECONDS)
        return report


@contextmanager
def running(variant: Variant, company: Company) -> Iterator[Running]:
    """Have it take calls until the block ends, from an Asterisk that has just started: its memory grows with its age."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        telephones() as them,
        variant.serving(Path(folder), company, them) as served,
    ):
        yield Running(variant.name, served, them)


def enough(rate: float, talk: float = 1.0, customers: int = 1000) -> Company:
    """A company that can serve so many calls a second: a manager talks with one customer at a time, as people do."""
    return Company(customers, managers=max(10, round(rate * (talk + 0.5)) + 10))
