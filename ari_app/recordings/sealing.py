"""One call's files, as Asterisk left them, become one file that is kept (T1).

It is done in three steps, so that a crash between any two of them loses nothing: the kept file is made; its row is
written to the register; only then Asterisk's files are discarded. The first step, done again, gives the same file and
the same row.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ari_app.recordings import storage
from ari_app.recordings.places import (
    NothingRecorded,
    Places,
    RecordingFault,
    StillWritten,
    StorageFailed,
    Unreadable,
    day_file,
)
from db.records import RecordingRow
from premises import boxes, wav
from premises.boxes import SHORTEST_MESSAGE


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a message from its file."""

    id: str
    file: str
    """Below the messages folder."""
    left: dt.datetime
    seconds: float
    repaired: bool
    """Whether a dead Asterisk had left it unfinished."""


def seal(call: str, places: Places) -> RecordingRow:
    """Make one stereo file of the call: left is the caller, right what the caller heard, the company.

    Files that a dead Asterisk left unfinished are mended on the way. The recording begins with the first sound in
    either direction. Raises RecordingFault; StillWritten as long as Asterisk writes.
    """
    with _faults_named(call), storage.Drafts() as drafts:
        return _drafted(call, places, drafts)


def seal_all(calls: Collection[str], places: Places) -> dict[str, RecordingRow | RecordingFault]:
    """`seal` for many calls, which costs each of them less; gives what came of each."""
    made: dict[str, RecordingRow | RecordingFault] = {}
    try:
        with storage.Drafts() as drafts:
            for call in calls:
                made[call] = _or_why_not(call, lambda call: _drafted(call, places, drafts))
    except OSError:  # the disk took them all and lost one: which one shows when each is made alone
        return {call: _or_why_not(call, lambda call: seal(call, places)) for call in calls}
    return made


def _or_why_not(call: str, make: Callable[[str], RecordingRow]) -> RecordingRow | RecordingFault:
    try:
        return make(call)
    except RecordingFault as fault:
        return fault


def _drafted(call: str, places: Places, drafts: storage.Drafts) -> RecordingRow:
    with _faults_named(call):
        pieces = [piece for piece in places.pieces(call) if piece.exists()]
        if not pieces:
            raise NothingRecorded(call, f"no recording in {places.monitor}")
        sounds = _finished(call, pieces)
        seconds = max(sound.seconds for sound in sounds.values())
        started = _begun(pieces, seconds)
        file = day_file(started, call)
        left, right = (sounds.get(piece, wav.EMPTY) for piece in places.pieces(call))
        with drafts.writing(places.recordings, file) as into:
            sound = wav.join(left, right, into)
    return RecordingRow(
        call=call,
        file=file,
        started=started,
        seconds=round(sound.seconds, 3),
        bytes=into.bytes,
        sha256=into.sha256,
        pieces=tuple(piece.name for piece in pieces),
        repaired=not sound.closed or len(pieces) == 1,
    )


def discard(call: str, places: Places) -> None:
    """Delete Asterisk's files of a call whose recording is kept and in the register. Raises RecordingFault."""
    with _faults_named(call):
        for piece in places.pieces(call):
            piece.unlink(missing_ok=True)


def discard_all(calls: Collection[str], places: Places) -> dict[str, RecordingFault]:
    """`discard` for many calls; gives why not, where it could not be done."""
    faults: dict[str, RecordingFault] = {}
    for call in calls:
        try:
            discard(call, places)
        except RecordingFault as fault:
            faults[call] = fault
    return faults


def keep_message(message: str, places: Places) -> Message | None:
    """Keep what the caller left in a message box; None: nothing was said. Raises RecordingFault."""
    with _faults_named(message):
        source = places.message(message)
        if seconds_spoken(message, places) < SHORTEST_MESSAGE:
            return None
        sound = wav.inspect(source)
        left = _begun([source], sound.seconds)
        file = day_file(left, message)
        with storage.Drafts() as drafts, drafts.writing(places.messages, file) as into:
            wav.copy(source, into)
    return Message(id=message, file=file, left=left, seconds=round(sound.seconds, 3), repaired=not sound.closed)


def seconds_spoken(message: str, places: Places) -> float:
    """How much speech is in a message that Asterisk has finished. Raises RecordingFault; StillWritten before that."""
    with _faults_named(message):
        source = places.message(message)
        if not source.exists():
            raise NothingRecorded(message, f"no message in {places.spool}")
        _finished(message, [source])
        return wav.speech_seconds(source)


def discard_message(message: str, places: Places) -> None:
    """Delete Asterisk's file of a message that is kept and in the register, or empty. Raises RecordingFault."""
    with _faults_named(message):
        places.message(message).unlink(missing_ok=True)
        boxes.forget(places.message(message))


def _finished(of: str, files: list[Path]) -> dict[Path, wav.Sound]:
    """What is in these files, once Asterisk has completed their headers, or is dead and never will."""
    sounds = {file: wav.inspect(file) for file in files}
    for file, sound in sounds.items():
        if not sound.closed and storage.is_being_written(file):
            raise StillWritten(of, f"{file.name} is not closed yet")
    return sounds


def _begun(pieces: list[Path], seconds: float) -> dt.datetime:
    """Asterisk writes the last samples as they come, so the last change tells the end, and the length the beginning."""
    ended = max(piece.stat().st_mtime for piece in pieces)
    return dt.datetime.fromtimestamp(round(ended - seconds, 3), dt.UTC)


@contextmanager
def _faults_named(of: str) -> Iterator[None]:
    try:
        yield
    except (wav.NotAWav, OverflowError) as error:
        raise Unreadable(of, str(error)) from error
    except OSError as error:
        raise StorageFailed(of, f"{error.filename or 'disk'}: {error.strerror}") from error
