"""The archive: recordings and messages are kept behind the calls, whatever the disk, the register or Asterisk does."""

import asyncio
import datetime as dt
import os
import time
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ari_app.recordings.archive import Archive
from ari_app.recordings.checking import check
from ari_app.recordings.faults import Faults
from ari_app.recordings.places import StorageFailed
from ari_app.recordings.retention import Deleted, delete_old
from ari_app.recordings.rounds import Patience, Rounds
from ari_app.recordings.upkeep import Pace, upkeep
from db.database import connect, file_url
from db.errors import RegisterClosedError
from db.records import CallRow, MessageRow, RecordingRow, Row, TaskRow
from db.register import Register
from db.stories import Stories
from db.tasks import TaskList
from premises import boxes
from tests.integration.monitor import CALL, MESSAGE, leave, leave_call, places, tone

OTHER = "1795484300.7"


class Book:
    """A register that can be away."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.away: Exception | None = None

    def put(self, *rows: Row) -> None:
        if isinstance(self.away, RegisterClosedError):
            raise self.away
        self.rows.extend(rows)

    def flush(self) -> None:
        if self.away is not None:
            raise self.away


class Count:
    """What is counted."""

    def __init__(self) -> None:
        self.sealed: list[bool] = []
        self.failed = 0

    def recording_sealed(self, *, repaired: bool) -> None:
        self.sealed.append(repaired)

    def recording_failed(self) -> None:
        self.failed += 1


class House:
    """An archive, and all around it."""

    def __init__(self, folder: Path) -> None:
        self.places = places(folder)
        self.book = Book()
        self.count = Count()
        self.archive = Archive(self.places, self.book, self.count, Patience(seconds=0.5, look_every=0.01, gather=0.01))

    async def sweep(self, *there: str) -> None:
        async def calls() -> Collection[str]:
            return there

        await self.archive.sweep(calls, ("lost", None))

    def left(self) -> list[str]:
        """Asterisk's files that are still there."""
        return sorted(file.name for folder in (self.places.monitor, self.places.spool) for file in folder.iterdir())


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_a_call_that_ended_is_kept_and_asterisks_files_go(house: House) -> None:
    leave_call(house.places, tone(1), tone(1))
    house.archive.call_ended(CALL)
    await house.archive.settled()
    (row,) = house.book.rows
    assert isinstance(row, RecordingRow)
    assert (house.places.recordings / row.file).exists()
    assert house.left() == []
    assert (house.count.sealed, house.count.failed) == ([False], 0)


async def test_it_is_kept_once_asterisk_has_closed_its_files(house: House) -> None:
    leave_call(house.places, tone(1), tone(1), closed=False)
    with house.places.pieces(CALL)[0].open("ab") as writer:
        house.archive.call_ended(CALL)
        await asyncio.sleep(0.1)
        assert house.book.rows == []
        writer.write(tone(1))
    await house.archive.settled()
    (row,) = house.book.rows
    assert isinstance(row, RecordingRow)
    assert row.seconds == 2.0


async def test_a_call_that_goes_on_is_left_for_the_sweep(house: House) -> None:
    leave_call(house.places, tone(1), tone(1), closed=False)
    with house.places.pieces(CALL)[0].open("ab"):
        house.archive.call_ended(CALL)
        await house.archive.settled()
        await house.sweep()
        assert (house.book.rows, len(house.left())) == ([], 2)
    await house.sweep()
    assert (len(house.book.rows), house.left(), house.count.failed) == (1, [], 0)


async def test_a_call_that_a_round_has_kept_since_the_sweep_began_is_no_fault(house: House) -> None:
    leave_call(house.places, tone(1), tone(1))
    patience = Patience(seconds=0.5, look_every=0.01, gather=0.01)
    rounds = Rounds(house.places, house.book, house.count, Faults(house.count), patience)
    rounds.add(CALL)
    await rounds.settled()
    await rounds.sweep(CALL)
    assert (len(house.book.rows), house.count.failed) == (1, 0)


async def test_a_call_whose_end_the_sweep_has_seen_first_is_kept_once(house: House) -> None:
    leave_call(house.places, tone(1), tone(1))
    await house.sweep()
    house.archive.call_ended(CALL)
    await house.archive.settled()
    assert (len(house.book.rows), house.count.failed) == (1, 0)


@pytest.mark.parametrize("closed", [pytest.param(True, id="closed"), pytest.param(False, id="its Asterisk died")])
async def test_a_message_reaches_its_box(house: House, closed: bool) -> None:
    leave(house.places.message(MESSAGE), tone(2), closed=closed)
    house.archive.message_left(MESSAGE, "office", "operators")
    await house.archive.settled()
    row, task = house.book.rows
    assert isinstance(row, MessageRow)
    assert (row.call, row.box, row.owner, row.seconds) == (CALL, "office", "operators", 2.0)
    assert row.repaired is not closed
    assert task == TaskRow(id=MESSAGE, kind="message", call=CALL, owner="operators", about="office", since=row.left)
    assert house.left() == []


async def test_a_message_that_the_stand_in_took_reaches_the_box_that_it_noted(house: House) -> None:
    leave(house.places.message(MESSAGE), tone(2))
    boxes.address(house.places.message(MESSAGE), boxes.Box("night", "operators"))
    await house.sweep()
    row, _ = house.book.rows
    assert isinstance(row, MessageRow)
    assert (row.box, row.owner, house.left()) == ("night", "operators", [])


async def test_a_message_whose_note_is_damaged_is_not_lost(house: House) -> None:
    recording = house.places.message(MESSAGE)
    leave(recording, tone(2))
    recording.with_suffix(".box").write_text("{")
    await house.sweep()
    row, _ = house.book.rows
    assert isinstance(row, MessageRow)
    assert (row.box, house.left()) == ("lost", [])


@pytest.mark.parametrize("said", [pytest.param(None, id="left before the tone"), pytest.param(b"", id="said nothing")])
async def test_where_nothing_was_said_there_is_no_message(house: House, said: bytes | None) -> None:
    if said is not None:
        leave(house.places.message(MESSAGE), said)
    house.archive.message_left(MESSAGE, "office", None)
    await house.archive.settled()
    assert (house.book.rows, house.left(), house.count.failed) == ([], [], 0)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        pytest.param(tone(2), 2.0, id="two seconds of speech"),
        pytest.param(None, 0.0, id="no such message"),
        pytest.param(b"x" * 100, 0.0, id="no sound"),
    ],
)
async def test_the_speech_in_a_message_is_measured(house: House, said: bytes | None, seconds: float) -> None:
    if said is not None:
        leave(house.places.message(MESSAGE), said)
    assert await house.archive.seconds_spoken(MESSAGE) == seconds


@pytest.mark.parametrize(
    "away",
    [pytest.param(TimeoutError("3 rows wait"), id="database away"), pytest.param(RegisterClosedError(), id="closed")],
)
async def test_asterisks_files_stay_until_the_row_is_there_for_good(house: House, away: Exception) -> None:
    leave_call(house.places, tone(1), tone(1))
    leave(house.places.message(MESSAGE), tone(2))
    house.book.away = away
    house.archive.call_ended(CALL)
    house.archive.message_left(MESSAGE, "office", "operators")
    await house.archive.settled()
    assert (len(house.left()), house.count.failed) == (3, 2)
    house.book.away = None
    house.book.rows.clear()
    await house.sweep()
    assert house.left() == []
    assert [row.box for row in house.book.rows if isinstance(row, MessageRow)] == ["office"]


async def test_a_fault_in_one_round_leaves_the_next_ones_to_be_kept(house: House) -> None:
    leave_call(house.places, tone(1), tone(1))
    house.book.away = RuntimeError("nobody thought of that")
    house.archive.call_ended(CALL)
    await house.archive.settled()
    house.book.away = None
    house.book.rows.clear()
    await house.sweep()
    assert (len(house.book.rows), house.left()) == (1, [])


async def test_a_call_without_a_recording_is_told_and_not_remembered(house: House) -> None:
    """While the disk is full there are many of them, and no sweep comes upon any."""
    for times in (1, 2):
        house.archive.call_ended(CALL)
        await house.archive.settled()
        assert house.count.failed == times


async def test_a_fault_is_told_once_however_often_it_is_swept(house: House) -> None:
    leave_call(house.places, tone(1), tone(1))
    house.places.pieces(CALL)[0].write_bytes(b"OggS" + bytes(100))
    with capture_logs() as logs:
        house.archive.call_ended(CALL)
        await house.archive.settled()
        await house.sweep()
    assert [(line["log_level"], line["call"]) for line in logs] == [("error", CALL)]
    assert house.count.failed == 1


async def test_a_call_without_a_recording_is_an_alarm(house: House) -> None:
    house.archive.call_ended(CALL)
    await house.archive.settled()
    assert house.count.failed == 1


async def test_after_a_crash_everything_is_swept_up_but_the_calls_that_are_there(house: House) -> None:
    leave_call(house.places, tone(1), tone(1), closed=False)
    leave_call(house.places, tone(1), tone(1), call=OTHER, closed=False)
    leave(house.places.message(MESSAGE), tone(2), closed=False)
    (house.places.monitor / "notes.wav").write_bytes(b"not ours")
    await house.sweep(OTHER)
    assert house.left() == [f"{OTHER}-r.wav", f"{OTHER}-t.wav", "notes.wav"]
    recording, message, _ = house.book.rows
    assert isinstance(recording, RecordingRow)
    assert isinstance(message, MessageRow)
    assert (recording.call, recording.repaired) == (CALL, True)
    assert (message.box, message.owner) == ("lost", None)


@pytest.mark.parametrize("noted", [True, False], ids=["with its address", "without"])
async def test_a_call_that_asterisk_took_along_is_kept_with_its_message(house: House, noted: bool) -> None:
    leave_call(house.places, tone(1), tone(1), closed=False)
    if noted:
        house.archive.message_begins(MESSAGE, "night", "operators")
    leave(house.places.message(MESSAGE), tone(2), closed=False)
    house.archive.call_lost(CALL)
    await house.archive.settled()
    (recording,) = (row for row in house.book.rows if isinstance(row, RecordingRow))
    (message,) = (row for row in house.book.rows if isinstance(row, MessageRow))
    assert (recording.call, recording.repaired) == (CALL, True)
    assert (message.box, message.owner) == (("night", "operators") if noted else ("lost", None))
    assert house.left() == []


async def test_a_message_whose_address_cannot_be_noted_is_no_fault_of_the_call(house: House) -> None:
    house.places.spool.rmdir()
    house.archive.message_begins(MESSAGE, "night", "operators")


async def test_drafts_of_a_crash_go_with_the_sweep(house: House) -> None:
    drafts = house.places.recordings / ".drafts"
    drafts.mkdir(parents=True)
    for name, age in (("old", 7200), ("new", 10)):
        (drafts / name).write_bytes(b"")
        os.utime(drafts / name, (time.time() - age,) * 2)
    await house.sweep()
    assert [draft.name for draft in drafts.iterdir()] == ["new"]


# --------------------------------------------------------------------------------------- compared with the register


def spoil(file: Path, change: Callable[[bytes], bytes]) -> None:
    file.write_bytes(change(file.read_bytes()))


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        pytest.param(lambda file: None, [], id="all is well"),
        pytest.param(lambda file: file.unlink(), ["no file"], id="file gone"),
        pytest.param(lambda file: spoil(file, lambda was: was[:-1] + b"x"), ["changed"], id="one byte changed"),
        pytest.param(lambda file: spoil(file, lambda was: was[:-8000]), ["wrong length"], id="cut short"),
        pytest.param(lambda file: spoil(file, lambda was: b"x" + was), ["unreadable"], id="no wav any more"),
        pytest.param(lambda file: file.rename(file.with_name("b.wav")), ["no file", "no row"], id="renamed"),
    ],
)
async def test_files_and_rows_are_compared(house: House, change: Callable[[Path], None], kinds: list[str]) -> None:
    leave_call(house.places, tone(1), tone(1))
    house.archive.call_ended(CALL)
    await house.archive.settled()
    rows = [row for row in house.book.rows if isinstance(row, RecordingRow)]
    change(house.places.recordings / rows[0].file)
    (house.places.recordings / ".drafts" / "x.wav").write_bytes(b"")
    seen: list[None] = []
    found = list(check(rows, house.places.recordings, settled=0, seen=lambda: seen.append(None)))
    assert [finding.kind for finding in found] == kinds
    assert all(rows[0].file.split("/")[0] in str(finding) for finding in found)
    assert len(seen) == 1


async def test_a_file_that_may_still_get_its_row_is_no_finding(house: House) -> None:
    leave_call(house.places, tone(1), tone(1))
    house.archive.call_ended(CALL)
    await house.archive.settled()
    assert list(check([], house.places.recordings)) == []
    assert [finding.kind for finding in check([], house.places.recordings, settled=0)] == ["no row"]


# ------------------------------------------------------------------------------------------------- with the real one


async def test_retention_deletes_old_files_and_marks_their_rows(tmp_path: Path) -> None:
    house, database = House(tmp_path), connect(file_url(tmp_path / "register.sqlite"))
    register, stories = Register(database), Stories(database)
    archive = Archive(house.places, register, house.count, Patience())
    now = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
    for number, age in enumerate((40, 31, 29, 0)):
        call = f"1795484176.{number}"
        register.put(CallRow(id=call, arrived=now, number=None, name=None, dialled="1"))
        leave_call(house.places, tone(1), tone(1), call=call)
        for piece in house.places.pieces(call):
            os.utime(piece, (now.timestamp() - age * 86400,) * 2)
        leave(house.places.message(f"m-{call}-1"), tone(1), ended=now.timestamp() - age * 86400)
        archive.call_ended(call)
        archive.message_left(f"m-{call}-1", "office", None)
    await archive.settled()
    register.flush()
    assert TaskList(database).do("m-1795484176.0-1", "anna", now)

    done = delete_old(30, now, stories.sounds, register.put, house.places)
    register.flush()
    assert (done.files, done.faults) == (3, ())
    assert [row.removed for row in stories.sounds.recordings()] == [None, None, now, now]
    assert len(list(house.places.recordings.glob("2*/*/*/*.wav"))) == 2
    assert len(list(house.places.messages.glob("2*/*/*/*.wav"))) == 3
    assert not (house.places.recordings / "2026/10/15").exists()
    assert list(check(stories.sounds.every_recording(), house.places.recordings, settled=0)) == []
    assert list(check(stories.sounds.every_message(), house.places.messages, settled=0)) == []
    assert delete_old(30, now, stories.sounds, register.put, house.places).files == 0
    register.close()
    database.close()


def test_a_file_that_cannot_be_deleted_is_a_fault_and_the_others_go_on(tmp_path: Path) -> None:
    where = places(tmp_path)
    old = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    rows = [
        RecordingRow(call=name, file=f"{name}.wav", started=old, seconds=0, bytes=0, sha256="") for name in ("a", "b")
    ]
    (where.recordings / "a.wav").mkdir(parents=True)
    (where.recordings / "b.wav").write_bytes(b"")

    class Old:
        def every_recording(self, *, until: dt.datetime | None = None) -> list[RecordingRow]:
            return rows

        def every_message(self, *, until: dt.datetime | None = None) -> list[MessageRow]:
            return []

    marked: list[object] = []
    done = delete_old(1, dt.datetime.now(dt.UTC), Old(), marked.append, where)
    assert (done.files, len(marked), [fault.of for fault in done.faults]) == (1, 1, ["a"])


async def test_upkeep_goes_on_whatever_is_away(house: House) -> None:
    rounds: list[str] = []

    async def calls() -> Collection[str]:
        rounds.append("sweep")
        if len(rounds) == 1:
            raise ConnectionError("Asterisk is away")
        return ()

    def delete() -> Deleted:
        rounds.append("delete")
        return Deleted(3, (StorageFailed("a", "it is read-only"),))

    leave_call(house.places, tone(1), tone(1))
    with capture_logs() as logs:
        work = asyncio.create_task(upkeep(house.archive, calls, ("lost", None), delete, Pace(sweep=0.01)))
        while rounds.count("sweep") < 4:  # noqa: ASYNC110 - counted by what is tested
            await asyncio.sleep(0.01)
        work.cancel()
    assert rounds[:3] == ["sweep", "sweep", "delete"]
    assert rounds.count("delete") == 1
    assert len(house.book.rows) == 1
    assert [line["why"] for line in logs if "why" in line] == ["Asterisk is away", "a: it is read-only"]
