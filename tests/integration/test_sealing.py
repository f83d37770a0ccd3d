"""One call's files become one that is kept: what is in it, and what happens when something is wrong with them."""

import datetime as dt
import hashlib
import os
import stat
import struct
import wave
from pathlib import Path

import pytest

from ari_app.recordings import sealing, storage
from ari_app.recordings.places import (
    NothingRecorded,
    Places,
    RecordingFault,
    StillWritten,
    StorageFailed,
    Unreadable,
)
from tests.integration.monitor import CALL, MESSAGE, leave, leave_call, places, tone


@pytest.fixture
def where(tmp_path: Path) -> Places:
    return places(tmp_path)


def frames(file: Path) -> list[tuple[int, int]]:
    with wave.open(str(file)) as read:
        return list(struct.iter_unpack("<hh", read.readframes(read.getnframes())))


def test_the_caller_is_left_and_the_company_right(where: Places) -> None:
    leave_call(where, struct.pack("<3h", 1, 2, 3), struct.pack("<2h", 7, 8))
    row = sealing.seal(CALL, where)
    assert frames(where.recordings / row.file) == [(1, 7), (2, 8), (3, 0)]


def test_the_row_tells_what_the_file_is(where: Places) -> None:
    leave_call(where, tone(2.5), tone(2.5))
    row = sealing.seal(CALL, where)
    content = (where.recordings / row.file).read_bytes()
    assert row.file == f"2026/11/24/{CALL}.wav"
    assert row.started == dt.datetime(2026, 11, 24, 1, 36, 38, tzinfo=dt.UTC)
    assert (row.call, row.seconds, row.bytes) == (CALL, 2.5, len(content))
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    assert row.pieces == (f"{CALL}-r.wav", f"{CALL}-t.wav")
    assert not row.repaired


def test_only_the_owner_can_read_it(where: Places) -> None:
    leave_call(where, tone(0.1), tone(0.1))
    file = where.recordings / sealing.seal(CALL, where).file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in list(file.parents)[:4]} == {0o700}


def test_sealing_again_gives_the_same_until_the_pieces_are_discarded(where: Places) -> None:
    leave_call(where, tone(1), tone(1))
    assert sealing.seal(CALL, where) == sealing.seal(CALL, where)
    sealing.discard(CALL, where)
    assert list(where.monitor.iterdir()) == []
    sealing.discard(CALL, where)
    with pytest.raises(NothingRecorded):
        sealing.seal(CALL, where)


@pytest.mark.parametrize(
    ("caller", "heard", "closed", "seconds", "repaired"),
    [
        pytest.param(tone(2), tone(2), True, 2.0, False, id="hung up"),
        pytest.param(tone(2), tone(2), False, 2.0, True, id="Asterisk was killed"),
        pytest.param(tone(2), tone(1), False, 2.0, True, id="killed while one side was ahead"),
        pytest.param(b"", b"", True, 0.0, False, id="left before any sound"),
        pytest.param(tone(2), None, True, 2.0, True, id="only one side was recorded"),
    ],
)
def test_all_that_was_recorded_is_kept(
    where: Places, caller: bytes, heard: bytes | None, closed: bool, seconds: float, repaired: bool
) -> None:
    leave_call(where, caller, heard or b"", closed=closed)
    if heard is None:
        where.pieces(CALL)[1].unlink()
    row = sealing.seal(CALL, where)
    assert (row.seconds, row.repaired) == (seconds, repaired)
    assert len(frames(where.recordings / row.file)) == seconds * 8000


def test_a_file_that_asterisk_has_open_is_left_alone(where: Places) -> None:
    leave_call(where, tone(1), tone(1), closed=False)
    with where.pieces(CALL)[1].open("ab"), pytest.raises(StillWritten):
        sealing.seal(CALL, where)
    assert not where.recordings.exists()
    sealing.seal(CALL, where)


@pytest.mark.parametrize(
    "call", ["../x", "a/b", "", ".hidden", pytest.param("x\n", id="newline"), pytest.param("ы", id="letter")]
)
def test_an_id_that_leads_elsewhere_is_refused(where: Places, call: str) -> None:
    with pytest.raises(Unreadable):
        sealing.seal(call, where)


def test_what_is_no_sound_is_named_and_stays(where: Places) -> None:
    leave_call(where, tone(1), tone(1))
    where.pieces(CALL)[0].write_bytes(b"OggS" + bytes(100))
    with pytest.raises(Unreadable, match="no wav file") as fault:
        sealing.seal(CALL, where)
    assert fault.value.of == CALL
    assert len(list(where.monitor.iterdir())) == 2


def full_disk(where: Places) -> None:
    """The kernel's own full disk, where the draft would be written."""
    draft = where.recordings / storage.DRAFTS
    draft.mkdir(parents=True)
    (draft / f"{CALL}.wav.{os.getpid()}").symlink_to("/dev/full")


def file_in_the_way(where: Places) -> None:
    where.recordings.write_text("not a folder")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        pytest.param(full_disk, "No space left", id="full disk"),
        pytest.param(file_in_the_way, "File exists|Not a directory", id="no folder"),
    ],
)
def test_a_disk_that_fails_is_named_and_the_pieces_stay(where: Places, spoil: object, why: str) -> None:
    leave_call(where, tone(10), tone(10))
    assert callable(spoil)
    spoil(where)
    with pytest.raises(StorageFailed, match=why):
        sealing.seal(CALL, where)
    assert len(list(where.monitor.iterdir())) == 2
    assert not list(where.recordings.glob("2*/*/*/*"))


def test_a_message_is_kept_as_it_was_spoken(where: Places) -> None:
    leave(where.message(MESSAGE), tone(1.5), closed=False)
    kept = sealing.keep_message(MESSAGE, where)
    assert kept is not None
    assert kept.file == f"2026/11/24/{MESSAGE}.wav"
    assert (kept.seconds, kept.left) == (1.5, dt.datetime(2026, 11, 24, 1, 36, 39, tzinfo=dt.UTC))
    with wave.open(str(where.messages / kept.file)) as read:
        assert (read.getnchannels(), read.readframes(read.getnframes())) == (1, tone(1.5))
    sealing.discard_message(MESSAGE, where)
    with pytest.raises(NothingRecorded):
        sealing.keep_message(MESSAGE, where)


@pytest.mark.parametrize(
    ("sound", "kept"),
    [
        pytest.param(tone(5, loud=30), False, id="hiss"),
        pytest.param(tone(0.3), False, id="a click"),
        pytest.param(tone(3, loud=0) + tone(0.6), True, id="a word after a while"),
        pytest.param(b"", False, id="hung up at the tone"),
    ],
)
def test_a_message_is_kept_if_something_was_said(where: Places, sound: bytes, kept: bool) -> None:
    leave(where.message(MESSAGE), sound)
    assert (sealing.keep_message(MESSAGE, where) is not None) is kept


def test_faults_have_one_base() -> None:
    assert {fault.__base__ for fault in (NothingRecorded, StillWritten, StorageFailed, Unreadable)} == {RecordingFault}


def test_what_the_kernel_does_not_tell_of_counts_as_being_written_for_an_hour(tmp_path: Path) -> None:
    assert storage.is_being_written(tmp_path)  # it lends no folders, and no files of others
    os.utime(tmp_path, (0, 0))
    assert not storage.is_being_written(tmp_path)
