"""How long a caller will wait, by what was measured: so many before, each of whom keeps one of so many people so long.

With as many people busy as are at work, somebody becomes free every ``handling / people`` seconds on average, and each
time the first in line moves up. That overestimates where callers give up or others help out, and says nothing of how
far a single wait lies from the average: `bench/line` measures both (docs/line.md). Until enough was measured nothing is
promised.
"""

from collections import deque

FEWEST = 5
"""So many talks must have been measured before anything is expected."""
LATEST = 50
"""So many count, the latest: a day has calm and busy hours."""


class Handling:
    """How long people are taken by one caller of a queue, from the offer until they are free again."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=LATEST)

    def note(self, seconds: float) -> None:
        """One caller has been served."""
        self._seconds.append(seconds)

    @property
    def mean(self) -> float | None:
        """Seconds; None: too little was measured."""
        return sum(self._seconds) / len(self._seconds) if len(self._seconds) >= FEWEST else None


def expected(position: int, handling: float, at_work: int) -> float:
    """Seconds until a caller is offered somebody. ``position``: 1 for the first in line; ``at_work``: at least 1."""
    return position * handling / at_work
