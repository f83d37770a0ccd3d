"""What is counted, for Prometheus; every number can be found again in the register or in the log.

Calls and legs are counted from the rows that the register gets, so that neither engine nor steps have to think of it.
"""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from db.records import CallRow, LegRow, Row
from db.writing.pace import Backlog

SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 30, 60, 120)
"""Bounds of what a caller waits for."""


class Register(Protocol):
    """Who takes rows: `db.register.Register`."""

    def put(self, *rows: Row) -> None:
        """Take rows; never waits."""


class Metrics:
    """One engine's numbers."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._calls = self._counter("calls", "calls that ended", "end")
        self._answer = self._histogram(
            "answer_seconds", "from a call's coming until it is answered, by a voice or a person"
        )
        self._lookups = self._counter("lookups", "callers looked up in the directory", "answer")
        self._legs = self._counter("legs", "attempts to reach a person or an outside number", "outcome")
        self._limited = self._counter("outside_limited", "outside numbers not rung because a limit was reached")
        self._ring = self._histogram("ring_seconds", "how long a telephone rang, answered or not")
        self._talk = self._counter("talk_seconds", "time that people talked with callers")
        self._sealed = self._counter("recordings_sealed", "recordings kept", "repaired")
        self._failed = self._counter("recordings_failed", "recordings or messages that could not be kept")
        self._rules = self._counter("rules_changes", "changed rule files", "verdict")
        self._links = self._counter("links", "links to Asterisk; more than one: it was lost and made again")
        self._missing = self._counter("calls_missing", "calls of Asterisk's own list that the register lacks")
        self._logins = self._counter("logins_failed", "SIP logins that failed", "protected")
        self._bans = self._counter("addresses_banned", "addresses that were shut out")
        self._limits = self._counter("limits_reached", "what Asterisk lacked for a call, by its log", "limit")
        self._open = self._gauge("calls_in_progress", "calls that are here now")
        self._waiting = self._gauge("register_rows_waiting", "rows not yet written")
        self._lost = self._gauge("register_rows_lost", "rows given up")
        self._spooled = self._gauge("register_rows_spooled", "rows on disk that the database has not taken yet")
        self._spool_fault = self._gauge("spool_fault", "1: the spool takes no rows, they wait in memory only")
        self._snapshot_age = self._gauge("directory_snapshot_age_seconds", "how old the customers on disk are")
        self._disk_free = self._gauge("disk_free_bytes", "room on the disk of a folder", "folder")

    def note(self, row: Row) -> None:
        """Count a call or a leg whose last row this is."""
        if isinstance(row, CallRow) and row.ended is not None:
            self._calls.labels(row.end or "failed").inc()
            self._lookups.labels(row.looked_up).inc()
            if row.answered is not None:
                self._answer.observe(_between(row.arrived, row.answered))
        elif isinstance(row, LegRow) and row.ended is not None:
            self._legs.labels("talk" if row.answered else row.why or "caller left").inc()
            self._ring.observe(_between(row.rang, row.answered or row.ended))
            if row.answered is not None:
                self._talk.inc(_between(row.answered, row.ended))

    def outside_limited(self) -> None:
        """An outside number was not rung because a limit was reached."""
        self._limited.inc()

    def recording_sealed(self, *, repaired: bool) -> None:
        """One recording was kept."""
        self._sealed.labels(str(repaired).lower()).inc()

    def recording_failed(self) -> None:
        """One recording or message could not be kept."""
        self._failed.inc()

    def rules_accepted(self) -> None:
        """A changed rule file came into force."""
        self._rules.labels("accepted").inc()

    def rules_refused(self) -> None:
        """A changed rule file had mistakes."""
        self._rules.labels("refused").inc()

    def linked(self) -> None:
        """Asterisk is linked, for the first time or again."""
        self._links.inc()

    def safety(self, backlog: Backlog, snapshot_age: float | None, disk_free: dict[str, int]) -> None:
        """What the next `text` says of spool, snapshot and disks; ``disk_free``: bytes by the folder's name."""
        self._spooled.set(backlog.spooled)
        self._spool_fault.set(backlog.spool_fault is not None)
        self._snapshot_age.set(math.nan if snapshot_age is None else snapshot_age)
        for folder, free in disk_free.items():
            self._disk_free.labels(folder).set(free)

    def call_missing(self) -> None:
        """Asterisk had a call that the register lacks."""
        self._missing.inc()

    def login_failed(self, *, protected: bool) -> None:
        """Somebody failed to log in by SIP; ``protected``: from an address that is never shut out."""
        self._logins.labels(str(protected).lower()).inc()

    def address_banned(self) -> None:
        """An address was shut out."""
        self._bans.inc()

    def limit_reached(self, limit: str) -> None:
        """Asterisk had no more of this."""
        self._limits.labels(limit).inc()

    def text(self, *, calls: int, waiting: int, lost: int) -> bytes:
        """Everything in Prometheus' text format, with what is known only at this moment."""
        self._open.set(calls)
        self._waiting.set(waiting)
        self._lost.set(lost)
        return generate_latest(self._registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"switchboard_{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"switchboard_{name}", text, labels, registry=self._registry)

    def _histogram(self, name: str, text: str, bounds: Sequence[float] = SECONDS) -> Histogram:
        return Histogram(f"switchboard_{name}", text, registry=self._registry, buckets=bounds)


class Counted:
    """A register whose rows are counted, each by everybody who counts. The engine closes each call and leg once."""

    def __init__(self, register: Register, *count: Callable[[Row], None]) -> None:
        self._register = register
        self._count = count

    def put(self, *rows: Row) -> None:
        """Take rows; never waits."""
        self._register.put(*rows)
        for row in rows:
            for count in self._count:
                count(row)


def _between(first: dt.datetime, last: dt.datetime) -> float:
    """Seconds, and none where a clock was set back."""
    return max(0.0, (last - first).total_seconds())
