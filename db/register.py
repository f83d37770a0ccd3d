"""The register's writing side: every call that reached us (D14), written behind the calls and never in their way.

Rows are taken at once, and a thread brings them into the database in batches. They wait in a dictionary by their key,
so a call whose row changes ten times while the database is away takes the room of one. A row is accepted once `flush`
has returned: from then on it survives ``kill -9`` and a power cut, see `db.database`.
"""

import itertools
import threading
import time
from collections.abc import Iterator

import msgspec
import structlog

from db import rows
from db.database import Database
from db.errors import RegisterClosedError, first_line
from db.records import Row
from db.writing import Writer

log = structlog.get_logger()

Waiting = dict[rows.Key, Row]


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """When rows are written, and how many may wait. Times are seconds."""

    gather: float = 0.005
    """From the first row of a batch to its writing: rows of one moment share a transaction."""
    batch: int = 2000
    """Rows in one transaction, so that others who write come in between."""
    first_pause: float = 0.1
    """Before the second try when the database is away; each pause is twice the one before."""
    longest_pause: float = 5.0
    limit: int = 100_000
    """Rows that may wait: about 200 MB, hours of calls. Beyond it the oldest are given up."""


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """How the writing goes, for metrics and alarms."""

    waiting: int
    """Rows taken and not yet in the database."""
    written: int
    """Rows brought into the database so far."""
    refused: int
    """Rows that no database could store, given up; the log has them."""
    overflowed: int
    """Rows given up because too many waited."""
    away_since: float | None
    """Since when (`time.monotonic`) the database fails; None: it works."""


class Register:
    """Takes rows from any thread. `close` it, or what was taken last may be lost."""

    def __init__(self, database: Database, pace: Pace = Pace()) -> None:  # noqa: B008 - it is frozen
        self._writer = Writer(database)
        self._pace = pace
        self._changed = threading.Condition()
        self._waiting: Waiting = {}
        self._in_hand: Waiting = {}
        self._taken = self._settled = 0
        self._written = self._refused = self._overflowed = 0
        self._away_since: float | None = None
        self._give_up_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="register", daemon=True)
        self._thread.start()

    def put(self, *new: Row) -> None:
        """Take rows; returns at once, whatever the database does. A row replaces an earlier one with its key.

        Raises RegisterClosedError.
        """
        with self._changed:
            if self._give_up_at is not None:
                raise RegisterClosedError
            for row in new:
                self._waiting[rows.key(row)] = row
            self._taken += len(new)
            self._drop_what_is_too_much()
            self._changed.notify_all()

    def flush(self, timeout: float = 30.0) -> None:
        """Wait until all that was put before is in the database for good.

        Raises TimeoutError after so many seconds; the rows still wait then, and are still tried.
        """
        with self._changed:
            wanted = self._taken
            if not self._changed.wait_for(lambda: self._settled >= wanted, timeout):
                raise TimeoutError(f"{len(self._waiting) + len(self._in_hand)} rows are not in the register yet")

    def close(self, timeout: float = 10.0) -> tuple[Row, ...]:
        """Take no more rows and write what waits, for so many seconds at most. Gives the rows that were not written."""
        with self._changed:
            if self._give_up_at is None:
                self._give_up_at = time.monotonic() + timeout
            self._changed.notify_all()
        self._thread.join(timeout + self._pace.first_pause)
        with self._changed:
            left = self._in_hand | self._waiting
        if left:
            log.error("register closed with rows unwritten", rows=len(left))
        return tuple(left.values())

    def backlog(self) -> Backlog:
        """How the writing goes."""
        with self._changed:
            return Backlog(
                waiting=len(self._waiting) + len(self._in_hand),
                written=self._written,
                refused=self._refused,
                overflowed=self._overflowed,
                away_since=self._away_since,
            )

    # ------------------------------------------------------------------------------------------- the thread's side

    def _run(self) -> None:
        pauses = self._pauses()
        while self._rows_have_come():
            time.sleep(self._pace.gather)
            mark = self._take_in_hand()
            try:
                self._write_what_is_in_hand()
            except Exception as error:  # the thread must live on: whatever it is, the rows wait for the next try
                self._put_back(error)
                if not self._pause(next(pauses)):
                    return
            else:
                self._settle(mark)
                pauses = self._pauses()

    def _rows_have_come(self) -> bool:
        """Wait for rows; False: the register is closed and everything is written."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._give_up_at is not None)
            return bool(self._waiting)

    def _take_in_hand(self) -> int:
        with self._changed:
            self._in_hand, self._waiting = self._waiting, {}
            return self._taken

    def _write_what_is_in_hand(self) -> None:
        while batch := dict(itertools.islice(self._in_hand.items(), self._pace.batch)):
            refused = self._writer.write(batch.values())
            for one in refused:
                log.error("row refused by the register", row=rows.key(one.row)[1], why=one.why)
            with self._changed:
                self._written += len(batch) - len(refused)
                self._refused += len(refused)
                self._in_hand = {key: row for key, row in self._in_hand.items() if key not in batch}

    def _put_back(self, error: Exception) -> None:
        with self._changed:
            self._waiting, self._in_hand = self._in_hand | self._waiting, {}  # what came meanwhile is newer
            self._drop_what_is_too_much()
            if self._away_since is None:
                self._away_since = time.monotonic()
                log.error("register away, its rows wait", why=first_line(error), rows=len(self._waiting))

    def _settle(self, mark: int) -> None:
        with self._changed:
            self._settled = mark
            if self._away_since is not None:
                log.info("register back", after=round(time.monotonic() - self._away_since, 1))
                self._away_since = None
            self._changed.notify_all()

    def _pause(self, seconds: float) -> bool:
        """Wait before the next try, shortly when closing; False: the time for that is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._give_up_at is not None, seconds)
            if self._give_up_at is None:
                return True
        left = self._give_up_at - time.monotonic()
        time.sleep(max(0.0, min(self._pace.first_pause, left)))
        return left > 0

    def _pauses(self) -> Iterator[float]:
        pause = self._pace.first_pause
        while True:
            yield pause
            pause = min(pause * 2, self._pace.longest_pause)

    def _drop_what_is_too_much(self) -> None:
        if len(self._waiting) > self._pace.limit and not self._overflowed:
            log.error("register overflows, its oldest rows are given up", limit=self._pace.limit)
        while len(self._waiting) > self._pace.limit:
            del self._waiting[next(iter(self._waiting))]
            self._overflowed += 1
