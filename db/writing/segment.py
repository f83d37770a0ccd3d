"""One file of the spool: rows in the order in which they were put, each with its length and checksum.

So damage costs the rows that it hits and no others: whoever reads goes on at the next sound record. The file is held by
``flock`` by its living process, which nobody else can take from it, and which ends with the process however that ends.
"""

import fcntl
import os
import struct
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog

from db import rows
from db.records import Row

log = structlog.get_logger()

SUFFIX = ".rows"
DAMAGED = ".damaged"
"""What a file ends with that was delivered as far as it could be read; it is kept for people."""

_MARK = b"\xffrow"
"""What every record begins with. 0xff is in no UTF-8 text, so no caller's name can look like a record."""
_HEAD = struct.Struct(">4sII")
"""The mark, the length of what follows, its CRC-32."""
_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[Row] = msgspec.msgpack.Decoder(Row)


class Contents(msgspec.Struct, frozen=True):
    """What a file says."""

    rows: list[Row]
    damaged: int
    """Places where something else stood than a sound record: a torn write, a bad disk, another version's kind."""


def packed(row: Row) -> bytes:
    """The row as a record. Raises ValueError, TypeError or OverflowError where a value is none that can be written."""
    body = _ENCODER.encode(rows.cleaned(row))
    return _HEAD.pack(_MARK, len(body), zlib.crc32(body)) + body


def unpacked(content: bytes) -> Contents:
    """All sound records, whatever lies between them. Never raises."""
    found: list[Row] = []
    damaged = at = 0
    sound = True
    while 0 <= at < len(content):
        row, end = _record(content, at)
        if row is not None:
            found.append(row)
            at = end
        else:
            damaged += sound  # what lies between two sound records counts once
            at = content.find(_MARK, at + 1)
        sound = row is not None
    return Contents(found, damaged)


def _record(content: bytes, at: int) -> tuple[Row | None, int]:
    """The record that begins here, if there is a sound one, and where it ends."""
    if at + _HEAD.size > len(content):
        return None, at
    mark, length, checksum = _HEAD.unpack_from(content, at)
    start = at + _HEAD.size
    body = content[start : start + length]
    if mark != _MARK or len(body) < length or zlib.crc32(body) != checksum:
        return None, at
    try:
        return _DECODER.decode(body), start + length
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None, at


class Segment:
    """An open file that this process holds. Made by `create` or `adopt`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.size = os.fstat(descriptor).st_size
        """Bytes that are known to be on the disk."""
        self.rows = 0
        """Rows in it, as far as is known."""
        self.delivered = 0
        """How many of them are in the database."""
        self._descriptor = descriptor

    @classmethod
    def create(cls, path: Path) -> "Segment":
        """A new file, empty, of mode 0600, in a folder of mode 0700.

        Raises OSError; FileExistsError when it is there, or was adopted the moment it was made.
        """
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync(path.parent.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        if not _held(descriptor):
            raise FileExistsError(path)
        sync(path.parent)  # a new file's name is on the disk only once its folder is
        return cls(path, descriptor)

    @classmethod
    def adopt(cls, path: Path) -> "Segment | None":
        """A file that a dead process left; None: a living one holds it, or it has gone. Raises OSError."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:
            return None
        if not _held(descriptor):
            return None
        segment = cls(path, descriptor)
        segment.rows = len(segment.read().rows)
        return segment

    def append(self, records: Iterable[bytes]) -> None:
        """Write records; once this returns they survive a power cut. Raises OSError: then none of them is there."""
        content = b"".join(records)
        try:
            _write(self._descriptor, content)
            os.fsync(self._descriptor)
        except OSError:
            with suppress(OSError):  # then a torn record stays, which a reader passes over
                os.ftruncate(self._descriptor, self.size)
            raise
        self.size += len(content)

    def read(self) -> Contents:
        """Everything in it. A file that the disk does not give back counts as one damaged place."""
        try:
            return unpacked(self.path.read_bytes())
        except OSError as error:
            log.error("spool file not readable", file=self.path.name, why=str(error))  # noqa: TRY400 - the reason is all
            return Contents([], 1)

    def remove(self) -> None:
        """Delete the file, then let it go: whoever waits for it finds nothing. Raises OSError."""
        self.path.unlink(missing_ok=True)
        self.close()

    def set_aside(self) -> None:
        """Keep the file under another name, by which nobody delivers it. Raises OSError."""
        self.path.rename(self.path.with_suffix(DAMAGED))
        self.close()

    def close(self) -> None:
        """Let the file go: another process may adopt it."""
        os.close(self._descriptor)


def _held(descriptor: int) -> bool:
    """Take the file for this process, or close it. False: another one has it, or had it and deleted it."""
    held = False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held = os.fstat(descriptor).st_nlink > 0
    except BlockingIOError:
        return False
    finally:
        if not held:
            os.close(descriptor)
    return held


def _write(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def sync(path: Path) -> None:
    """Have a file's contents on the disk, or a folder's names. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
