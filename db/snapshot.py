"""The directory as it was, on disk: for an engine or a stand-in that finds no database.

The staff is a small JSON file, written whenever anything about them changes. The customers are an SQLite file with the
directory's own tables, copied now and then (`db.copying`). Debts and codes are in them (D26): mode 0600. Both are
replaced, never changed; their modification time is the moment as of which they are.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from db.database import Database, frozen
from db.directory import Directory
from db.errors import SnapshotError, first_line
from db.people import Staff
from db.writing.segment import sync
from routing.facts import Customer, Person

_STAFF = msgspec.json.Decoder(Staff)
"""Made before there is a second thread, as in `routing.trail`."""
Which = tuple[int, int]
"""A file's inode and time: another one means that it was replaced."""


class Snapshot:
    """What can be asked of a `db.directory.Directory`, with answers of some age; for any number of threads.

    Making it touches no disk. Raises SnapshotError where there is nothing to read.
    """

    def __init__(self, folder: Path) -> None:
        self.staff_file = folder / "staff.json"
        self.customers_file = folder / "customers.sqlite"
        self._lock = threading.Lock()
        self._which: Which | None = None
        self._database: Database | None = None

    def customer(self, number: str | None) -> Customer | None:
        """Whose number it was, as `Directory.customer`."""
        with self._read(self.customers_file):
            return self._directory().customer(number)

    def customers_version(self) -> int:
        """As `Directory.customers_version`."""
        with self._read(self.customers_file):
            return self._directory().customers_version()

    def staff(self) -> tuple[Person, ...]:
        """Everybody, in the order of their ids."""
        return self.read_staff().people

    def read_staff(self) -> Staff:
        """As `Directory.read_staff`."""
        with self._read(self.staff_file):
            return _STAFF.decode(self.staff_file.read_bytes())

    def has_staff(self) -> bool:
        """Whether there is a staff that can be read."""
        try:
            return bool(self.read_staff().version)
        except SnapshotError:
            return False

    def age(self) -> float | None:
        """How many seconds ago the customers were as they are here; None: there are none."""
        try:
            return max(0.0, time.time() - self.customers_file.stat().st_mtime)
        except OSError:
            return None

    def save_staff(self, staff: Staff) -> None:
        """Keep them, unless they are just these. Raises OSError."""
        with suppress(SnapshotError):
            if self.read_staff() == staff:
                return
        with replacing(self.staff_file, wait=True) as draft:
            draft.write_bytes(msgspec.json.encode(staff))

    def close(self) -> None:
        """Close the file; the next question opens it again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            self._database = self._which = None

    def _directory(self) -> Directory:
        found = self.customers_file.stat()
        which = (found.st_ino, found.st_mtime_ns)
        with self._lock:
            if self._database is None or self._which != which:
                if self._database is not None:
                    self._database.close()
                self._database, self._which = frozen(self.customers_file), which
            return Directory(self._database)

    @contextmanager
    def _read(self, file: Path) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise SnapshotError(f"there is no snapshot of the directory: {file}") from None
        except (OSError, SQLAlchemyError, ValueError) as error:
            raise SnapshotError(f"the directory's snapshot cannot be read: {file}: {first_line(error)}") from error


@contextmanager
def replacing(file: Path, *, wait: bool) -> Iterator[Path]:
    """Gives an empty draft of mode 0600; once the block has filled it, it takes the file's place.

    A reader sees the old file or the new one, whole, also after a power cut. Its time is that of the beginning. Of two
    processes one waits for the other, or gets BlockingIOError. Raises OSError.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(file.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        as_of = time.time()
        draft = file.with_suffix(".draft")
        draft.unlink(missing_ok=True)  # a killed process's
        draft.touch(mode=0o600, exist_ok=False)
        yield draft
        os.utime(draft, (as_of, as_of))
        sync(draft)
        draft.replace(file)
        sync(file.parent)
