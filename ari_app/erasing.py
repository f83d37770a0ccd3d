"""Erasing a customer everywhere: directory, register, recordings, messages, remarks, the snapshot (`db.personal`)."""

import time
from collections.abc import Iterator

import msgspec

from ari_app.recordings import storage
from db import personal
from db.copying import Pace, copy_customers
from db.database import Database
from db.outbox import letter_id
from db.personal import CallsGoOnError, Kept, Known
from db.records import RecordingRow, RemarkRow
from db.snapshot import Snapshot
from db.writing.spool import files_with
from premises.access import AccessLog
from premises.clock import now
from premises.installation import Installation

SNAPSHOT_SECONDS = 600.0
"""How long an engine may take that copies the customers at the same moment."""


class NotErased(Exception):  # noqa: N818 - it is a fact
    """Nothing was erased, since it would come back; the text says what to wait for, or to do."""


class Erased(msgspec.Struct, frozen=True):
    """What was erased."""

    entry: bool
    """Whether the customer was in the directory."""
    calls: int
    files: int


def erase(installation: Installation, database: Database, customer: str) -> Erased:
    """Erase the customer with this id. Raises `NotErased`, OSError and what the database raises.

    Killed half way, it does the rest when it is done again.
    """
    if why := next(_obstacles(installation, personal.known_of(database, customer)), None):
        raise NotErased(why)
    AccessLog(installation.access_log).note("customer erased", customer)
    try:
        known = personal.erase(database, customer, now(), lambda kept: _delete(installation, kept))
    except CallsGoOnError as goes_on:
        raise NotErased(f"{goes_on}; do it again when they are over") from None
    _renew(database, Snapshot(installation.snapshot))
    return Erased(known.entry is not None, len(known.calls), len(known.sounds))


def _obstacles(installation: Installation, known: Known) -> Iterator[str]:
    """What would bring back some of it. Who was noted as erased must be: so this is looked at first."""
    if known.open_calls:
        yield f"{CallsGoOnError(known.open_calls)}; do it again when they are over"
    for file in files_with(installation.spool, known.has):
        yield f"{file} has rows of this customer: start an engine, which delivers it; delete it if it was damaged"
    monitor = installation.pbx / "spool" / "monitor"
    for story in known.calls:
        if any((monitor / f"{story.call.id}-{side}.wav").exists() for side in "rt"):
            yield f"the recording of call {story.call.id} is not sealed yet: an engine does so within a minute"


def _delete(installation: Installation, kept: Kept) -> None:
    if isinstance(kept, RemarkRow):
        for department in kept.tell:
            (installation.told / department / f"{letter_id(kept, department)}.json").unlink(missing_ok=True)
        return
    folder = installation.recordings if isinstance(kept, RecordingRow) else installation.messages
    storage.remove(folder / kept.file, within=folder)


def _renew(database: Database, snapshot: Snapshot) -> None:
    """The snapshot, where there is one, without the customer: an engine that copies just now may still have it."""
    if snapshot.age() is None:
        return
    until = time.monotonic() + SNAPSHOT_SECONDS
    while True:
        try:
            copy_customers(database, snapshot.customers_file, Pace(share=1.0))
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.1)
        else:
            return
