"""When a failing database is asked, so that not every call waits for it in vain."""

import time
from collections.abc import Callable


class Breaker:
    """After some failures in a row only one question in a while goes through, until one is answered."""

    def __init__(self, failures: int, every: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._every = every
        self._clock = clock
        self._failures = 0
        self._next = 0.0

    def lets_through(self) -> bool:
        """Whether to ask now; of those who may not, one may after so many seconds."""
        if self._failures < self._limit:
            return True
        if self._clock() < self._next:
            return False
        self._next = self._clock() + self._every
        return True

    def worked(self) -> None:
        """A question was answered in time."""
        self._failures = 0

    def failed(self) -> None:
        """One was not."""
        self._failures += 1
        if self._failures == self._limit:
            self._next = self._clock() + self._every
