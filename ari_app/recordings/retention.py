"""Recordings and messages whose time is over are deleted; their rows stay and say so."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Protocol

import msgspec

from ari_app.recordings import storage
from ari_app.recordings.places import Places, RecordingFault, StorageFailed
from db.records import MessageRow, RecordingRow


class Sounds(Protocol):
    """The side of `db.sounds.Sounds` that is needed here."""

    def every_recording(self, *, until: dt.datetime | None = None) -> Iterable[RecordingRow]:
        """All that began before."""

    def every_message(self, *, until: dt.datetime | None = None) -> Iterable[MessageRow]:
        """All that were left before."""


class Deleted(msgspec.Struct, frozen=True):
    """What one run did."""

    files: int
    faults: tuple[RecordingFault, ...]


def delete_old(
    days: int, now: dt.datetime, sounds: Sounds, put: Callable[[RecordingRow | MessageRow], None], places: Places
) -> Deleted:
    """Delete what is older than so many days, but no message that nobody has heard (T4); mark its rows by ``put``."""
    limit = now - dt.timedelta(days=days)
    heard = (row for row in sounds.every_message(until=limit) if row.heard is not None)
    marked = chain(
        _delete(sounds.every_recording(until=limit), places.recordings, now), _delete(heard, places.messages, now)
    )
    files, faults = 0, []
    for row in marked:
        if isinstance(row, RecordingFault):
            faults.append(row)
        else:
            put(row)
            files += 1
    return Deleted(files, tuple(faults))


def _delete(
    rows: Iterable[RecordingRow | MessageRow], folder: Path, now: dt.datetime
) -> Iterator[RecordingRow | MessageRow | RecordingFault]:
    """Each row with its mark. The file goes first: after a crash in between the next run finds the row again."""
    for row in rows:
        if row.removed is not None:
            continue
        try:
            storage.remove(folder / row.file, within=folder)
        except OSError as error:
            yield StorageFailed(row.call, f"{row.file} cannot be deleted: {error.strerror}")
        else:
            yield msgspec.structs.replace(row, removed=now)
