"""What an engine says of what it cannot keep."""

import asyncio
import os
import subprocess
import sys
import threading
from collections import namedtuple
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ari_app import disk, safety
from ari_app.metrics import Metrics
from ari_app.safety import Disk, Safety, register_alarms, snapshot_alarms
from db.snapshot import Snapshot
from db.writing.pace import Backlog
from tests.until import until

ROOT = Path(__file__).parents[2]
Usage = namedtuple("Usage", "total used free")


def backlog(**known: object) -> Backlog:
    sound = dict.fromkeys(Backlog.__struct_fields__, 0) | {"away_since": None, "spool_fault": None}
    return Backlog(**{**sound, **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        pytest.param({"waiting": 5, "written": 7}, [], id="all is well"),
        pytest.param({"away_since": 0.0, "spooled": 12}, ["12 are in the spool"], id="the database is away"),
        pytest.param(
            {"spool_fault": "disk full", "waiting": 9}, ["disk full: 9 rows are in memory only"], id="the spool is full"
        ),
        pytest.param({"overflowed": 2, "refused": 1}, ["3 rows of the register were given up"], id="rows were lost"),
    ],
)
def test_what_is_wrong_with_the_register_is_said(known: dict[str, object], said: list[str]) -> None:
    alarms = register_alarms(backlog(**known))
    assert len(alarms) == len(said)
    assert all(part in alarm for part, alarm in zip(said, alarms, strict=True))


@pytest.mark.parametrize(("age", "said"), [(None, 0), (7199.0, 0), (90_061.0, 1)])
def test_a_snapshot_that_is_too_old_is_said(age: float | None, said: int) -> None:
    alarms = snapshot_alarms(age)
    assert len(alarms) == said
    assert all("1 day, 1:01:01" in alarm for alarm in alarms)


def test_a_sound_disk_has_no_fault_and_keeps_nothing_of_the_trial(tmp_path: Path) -> None:
    assert disk.fault(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ari_app.disk.shutil.disk_usage", lambda _: Usage(1 << 40, 1 << 40, 3 << 20))
    assert disk.fault(tmp_path) == "No space left on device: 3 MiB are free"


def test_a_folder_that_has_gone_is_told(tmp_path: Path) -> None:
    assert disk.fault(tmp_path / "gone") == "No such file or directory"


def test_a_disk_that_takes_no_byte_is_told(tmp_path: Path) -> None:
    program = f"""
import resource
from pathlib import Path
from ari_app import disk
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
print(disk.fault(Path({str(tmp_path)!r})))
"""
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "File too large\n"
    assert list(tmp_path.iterdir()) == []


class Idle:
    """A register that does nothing."""

    def backlog(self) -> Backlog:
        return backlog(spooled=4)


async def test_a_disk_that_is_full_for_a_while_is_an_alarm_for_that_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [None, "No space left on device", "No space left on device", None]
    monkeypatch.setattr(safety, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(disk, "fault", lambda _: faults.pop(0) if len(faults) > 2 or said else faults[0])
    said: list[str] = []
    watched = Safety(Idle(), Snapshot(tmp_path), [Disk("recordings", tmp_path, "calls are not recorded")])  # type: ignore[arg-type]
    with capture_logs() as log:
        watching = asyncio.create_task(watched.watch())
        await until(watched.alarms)
        said += watched.alarms()
        await until(lambda: not watched.alarms())
        watching.cancel()
    assert said == ["No space left on device: calls are not recorded"]
    assert [line["log_level"] for line in log] == ["error", "info"]


async def test_a_stuck_disk_is_an_alarm_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(safety, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(safety, "STUCK", 0.01)
    monkeypatch.setattr(disk, "fault", lambda _: goes_on.wait() and None)
    watched = Safety(Idle(), Snapshot(tmp_path), [Disk("recordings", tmp_path, "calls are not recorded")])  # type: ignore[arg-type]
    watching = asyncio.create_task(watched.watch())
    await until(watched.alarms)
    goes_on.set()
    monkeypatch.setattr(safety, "STUCK", 30)
    await until(lambda: not watched.alarms())
    watching.cancel()


async def test_all_of_it_is_in_the_metrics(tmp_path: Path) -> None:
    snapshot = Snapshot(tmp_path)
    one = Disk("recordings", tmp_path, "calls are not recorded")
    one.look()
    metrics = Metrics()
    safe = Safety(Idle(), snapshot, [one])  # type: ignore[arg-type]
    safe.count(metrics)
    text = metrics.text(calls=0, waiting=0, lost=0).decode()
    assert "switchboard_register_rows_spooled 4.0" in text
    assert "switchboard_spool_fault 0.0" in text
    assert 'switchboard_disk_free_bytes{folder="recordings"}' in text
    assert "switchboard_directory_snapshot_age_seconds NaN" in text
    snapshot.customers_file.touch()
    os.utime(snapshot.customers_file, (0, 0))
    safe.count(metrics)
    assert "switchboard_directory_snapshot_age_seconds NaN" not in metrics.text(calls=0, waiting=0, lost=0).decode()
