"""The spool's files: what is kept comes back, whatever a kill, a bad disk or a full one does to them."""

import signal
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from db.errors import SpoolError
from db.records import Row
from db.rows import key
from db.writing import segment
from db.writing.spool import Spool
from tests.integration import rows

ROOT = Path(__file__).parents[2]
ROWS: list[Row] = [rows.call("1.1"), rows.leg("leg-1.1-1"), rows.recording("1.1"), rows.message("m-1.1-1")]


def kept(spool: Spool) -> list[Row]:
    """What the next process finds: this one lets its files go first."""
    spool.close()
    found: list[Row] = []
    heir = Spool(spool.folder)
    heir.adopt()
    while (file := heir.oldest()) is not None:
        contents = file.read()
        found += contents.rows
        heir.delivered(file, contents.damaged)
    return found


def files(spool: Spool) -> list[str]:
    return sorted(path.suffix for path in spool.folder.iterdir())


def test_rows_come_back_as_they_were_and_in_their_order(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.append(ROWS)
    spool.append([rows.call("1.2")])
    assert spool.rows == 5
    assert kept(spool) == [*ROWS, rows.call("1.2")]
    assert files(spool) == []


def test_making_a_spool_touches_no_disk(tmp_path: Path) -> None:
    Spool(tmp_path / "spool").adopt()
    assert not (tmp_path / "spool").exists()


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.append(ROWS)
    modes = [oct(path.stat().st_mode & 0o777) for path in (spool.folder, *spool.folder.iterdir())]
    assert modes == ["0o700", "0o600"]


def test_what_is_being_delivered_is_no_longer_written_to(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([rows.call("1.1")])
    first = spool.oldest()
    spool.append([rows.call("1.2")])
    assert first is not None
    assert first.read().rows == [rows.call("1.1")]
    spool.delivered(first, 0)
    assert kept(spool) == [rows.call("1.2")]


def test_long_files_are_cut_and_stay_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.writing.spool.SEGMENT", 1000)
    spool = Spool(tmp_path)
    many = [rows.call(f"1.{number}") for number in range(30)]
    for row in many:
        spool.append([row])
    assert len(files(spool)) > 3
    assert kept(spool) == many


@pytest.mark.parametrize("bad", [rows.call("bad", dialled=object()), rows.recording("bad", bytes=2**70)])
def test_a_row_that_cannot_be_written_costs_no_others(tmp_path: Path, bad: Row) -> None:
    spool = Spool(tmp_path)
    assert [refused.row for refused in spool.append([rows.call("1.1"), bad, rows.call("1.2")])] == [bad]
    assert kept(spool) == [rows.call("1.1"), rows.call("1.2")]


def test_a_name_of_no_utf_8_is_kept_as_the_database_would_keep_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([rows.call("1.1", name="\ud800\x00")])
    assert kept(spool) == [rows.call("1.1", name="\ufffd\ufffd")]


ONE, TWO, THREE = (segment.packed(rows.call(f"1.{number}")) for number in (1, 2, 3))
FORGED = segment.packed(rows.call("1.1", trail=THREE))
FROM_LATER = ONE.replace(b"call", b"fork")
FROM_LATER = FROM_LATER[:8] + zlib.crc32(FROM_LATER[12:]).to_bytes(4, "big") + FROM_LATER[12:]
"""A sound record of a kind that only a later version knows."""


@pytest.mark.parametrize(
    ("content", "found", "damaged"),
    [
        pytest.param(b"", "", 0, id="empty"),
        pytest.param(ONE + TWO + THREE, "123", 0, id="sound"),
        pytest.param(ONE + TWO + THREE[:-1], "12", 1, id="the last write was torn"),
        pytest.param(ONE + TWO + THREE[:5], "12", 1, id="the last write was torn at its beginning"),
        pytest.param(ONE + TWO[:-1] + b"?" + THREE, "13", 1, id="a byte in the middle is wrong"),
        pytest.param(ONE + TWO[:5] + b"\xff" + TWO[6:] + THREE, "13", 1, id="a length is wrong"),
        pytest.param(b"?" + ONE[1:] + TWO + THREE, "23", 1, id="the first byte is wrong"),
        pytest.param(ONE + TWO[:40] + THREE, "13", 1, id="a part is missing"),
        pytest.param(ONE + bytes(4096) + THREE, "13", 1, id="a block of the disk is empty"),
        pytest.param(ONE + b"?" + TWO + b"?" + THREE, "123", 2, id="two places are wrong"),
        pytest.param(bytes(9000), "", 1, id="nothing is sound"),
        pytest.param(ONE + FROM_LATER + THREE, "13", 1, id="a later version's kind of row"),
        pytest.param(FORGED, "1", 0, id="a trail with a record in it"),
    ],
)
def test_damage_costs_only_what_it_hits(content: bytes, found: str, damaged: int) -> None:
    contents = segment.unpacked(content)
    assert [key(row)[1] for row in contents.rows] == [f"1.{number}" for number in found]
    assert contents.damaged == damaged


def test_any_single_wrong_byte_costs_one_row_at_most() -> None:
    whole = ONE + TWO + THREE
    for at in range(len(whole)):
        spoilt = whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
        assert len(segment.unpacked(spoilt).rows) == 2, at


def test_a_damaged_file_is_kept_aside_once_the_rest_is_delivered(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([rows.call("1.1"), rows.call("1.2")])
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-3])
    assert kept(spool) == [rows.call("1.1")]
    assert files(spool) == [".damaged"]
    assert kept(spool) == []


def test_a_full_spool_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit=2 * len(ONE) + 10)
    spool.append([rows.call("1.1")])
    with pytest.raises(SpoolError, match="full"):
        spool.append([rows.call("1.2"), rows.call("1.3")])
    with pytest.raises(SpoolError, match="full"):
        spool.try_out()
    assert kept(spool) == [rows.call("1.1")]


def test_trying_the_disk_out_leaves_nothing_behind(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert spool.try_out() == []
    assert spool.is_empty
    assert files(spool) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SpoolError, match=r"file/spool: Not a directory"):
        Spool(tmp_path / "file" / "spool").append(ROWS)


def test_a_file_that_cannot_be_read_holds_up_no_other(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([rows.call("1.1")])
    spool.oldest()
    spool.append([rows.call("1.2")])
    first = min(tmp_path.iterdir())
    first.unlink()
    first.mkdir()
    file = spool.oldest()
    assert file is not None
    contents = file.read()
    assert contents == segment.Contents([], 1)
    spool.delivered(file, contents.damaged)
    assert kept(spool) == [rows.call("1.2")]


def test_a_delivered_file_that_cannot_be_deleted_is_not_delivered_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([rows.call("1.1")])
    file = spool.oldest()
    assert file is not None
    path = file.path
    path.unlink()
    path.mkdir()  # which is a file that nobody can unlink
    spool.delivered(file, 0)
    path.rmdir()
    path.touch()
    spool.adopt()
    assert spool.is_empty
    spool.close()


def test_what_cannot_be_opened_holds_up_no_adoption(tmp_path: Path) -> None:
    dead = Spool(tmp_path)
    dead.append([rows.call("1.1")])
    dead.close()
    (tmp_path / f"0{segment.SUFFIX}").mkdir()
    heir = Spool(tmp_path)
    with capture_logs() as log:
        heir.adopt()
        heir.adopt()
    assert heir.rows == 1
    assert [line["event"] for line in log] == ["spool file not adopted", "spool adopted"]
    heir.close()


def test_a_living_process_keeps_its_files_and_its_heir_gets_them(tmp_path: Path) -> None:
    living, heir = Spool(tmp_path), Spool(tmp_path)
    living.append(ROWS)
    heir.adopt()
    assert heir.is_empty
    living.close()
    heir.adopt()
    assert heir.rows == len(ROWS)
    heir.close()


def test_a_process_of_one_call_adopts_nothing(tmp_path: Path) -> None:
    Spool(tmp_path).append(ROWS)
    child = Spool(tmp_path, adopt=False)
    child.adopt()
    assert child.is_empty


def test_what_is_adopted_goes_before_what_is_new(tmp_path: Path) -> None:
    dead, heir = Spool(tmp_path), Spool(tmp_path)
    heir.append([rows.call("1.2")])
    dead.append([rows.call("1.1")])
    dead.close()
    heir.adopt()
    assert kept(heir) == [rows.call("1.2"), rows.call("1.1")]  # by the time of their making, for the next heir
    heir = Spool(tmp_path)
    heir.append([rows.call("1.2")])
    dead.append([rows.call("1.1")])
    dead.close()
    heir.adopt()
    first = heir.oldest()
    assert first is not None
    assert first.read().rows == [rows.call("1.1")]
    heir.close()


SPOOLS = """
import itertools, os, resource, sys
from pathlib import Path
from db.writing.spool import Spool
from tests.integration import rows

spool = Spool(Path(sys.argv[1]))
"""
UNTIL_KILLED = (
    SPOOLS
    + """
for number in itertools.count():
    spool.append([rows.call(f"1.{number}")])
    print(number, flush=True)
"""
)


def test_an_accepted_row_survives_kill_9(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", UNTIL_KILLED, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    accepted = [int(process.stdout.readline()) for _ in range(20)]
    heir = Spool(tmp_path)
    heir.adopt()
    assert heir.is_empty, "a living process's file was taken"
    process.send_signal(signal.SIGKILL)
    accepted += [int(line) for line in process.stdout.read().splitlines()]
    process.wait()
    process.stdout.close()
    there = [key(row)[1] for row in kept(heir)]
    assert there[: len(accepted)] == [f"1.{number}" for number in accepted]
    assert len(there) <= len(accepted) + 1


UNTIL_FULL = (
    SPOOLS
    + """
from db.errors import SpoolError
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
batches = [[rows.call(f"{batch}.{number}") for number in range(20)] for batch in range(3)]
spool.append(batches[0])
try:
    spool.append(batches[1] * 10)
except SpoolError as fault:
    print(fault)
spool.append(batches[2])
print(spool.rows)
"""
)


def test_a_disk_that_is_full_half_way_keeps_all_of_a_batch_or_nothing(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", UNTIL_FULL, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert process.stdout.splitlines() == [f"{tmp_path}: File too large", "40"]
    there = {key(row)[1].partition(".")[0] for row in kept(Spool(tmp_path))}
    assert there == {"0", "2"}
    assert list(tmp_path.iterdir()) == []


def test_one_of_many_that_adopt_at_once_gets_a_file(tmp_path: Path) -> None:
    dead = Spool(tmp_path)
    dead.append(ROWS)
    dead.close()
    heirs = [Spool(tmp_path) for _ in range(4)]
    for heir in heirs:
        heir.adopt()
    assert sorted(heir.rows for heir in heirs) == [0, 0, 0, len(ROWS)]
    for heir in heirs:
        heir.close()
