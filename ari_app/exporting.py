"""Handing out what callers said: a copy of a recording or a message, noted before it is made."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from db.records import MessageRow, RecordingRow
from db.sounds import Sounds
from premises.access import AccessLog, What
from premises.installation import Installation
from premises.wall_clock import wall_clock


class NotThere(Exception):  # noqa: N818 - it is a fact
    """There is no such sound; the text says why."""


def export(installation: Installation, sounds: Sounds, key: str, to: Path) -> None:
    """Copy the recording of a call, or a message by its own id, to a new file of mode 0600.

    Raises `NotThere`, and OSError: FileExistsError where the file is there already.
    """
    row = _found(sounds, key)
    if row.removed is not None:
        raise NotThere(f"{key} was deleted at {wall_clock(installation).second(row.removed)}")
    is_call = isinstance(row, RecordingRow)
    what: What = "recording exported" if is_call else "message exported"
    folder = installation.recordings if is_call else installation.messages
    with (folder / row.file).open("rb") as sound, _new(to) as copy:
        AccessLog(installation.access_log).note(what, key, to.absolute())
        shutil.copyfileobj(sound, copy)


@contextmanager
def _new(file: Path) -> Iterator[BinaryIO]:
    """A file that was not there before, and is not there afterwards if the block fails."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
        try:
            yield copy
            copy.flush()
        except BaseException:
            file.unlink()
            raise


def _found(sounds: Sounds, key: str) -> RecordingRow | MessageRow:
    if recordings := sounds.recordings(call=key):
        return recordings[0]
    if message := sounds.message(key):
        return message
    raise NotThere(f"the register has no recording of a call {key}, nor a message of this id")
