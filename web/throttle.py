"""How often somebody may ask. No clock: the time comes with each question, in seconds."""

import msgspec

_MOST = 10_000
"""Who is remembered at once; of more those are forgotten who may ask again in full."""


class Pace(msgspec.Struct, frozen=True):
    """So many at once, and then one more after each so many seconds."""

    burst: int
    seconds: float


class Throttle:
    """Counts for each key by itself; a key that is not heard of for long costs nothing."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._spent: dict[str, float] = {}
        """By when (seconds of the clock) each key may ask in full again."""

    def __len__(self) -> int:
        return len(self._spent)

    def ask(self, key: str, at: float) -> float:
        """0: granted, and counted. Else how many seconds to wait; what was refused is not counted."""
        free_at = max(self._spent.get(key, at), at) + self._pace.seconds
        wait = free_at - at - self._pace.burst * self._pace.seconds
        if wait > 1e-9:
            return wait
        if len(self._spent) >= _MOST:
            self._spent = {other: free for other, free in self._spent.items() if free > at}
        self._spent[key] = free_at
        return 0.0
