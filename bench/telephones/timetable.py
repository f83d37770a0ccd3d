"""What is to be done when: one heap of moments, for calls by the thousand."""

import heapq
import itertools
import time
from collections.abc import Callable


class Timetable:
    """Calls each function once its moment has come; in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def after(self, seconds: float, then: Callable[[], None]) -> None:
        """Call ``then`` so many seconds from now."""
        self.at(time.monotonic() + seconds, then)

    def at(self, moment: float, then: Callable[[], None]) -> None:
        """Call ``then`` at that moment."""
        heapq.heappush(self._due, (moment, next(self._order), then))

    def run(self) -> float:
        """Call what is due; gives the seconds until the next moment, at most one."""
        while self._due and (wait := self._due[0][0] - time.monotonic()) <= 0:
            heapq.heappop(self._due)[2]()
        return min(wait, 1.0) if self._due else 1.0
