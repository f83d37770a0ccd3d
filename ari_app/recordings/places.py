"""Where Asterisk leaves its files, where the kept ones are, and what can go wrong on the way."""

import datetime as dt
import re
from contextlib import suppress
from pathlib import Path

import msgspec

from premises import wav
from premises.installation import Installation

_SAFE = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._-]*")
_PIECE = re.compile(r"(.+)-[rt]\.wav")


class RecordingFault(Exception):  # noqa: N818 - the names below say what happened
    """A recording could not be kept; the call is not touched by it.

    RecordingFault
    +-- NothingRecorded     Asterisk left no file of this call
    +-- StillWritten        Asterisk has not closed the files yet
    +-- Unreadable          what Asterisk left is no sound of the kind that it writes
    +-- StorageFailed       the disk is full, read-only or broken
    +-- NotRegistered       the register does not take its row

    ``of``: the call, or the message.
    """

    def __init__(self, of: str, why: str) -> None:
        super().__init__(f"{of}: {why}")
        self.of = of


class NothingRecorded(RecordingFault):
    """Asterisk left no file of this call."""


class StillWritten(RecordingFault):
    """Asterisk has not closed the files yet: the call goes on, or Asterisk hangs. A later sweep keeps them."""


class Unreadable(RecordingFault):
    """What Asterisk left is no sound of the kind that it writes. The files stay where they are."""


class StorageFailed(RecordingFault):
    """The disk is full, read-only or broken. Asterisk's files stay where they are, for a later sweep."""


class NotRegistered(RecordingFault):
    """The register does not take its row just now. Asterisk's files stay where they are, for a later sweep."""


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The folders of one installation."""

    monitor: Path
    """MixMonitor's: ``CALL-r.wav`` is what the caller says, ``CALL-t.wav`` what the caller hears."""
    spool: Path
    """ARI's live recordings: ``m-CALL-1.wav``."""
    recordings: Path
    """The sealed recordings: ``2026/11/24/CALL.wav``."""
    messages: Path
    """The messages kept: ``2026/11/24/m-CALL-1.wav``."""

    def pieces(self, call: str) -> tuple[Path, Path]:
        """The files of both directions, caller first, whether they are there or not. Raises Unreadable."""
        name = safe(call)
        return self.monitor / f"{name}-r.wav", self.monitor / f"{name}-t.wav"

    def last_sound(self, call: str) -> dt.datetime | None:
        """When Asterisk last wrote to the recording of a call that is not kept yet. Raises Unreadable."""
        times = []
        for piece in self.pieces(call):
            with suppress(FileNotFoundError):  # it is kept, and gone from there, perhaps at this very moment
                found = piece.stat()
                times += [found.st_mtime] if found.st_size > wav.HEADER_BYTES else []
        return dt.datetime.fromtimestamp(max(times), dt.UTC) if times else None

    def message(self, name: str) -> Path:
        """The live recording of a message, whether it is there or not. Raises Unreadable."""
        return self.spool / f"{safe(name)}.wav"

    def unsealed_calls(self) -> list[str]:
        """The calls of which Asterisk's own files are there, in the order of their coming."""
        found = (_PIECE.fullmatch(file.name) for file in self.monitor.glob("*.wav"))
        return sorted({match[1] for match in found if match})

    def unsealed_messages(self) -> list[str]:
        """The messages of which Asterisk's own file is there."""
        return sorted(file.stem for file in self.spool.glob("m-*.wav"))


def places_of(installation: Installation) -> Places:
    """Those of an installation with its own Asterisk."""
    spool = installation.pbx / "spool"
    return Places(
        monitor=spool / "monitor",
        spool=spool / "recording",
        recordings=installation.recordings,
        messages=installation.messages,
    )


def safe(name: str) -> str:
    """The id, which is about to become part of a path. Raises Unreadable if it could lead elsewhere."""
    if not _SAFE.fullmatch(name):
        raise Unreadable(name, "this is not an id that Asterisk gives")
    return name


def day_file(day: dt.datetime, name: str) -> str:
    """Where it is kept, below its folder: a folder a day, in UTC as in the register."""
    return f"{day.astimezone(dt.UTC):%Y/%m/%d}/{name}.wav"
