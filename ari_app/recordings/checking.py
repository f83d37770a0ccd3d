"""What is on the disk, compared with what the register says of it."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from ari_app.recordings import storage
from db.records import MessageRow, RecordingRow
from premises import wav

WRONG_BY_SECONDS = 0.05
"""From this difference on, a length is wrong."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it should be."""

    kind: Literal["no file", "no row", "changed", "wrong length", "unreadable"]
    file: str
    """Below the folder."""
    text: str
    """For people."""

    def __str__(self) -> str:
        """One line."""
        return f"{self.file}: {self.kind}: {self.text}"


def check(
    rows: Iterable[RecordingRow | MessageRow],
    folder: Path,
    *,
    contents: bool = True,
    settled: float = 10.0,
    seen: Callable[[], None] = lambda: None,
) -> Iterator[Finding]:
    """Go through all rows of one folder, then through all its files; ``seen`` is called once for each row.

    ``contents``: also read every file, for its checksum. ``settled``: a file younger than so many seconds may still get
    its row. A row whose file was deleted in time is right.
    """
    known: set[bytes] = set()
    for row in rows:
        if row.removed is None:
            known.add(_mark(row.file))
            yield from _check_row(row, folder, contents)
        seen()
    for file in sorted(folder.rglob("*.wav")):
        name = str(file.relative_to(folder))
        if _mark(name) not in known and not name.startswith(storage.DRAFTS) and _age(file) >= settled:
            yield Finding(kind="no row", file=name, text="the register does not know it")


def _age(file: Path) -> float:
    """Seconds since its last change; a file that is gone meanwhile is new."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _mark(name: str) -> bytes:
    """A name in 16 bytes: a million rows stay in memory."""
    return hashlib.blake2b(name.encode(), digest_size=16).digest()


def _check_row(row: RecordingRow | MessageRow, folder: Path, contents: bool) -> Iterator[Finding]:
    file = folder / row.file
    try:
        seconds = wav.inspect(file).seconds
        if abs(seconds - row.seconds) > WRONG_BY_SECONDS:
            text = f"it plays {seconds:.2f} s, the register says {row.seconds:.2f} s"
            yield Finding(kind="wrong length", file=row.file, text=text)
        elif isinstance(row, RecordingRow) and contents and storage.sha256_of(file) != row.sha256:
            yield Finding(kind="changed", file=row.file, text="its checksum is not the one of the register")
    except FileNotFoundError:
        yield Finding(kind="no file", file=row.file, text=f"the register has it for call {row.call}")
    except (OSError, wav.NotAWav) as error:
        yield Finding(kind="unreadable", file=row.file, text=str(error))
