"""Files that are there whole or not at all, on disk for good, and readable by their owner only."""

import fcntl
import hashlib
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from dialplan import private

DRAFTS = ".drafts"
"""The folder of what is being written: on the same disk, so that a rename makes it appear whole."""

UNTOUCHED_SECONDS = 3600.0
"""A file that has not changed for so long is not being written any more."""


class Written:
    """A file being written, and what is known of it so far."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sum = hashlib.sha256()
        self.bytes = 0

    def write(self, content: bytes, /) -> None:
        """Add it to the end."""
        self._file.write(content)
        self._sum.update(content)
        self.bytes += len(content)

    @property
    def sha256(self) -> str:
        """Of all that was written, in hex digits."""
        return self._sum.hexdigest()


class Draft:
    """A file that is written, and not in its place yet."""

    def __init__(self, root: Path, name: str) -> None:
        self.target = root / name
        self.root = root
        self._path = private.make(root / DRAFTS) / f"{self.target.name}.{os.getpid()}"
        private.make(self.target.parent)
        self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self.written = Written(self._file)

    def complete(self) -> None:
        """All of it is written. Raises OSError where the disk is full."""
        self._file.flush()

    def keep(self) -> None:
        """Put it into its place. Its contents are on disk for good then; that it is there, once its folder is."""
        os.fsync(self._file.fileno())
        self._path.replace(self.target)

    def close(self) -> None:
        """Leave nothing of it that was not kept."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class Drafts:
    """Files that appear together when the block ends, on disk for good. Mode 0600, 0700 that of folders made for them.

    Where the block or the disk fails, nothing is left of those not yet in their places, and an older file of the same
    name stays. A disk is slow at being asked to have something for good: it is asked once for what many files need.
    """

    def __init__(self) -> None:
        self._complete: list[Draft] = []
        self._opened = ExitStack()

    @contextmanager
    def writing(self, root: Path, name: str) -> Iterator[Written]:
        """Write the file ``name`` below ``root``; it is forgotten if this block fails. Raises OSError."""
        draft = Draft(root, name)
        self._opened.callback(draft.close)
        yield draft.written
        draft.complete()
        self._complete.append(draft)

    def __enter__(self) -> "Drafts":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._opened:
            if kind is None:
                self._keep()

    def _keep(self) -> None:
        folders = set[Path]()
        for draft in self._complete:
            draft.keep()
            folders.update(_up_to(draft.root, draft.target.parent))
        for folder in folders:
            _sync(folder)


def clear_drafts(root: Path, older_than: float) -> None:
    """Delete what a crash in the middle of `Drafts` left before this time (seconds since 1970). Raises OSError."""
    for draft in (root / DRAFTS).glob("*"):
        if draft.stat().st_mtime < older_than:
            draft.unlink(missing_ok=True)


def is_being_written(file: Path) -> bool:
    """Whether some process has it open for writing. Raises OSError.

    Linux grants a lease on reading only while nobody writes. It refuses to say so for another user's file and on some
    network disks; such a file counts as being written until it has not changed for an hour.
    """
    handle = os.open(file, os.O_RDONLY)
    try:
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)  # who breaks the lease must not end us: SIGIO would
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return time.time() - os.fstat(handle).st_mtime < UNTOUCHED_SECONDS
    finally:
        os.close(handle)
    return False


def sha256_of(file: Path) -> str:
    """The file's checksum in hex digits. Raises OSError."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def remove(file: Path, within: Path) -> None:
    """Delete the file, and the folders that become empty by it; no fault if it is gone already. Raises OSError."""
    file.unlink(missing_ok=True)
    for folder in file.parents:
        if folder == within or not folder.is_relative_to(within) or any(folder.iterdir()):
            return
        folder.rmdir()


def _up_to(root: Path, folder: Path) -> Iterator[Path]:
    """The folder and those above it, of which each may be new."""
    while folder != root:
        yield folder
        folder = folder.parent
    yield root


def _sync(folder: Path) -> None:
    """A renamed file survives a power failure once its folder is on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
