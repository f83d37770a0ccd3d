"""The register's writing side: every call that reached us (D14), written behind the calls and never in their way.

Rows are taken at once, and a thread brings them into the database in batches (`db.writing.delivery`). What the
database does not take, or not within two seconds, another thread brings into the spool on disk (`db.writing.keeping`),
from where it is delivered in order once the database is back. A row is accepted when it is in either: from then on it
survives ``kill -9`` and a power cut, see `db.database` and `db.writing.segment`.
"""

import threading

import structlog

from db.database import Database
from db.records import Row
from db.writing.batch import Writer
from db.writing.delivery import Delivery
from db.writing.keeping import Keeping
from db.writing.pace import Backlog, Pace
from db.writing.spool import Spool
from db.writing.tray import Tray

__all__ = ["Backlog", "Pace", "Register"]

log = structlog.get_logger()


class Register:
    """Takes rows from any thread. `close` it, or what was taken last may be lost.

    Making it costs next to nothing: it asks the database nothing, touches no disk, and starts its threads with the
    first row. Without a spool rows wait in memory for a database that is away.
    """

    def __init__(self, database: Database, pace: Pace = Pace(), *, spool: Spool | None = None) -> None:  # noqa: B008 - it is frozen
        self._pace = pace
        self._tray = Tray(pace.limit)
        self._spool = spool
        self._delivery = Delivery(self._tray, spool, Writer(database), pace)
        self._keeping = Keeping(self._tray, spool, self._delivery, pace) if spool else None
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()

    def start(self) -> None:
        """Begin to deliver what dead processes left in the spool. The first row starts it, too."""
        with self._starting:
            if not self._threads:
                runs = {"register": self._delivery.run} | ({"spool": self._keeping.run} if self._keeping else {})
                self._threads = [threading.Thread(target=run, name=name, daemon=True) for name, run in runs.items()]
                for thread in self._threads:
                    thread.start()

    def put(self, *new: Row) -> None:
        """Take rows; returns at once, whatever database and disk do. A row replaces an earlier one with its key.

        Raises RegisterClosedError.
        """
        self._tray.put(new)
        if not self._threads:
            self.start()

    def flush(self, timeout: float = 30.0) -> None:
        """Wait until all that was put before is accepted: in the database, or fsynced in the spool, for good.

        With a sound spool that takes two seconds at most, whatever the database does. Raises TimeoutError after so many
        seconds; the rows still wait then, and are still tried.
        """
        if not self._tray.wait_until_accepted(timeout):
            raise TimeoutError(f"{self._tray.count} rows are not in the register yet")

    def has_delivered(self) -> bool:
        """Whether the database has all that was put before; waits as `flush` does."""
        try:
            self.flush()
        except TimeoutError:
            return False
        left = self.backlog()
        return not left.spooled and left.away_since is None

    def close(self, timeout: float = 10.0) -> tuple[Row, ...]:
        """Take no more rows and wait until those that came are accepted, for so many seconds at most.

        What is spooled then is delivered by the next process. Gives the rows that are neither in the database nor in
        the spool: they are lost with this process.
        """
        self._tray.close(timeout)
        if self._threads:
            self._tray.wait_until_accepted(timeout + self._pace.first_pause)
        for thread in self._threads:  # one that hangs in the database or on the disk is left behind
            thread.join(self._pace.spool_pause)
        left = self._tray.unaccepted()
        if left:
            log.error("register closed with rows unwritten", rows=len(left))
        return tuple(left.values())

    def backlog(self) -> Backlog:
        """How the writing goes; no waiting."""
        return Backlog(
            waiting=self._tray.count,
            spooled=self._spool.rows if self._spool else 0,
            written=self._delivery.written,
            refused=self._delivery.refused,
            overflowed=self._tray.overflowed,
            damaged=self._spool.damaged if self._spool else 0,
            away_since=self._delivery.away.since,
            spool_fault=self._keeping.fault.why if self._keeping else None,
        )
