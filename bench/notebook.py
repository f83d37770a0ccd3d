"""What the bench writes down while it runs, and tells those who wait."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.noise import Noise, Spin, watched
from bench.results import Measure, Result


class Notebook:
    """All figures of a bench, and when the machine was too noisy for them."""

    def __init__(self) -> None:
        self.measures: list[Measure] = []
        self.results: list[Result] = []
        """Of those who make all their runs themselves."""
        self.noisy: list[str] = []
        self.watched_loads = 0
        self._spin = Spin()
        self._began = time.monotonic()

    def note(self, measure: str, variant: str, unit: str, value: float) -> None:
        """Write a figure down."""
        self.measures.append(Measure(measure, variant, unit, value))

    def tell(self, what: str) -> None:
        """Show how far the bench is."""
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        print(f"{minutes:3}:{seconds:02}  {what}", file=sys.stderr, flush=True)

    @contextmanager
    def watched(self, what: str) -> Iterator[Noise]:
        """Watch the machine until the block ends, and write down if it was noisy meanwhile."""
        self.tell(what)
        with watched(self._spin) as noise:
            yield noise
        self.watched_loads += 1
        if not noise.quiet:
            self.noisy.append(f"{what}: {noise.told()}")
            self.tell(f"     {noise.told()}")
