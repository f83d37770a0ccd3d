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

CUSTOMERS = 1000
MANAGERS = 10
TALK_SECONDS = 1.0
SPARE_SECONDS = 1.5
"""For which a manager may be taken before and after a talk, where everything is slow."""
WARM_CALLS = 20
WARM_RATE = 10.0
SETTLE_SECONDS = 2.0
"""After the last call: what is done behind a call (its row, its recording) belongs to it."""


REST_SECONDS = 180.0
"""For a start to be over: with a million customers it takes a copy of the directory that long to be made."""
LOOK_SECONDS = 0.5
RESTING_SHARE = 0.05
"""Of a core: who uses less than that while nobody calls is at rest."""


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
        self._until_quiet()
        self.telephones.place(self.order(WARM_CALLS, WARM_RATE))
        time.sleep(SETTLE_SECONDS)
        self._until_quiet()

    def place(self, count: int, rate: float) -> Report:
        """Place reference calls; returns once all is done that belongs to them."""
        report = self.telephones.place(self.order(count, rate))
        time.sleep(SETTLE_SECONDS)
        return report

    def _until_quiet(self) -> None:
        """Let processes that have only just been started come to rest."""
        deadline = time.monotonic() + REST_SECONDS
        while time.monotonic() < deadline:
            before = self.usage()
            time.sleep(LOOK_SECONDS)
            used = self.usage().since(before)
            if used.engine + used.asterisk < RESTING_SHARE * used.at:
                return


@contextmanager
def running(variant: Variant, company: Company) -> Iterator[Running]:
    """Have it take calls until the block ends, in an Asterisk that has just started: its memory grows with its age."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        telephones() as them,
        variant.serving(Path(folder), company, them) as served,
    ):
        yield Running(variant.name, served, them)


def enough(variant: Variant, *, rate: float = 0.0, talks: int = 0, customers: int = CUSTOMERS) -> Company:
    """A company that can serve so many reference calls a second, or so many talks at once.

    Where a manager has one customer at a time, as people do, it takes more of them for more calls.
    """
    wanted = round(rate * (TALK_SECONDS + SPARE_SECONDS)) + talks if variant.busy_while_talking else 0
    return Company(customers, managers=MANAGERS + wanted)
