"""The rows that are not accepted yet, between those who put them and the threads that bring them to safety.

They lie in a dictionary by their key, so a call whose row changes ten times takes the room of one. A row is accepted
once it is in the database or in the spool.
"""

import itertools
import math
import threading
import time
from collections.abc import Collection, Iterable

import structlog

from db import rows
from db.errors import RegisterClosedError
from db.records import Row

log = structlog.get_logger()

Rows = dict[rows.Key, Row]


class Tray:
    """Rows and how far their acceptance has come; for any number of threads, none of which is kept waiting in it."""

    def __init__(self, limit: int) -> None:
        self.changed = threading.Condition()
        """Told of whatever may let a thread go on; reentrant, and never held during any input or output."""
        self.closing_at: float | None = None
        """By when (`time.monotonic`) a closing register gives up."""
        self.overflowed = 0
        self._limit = limit
        self._waiting: Rows = {}
        self._in_hand: Rows = {}
        self._waiting_since = self._in_hand_since = math.inf
        self._taken = self._accepted = 0
        self._being_spooled = False

    def put(self, new: Collection[Row]) -> None:
        """Take rows; a row replaces an earlier one with its key. Raises RegisterClosedError."""
        with self.changed:
            if self.closing_at is not None:
                raise RegisterClosedError
            if not self._waiting:  # else the threads know that there is something to do
                self._waiting_since = time.monotonic()
                self.changed.notify_all()
            for row in new:
                self._waiting[rows.key(row)] = row
            self._taken += len(new)
            self._drop_what_is_too_much()

    def close(self, timeout: float) -> None:
        """Take no more."""
        with self.changed:
            if self.closing_at is None:
                self.closing_at = time.monotonic() + timeout
            self.changed.notify_all()

    def wait_until_accepted(self, timeout: float) -> bool:
        """Wait for all that was put before; False: it took longer."""
        with self.changed:
            wanted = self._taken
            return self.changed.wait_for(lambda: self._accepted >= wanted, timeout)

    def unaccepted(self) -> Rows:
        """What lies here."""
        with self.changed:
            return self._in_hand | self._waiting

    @property
    def count(self) -> int:
        """How many rows lie here."""
        return len(self._waiting) + len(self._in_hand)

    @property
    def is_finished(self) -> bool:
        """Whether a closing register has nothing left to do, or no time to do it."""
        return self.closing_at is not None and (not self.count or time.monotonic() >= self.closing_at)

    @property
    def oldest(self) -> float:
        """When (`time.monotonic`) the oldest row here was put; infinity: there is none."""
        return min(self._waiting_since, self._in_hand_since)

    # --------------------------------------------------------------------------------- into the database, by one thread

    @property
    def may_be_taken(self) -> bool:
        """Whether rows wait, and none of them is on its way into the spool, which would then have to go first."""
        return bool(self._waiting) and not self._being_spooled

    def take(self) -> int:
        """Take all that waits in hand; gives the mark to `accept` it by."""
        with self.changed:
            self._in_hand, self._waiting = self._waiting, {}
            self._in_hand_since, self._waiting_since = self._waiting_since, math.inf
            return self._taken

    def batch(self, size: int) -> Rows:
        """The first rows in hand; none, once all of them are written or spooled."""
        with self.changed:
            return dict(itertools.islice(self._in_hand.items(), size))

    def put_back(self) -> None:
        """What is in hand still could not be written; it waits again, but what came meanwhile is newer."""
        with self.changed:
            self._waiting, self._in_hand = self._in_hand | self._waiting, {}
            self._waiting_since, self._in_hand_since = self.oldest, math.inf
            self._drop_what_is_too_much()
            self.changed.notify_all()

    def written(self, batch: Iterable[rows.Key]) -> None:
        """These rows in hand are in the database."""
        with self.changed:
            for key in batch:
                self._in_hand.pop(key, None)

    def accept(self, mark: int) -> None:
        """All that was put before the mark is safe."""
        with self.changed:
            self._accepted = max(self._accepted, mark)
            if not self._in_hand:
                self._in_hand_since = math.inf
            self.changed.notify_all()

    # ----------------------------------------------------------------------------------- into the spool, by another one

    def take_for_spool(self) -> tuple[Rows, int]:
        """All that lies here, in hand or not, which also stays here; end it with `spooled` or `not_spooled`."""
        with self.changed:
            self._being_spooled = True
            return self._in_hand | self._waiting, self._taken

    def spooled(self, safe: Rows, mark: int, *, since: float) -> None:
        """These rows are in the spool. What was put ``since`` then stays."""
        with self.changed:
            self._in_hand = {key: row for key, row in self._in_hand.items() if key not in safe}
            self._waiting = {key: row for key, row in self._waiting.items() if safe.get(key) is not row}
            self._waiting_since = since if self._waiting else math.inf
            self._being_spooled = False
            self.accept(mark)

    def not_spooled(self) -> None:
        """The spool did not take them."""
        with self.changed:
            self._being_spooled = False
            self.changed.notify_all()

    def _drop_what_is_too_much(self) -> None:
        if len(self._waiting) > self._limit and not self.overflowed:
            log.error("register overflows, its oldest rows are given up", limit=self._limit)
        while len(self._waiting) > self._limit:
            del self._waiting[next(iter(self._waiting))]
            self.overflowed += 1
