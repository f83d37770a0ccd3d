"""The spool: rows on disk that the database does not take now, kept until it does.

A folder of files (`db.writing.segment`), the oldest first. A process writes into its own last one; a file that is being
delivered is no longer written to, and is deleted once all of it is in the database. What a dead process left is adopted
by a living one. A row may be delivered twice (killed between the delivery and the deletion), which has the effect of
once: rows are upserts by their key, see `db.rows`. Files of one process are delivered in their order.
"""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import structlog

from db.errors import SpoolError
from db.records import Row
from db.writing.batch import Refused
from db.writing.segment import DAMAGED, SUFFIX, Segment, packed, unpacked

LIMIT = 256 << 20
"""Bytes that one process keeps, its adopted files among them: some 300,000 rows, a working day of a large company."""
SEGMENT = 4 << 20
"""Bytes after which a new file is begun: so much is read at once, and delivered again after a kill."""
_NOTHING = bytes(4096)
"""What is written to see whether the disk takes anything."""

log = structlog.get_logger()


class Spool:
    """One process's part of the spool; for any number of threads. Making it touches no disk.

    ``adopt``: whether it takes over what dead processes left. A process that lives for one call should not.
    """

    def __init__(self, folder: Path, *, limit: int = LIMIT, adopt: bool = True) -> None:
        self.folder = folder
        self.adopts = adopt
        self.damaged = 0
        """Places in delivered files that could not be read."""
        self._limit = limit
        self._numbers = itertools.count()
        self._segments: list[Segment] = []
        self._delivered: list[Segment] = []
        self._not_adoptable: set[Path] = set()
        self._writable: Segment | None = None
        self._lock = threading.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to deliver. Never waits."""
        return not self._segments

    @property
    def rows(self) -> int:
        """Rows that are not yet in the database. Never waits."""
        return sum(segment.rows - segment.delivered for segment in tuple(self._segments))

    def append(self, rows: Iterable[Row]) -> list[Refused]:
        """Keep rows: once this returns they survive ``kill -9`` and a power cut, but for those refused.

        Raises SpoolError: then none of them is kept.
        """
        records, refused = _records(rows)
        with self._lock, self._faults_told(sum(map(len, records))):
            self._append(records)
        return refused

    def try_out(self) -> list[Refused]:
        """Raises SpoolError if a row could not be kept now."""
        with self._lock, self._faults_told(len(_NOTHING)):
            self._begun_with([_NOTHING]).remove()
        return []

    def oldest(self) -> Segment | None:
        """The file to deliver next, to which nothing is added any more; None: nothing is left to deliver."""
        with self._lock:
            if not self._segments:
                return None
            if self._segments[0] is self._writable:
                self._writable = None
            return self._segments[0]

    def delivered(self, segment: Segment, damaged: int) -> None:
        """All that could be read of a file is in the database: it goes, or is kept aside for people if damaged.

        On a disk that lets nothing go it is held, so that nobody delivers it again while this process lives.
        """
        try:
            if damaged:
                segment.set_aside()
                log.error("spool damaged, file kept", file=segment.path.stem + DAMAGED, places=damaged)
            else:
                segment.remove()
        except OSError as error:
            log.error("spool file not deleted", file=segment.path.name, why=str(error))  # noqa: TRY400 - the reason is all
            self._delivered.append(segment)
        with self._lock:
            self.damaged += damaged
            self._segments.remove(segment)

    def adopt(self) -> None:
        """Take over what dead processes left, to be delivered before anything else. Raises OSError.

        Whoever adopts late may deliver a row after a newer one of the same call, which another process has written:
        then the newer one is put again when the call ends, and a closed row is not opened again (`db.rows`).
        """
        if not self.adopts or not self.folder.is_dir():
            return
        known = self._not_adoptable.union(segment.path for segment in (*self._segments, *self._delivered))
        left = [path for path in sorted(self.folder.glob(f"*{SUFFIX}")) if path not in known]
        adopted = [segment for path in left if (segment := self._adopted(path))]
        if adopted:
            log.info("spool adopted", files=len(adopted), rows=sum(segment.rows for segment in adopted))
        with self._lock:
            self._segments[:0] = adopted

    def close(self) -> None:
        """Let the files go: another process may adopt them."""
        with self._lock:
            for segment in (*self._segments, *self._delivered):
                segment.close()
            self._segments, self._delivered, self._writable = [], [], None

    def _adopted(self, path: Path) -> Segment | None:
        """One that cannot even be opened holds up no others, and is told once."""
        try:
            return Segment.adopt(path)
        except OSError as error:
            log.error("spool file not adopted", file=path.name, why=str(error))  # noqa: TRY400 - the reason is all
            self._not_adoptable.add(path)
            return None

    @contextmanager
    def _faults_told(self, size: int) -> Iterator[None]:
        """While so many bytes are written."""
        if self._size() + size > self._limit:
            raise SpoolError(f"{self.folder} is full: it may hold {self._limit:,} bytes")
        try:
            yield
        except OSError as error:
            self._writable = None  # whatever its file suffers from, the next try begins a new one
            raise SpoolError(f"{self.folder}: {error.strerror or error}") from error

    def _append(self, records: list[bytes]) -> None:
        if not records:
            return
        if self._writable is None or self._writable.size >= SEGMENT:
            self._writable = self._begun_with(records)
            self._segments.append(self._writable)
        else:
            self._writable.append(records)
        self._writable.rows += len(records)

    def _begun_with(self, records: list[bytes]) -> Segment:
        segment = self._new()
        try:
            segment.append(records)
        except OSError:
            with suppress(OSError):
                segment.remove()
            raise
        return segment

    def _new(self) -> Segment:
        """Names sort by the time of their making, whichever process makes them."""
        while True:
            name = f"{time.time_ns():020}-{os.getpid()}-{next(self._numbers)}{SUFFIX}"
            try:
                return Segment.create(self.folder / name)
            except FileExistsError:  # another process adopted it between its making and its being held
                continue

    def _size(self) -> int:
        return sum(segment.size for segment in self._segments)


class Undelivered(msgspec.Struct, frozen=True):
    """What lies in a spool's folder, whoever put it there."""

    rows: int
    damaged: tuple[Path, ...]
    """Files that could not be read to the end, kept for people, the oldest first."""


def undelivered(folder: Path) -> Undelivered:
    """Look without taking anything; for people who ask."""
    rows = 0
    for path in folder.glob(f"*{SUFFIX}"):
        with suppress(FileNotFoundError):  # just delivered
            rows += len(unpacked(path.read_bytes()).rows)
    return Undelivered(rows, tuple(sorted(folder.glob(f"*{DAMAGED}"))))


def files_with(folder: Path, is_meant: Callable[[Row], bool]) -> Iterator[Path]:
    """Those of a spool's files, damaged ones too, in which such a row is. Looks without taking anything."""
    for path in sorted((*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*{DAMAGED}"))):
        with suppress(FileNotFoundError):  # just delivered
            if any(is_meant(row) for row in unpacked(path.read_bytes()).rows):
                yield path


def _records(rows: Iterable[Row]) -> tuple[list[bytes], list[Refused]]:
    records: list[bytes] = []
    refused: list[Refused] = []
    for row in rows:
        try:
            records.append(packed(row))
        except (TypeError, ValueError, OverflowError) as error:
            refused.append(Refused(row, str(error)))
    return records, refused
