"""The register with its spool: whatever the database and the disk do, nothing is lost, and nothing waits for them."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from db.database import Database
from db.errors import SpoolError
from db.records import Row
from db.register import Backlog, Pace, Register
from db.stories import Stories
from db.writing.batch import Refused
from db.writing.spool import Spool
from tests.integration import outages, rows

ROOT = Path(__file__).parents[2]
IMPATIENT = Pace(
    gather=0.0, rest=0.0, first_pause=0.01, longest_pause=0.02, patience=0.1, spool_pause=0.02, adopt_every=0.05
)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def register(database: Database, spool: Spool) -> Iterator[Register]:
    register = Register(database, IMPATIENT, spool=spool)
    yield register
    register.close()


@pytest.fixture
def stories(database: Database) -> Stories:
    return Stories(database)


def until(register: Register, so: Callable[[Backlog], bool]) -> None:
    waiting = threading.Event()
    for _ in range(6000):
        if so(register.backlog()):
            return
        waiting.wait(0.01)
    raise AssertionError(register.backlog())


def until_delivered(register: Register) -> None:
    until(register, lambda now: now.waiting == now.spooled == 0 and now.away_since is None)


def ids(stories: Stories) -> list[str]:
    """Every call in the register, each as often as it is there."""
    return sorted(call.id for call in stories.calls(limit=10_000))


def calls(count: int, **changes: object) -> list[Row]:
    return [rows.call(f"1.{number:04}", **changes) for number in range(count)]


def files(spool: Spool) -> list[Path]:
    return list(spool.folder.iterdir()) if spool.folder.exists() else []


def test_a_database_that_works_needs_no_spool(register: Register, spool: Spool, stories: Stories) -> None:
    register.put(*calls(50))
    register.flush()
    assert len(ids(stories)) == 50
    assert not spool.folder.exists()


OUTAGES: dict[str, Callable[[Database], AbstractContextManager[None]]] = {
    "away": outages.away,
    "locked": outages.locked,
    "slow": lambda database: outages.slow(database, 0.2),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_rows_are_accepted_while_the_database_does_not_take_them_and_come_to_it_once(
    database: Database, register: Register, spool: Spool, stories: Stories, outage: str
) -> None:
    register.put(rows.call("0.1"))
    register.flush()
    with OUTAGES[outage](database):
        register.put(*calls(200, ended=None, end=None, intent=None))
        register.flush()
        assert register.backlog().waiting == 0
        register.put(*calls(200, intent="complaint"))
        register.put(*calls(5, name="Anna"))  # written again, changed
        register.flush()
        assert files(spool)
    until_delivered(register)
    assert ids(stories) == ["0.1", *(f"1.{number:04}" for number in range(200))]
    found = sorted(stories.calls(limit=10_000), key=lambda call: call.id)[1:]
    assert [call.name for call in found[:6]] == ["Anna"] * 5 + ["Иван"]
    assert {call.intent for call in found[5:]} == {"complaint"}
    assert files(spool) == []
    assert register.backlog().refused == register.backlog().overflowed == 0


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_server_that_stands_still_holds_up_nobody(database: Database, register: Register, stories: Stories) -> None:
    register.put(rows.call("0.1"))
    register.flush()
    with outages.stopped(database):
        for row in calls(300):
            register.put(row)
        register.flush()
        assert register.backlog().spooled >= 300
    until_delivered(register)
    assert ids(stories) == ["0.1", *(f"1.{number:04}" for number in range(300))]


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_server_that_is_killed_gets_every_row_when_it_is_back(
    database: Database, register: Register, stories: Stories
) -> None:
    for number, row in enumerate(calls(300)):
        register.put(row)
        register.flush()
        if number == 150:
            outages.kill(database)
    until_delivered(register)
    assert ids(stories) == [f"1.{number:04}" for number in range(300)]


def test_the_last_word_on_a_call_stays_the_last_through_many_outages(
    impatient: Database, register: Register, stories: Stories
) -> None:
    last = {}
    for outage in range(8):
        with outages.away(impatient):
            for number in range(10):
                last[number] = rows.call(f"1.{number}", ended=None, end=None, intent=f"{outage}-{number}")
                register.put(last[number])
            register.flush()
        for number in range(0, 10, 2):
            last[number] = msgspec.structs.replace(last[number], intent=f"between-{outage}")
            register.put(last[number])
    until_delivered(register)
    assert stories.calls() == tuple(last[number] for number in reversed(range(10)))


def test_a_busy_register_comes_out_of_an_outage(impatient: Database, register: Register, stories: Stories) -> None:
    stop = threading.Event()
    count = 0

    def busy() -> None:
        nonlocal count
        while not stop.wait(0.002):
            register.put(rows.call(f"1.{count:05}"))
            count += 1

    caller = threading.Thread(target=busy)
    caller.start()
    with outages.away(impatient):
        until(register, lambda now: now.spooled > 50)
    until(register, lambda now: now.away_since is None and now.spooled == 0)
    stop.set()
    caller.join()
    register.flush()
    until_delivered(register)
    assert len(ids(stories)) == count


class BadDisk(Spool):
    """A spool whose disk fails when told."""

    fails = True

    def append(self, rows: Iterable[Row]) -> list[Refused]:
        if self.fails:
            raise SpoolError("disk: No space left on device")
        return super().append(rows)

    def try_out(self) -> list[Refused]:
        return self.append([])


def test_with_a_full_disk_rows_wait_in_memory_and_it_is_said(
    impatient: Database, tmp_path: Path, stories: Stories
) -> None:
    disk = BadDisk(tmp_path / "spool")
    register = Register(impatient, IMPATIENT, spool=disk)
    with capture_logs() as log:
        with outages.away(impatient):
            register.put(*calls(20))
            until(register, lambda now: now.spool_fault is not None)
            with pytest.raises(TimeoutError, match="20 rows"):
                register.flush(0.1)
            assert register.backlog().waiting == 20
            assert register.backlog().spool_fault == "disk: No space left on device"
        register.flush()
        assert register.backlog().spool_fault is not None, "the disk is as full as before"
        disk.fails = False
        until(register, lambda now: now.spool_fault is None)
    register.close()
    assert len(ids(stories)) == 20
    told = [(line["log_level"], line["event"]) for line in log if line["log_level"] in ("error", "info")]
    assert sorted(told) == [
        ("error", "register away, its rows wait"),
        ("error", "spool takes no rows, they wait in memory only"),
        ("info", "register back"),
        ("info", "spool takes rows again"),
    ]


def test_a_row_that_waits_behind_a_spooled_one_does_not_overtake_it(
    database: Database, tmp_path: Path, stories: Stories
) -> None:
    """The one thread was about to take what waits, when the other one spooled it, and then the disk was full."""
    disk = BadDisk(tmp_path / "spool")
    disk.fails = False
    register = Register(database, Pace(gather=0.5, patience=0.05), spool=disk)
    row = rows.call("1.1", ended=None, end=None, intent="first")
    register.put(row)
    until(register, lambda now: now.spooled == 1)
    disk.fails = True
    register.put(msgspec.structs.replace(row, intent="second"))
    register.flush()
    until_delivered(register)
    register.close()
    assert [call.intent for call in stories.calls()] == ["second"]


def test_a_disk_that_has_room_again_takes_what_waits(impatient: Database, tmp_path: Path) -> None:
    disk = BadDisk(tmp_path / "spool")
    register = Register(impatient, IMPATIENT, spool=disk)
    with outages.away(impatient):
        register.put(*calls(20))
        until(register, lambda now: now.spool_fault is not None)
        disk.fails = False
        register.flush()
        assert register.backlog().spooled == 20
        assert register.backlog().spool_fault is None
        assert register.close() == ()


def test_the_memory_is_bounded_when_neither_database_nor_disk_takes_rows(impatient: Database, tmp_path: Path) -> None:
    disk = BadDisk(tmp_path / "spool")
    register = Register(impatient, msgspec.structs.replace(IMPATIENT, limit=10), spool=disk)
    with outages.away(impatient):
        register.put(*calls(25))
        until(register, lambda now: now.away_since is not None and now.waiting == 10)
        assert register.backlog().overflowed == 15
        assert len(register.close(timeout=0.2)) == 10


def test_closing_spools_what_the_database_does_not_take_and_the_next_process_delivers_it(
    database: Database, spool: Spool, stories: Stories
) -> None:
    register = Register(database, IMPATIENT, spool=spool)
    register.put(rows.call("0.1"))
    register.flush()
    with outages.locked(database):
        register.put(*calls(20))
        assert register.close(timeout=0.05) == ()
    following = Register(database, IMPATIENT, spool=Spool(spool.folder))
    following.start()
    until(following, lambda now: len(ids(stories)) == 21)
    assert following.close() == ()
    assert register.close() == ()  # its thread has come back from the lock


def test_what_is_spooled_earlier_is_delivered_before_what_comes_now(
    database: Database, spool: Spool, stories: Stories
) -> None:
    earlier = rows.call("1.1", ended=None, end=None, intent="earlier")
    spool.append([earlier])
    spool.close()
    register = Register(database, IMPATIENT, spool=Spool(spool.folder))
    register.put(msgspec.structs.replace(earlier, intent="now"))
    register.flush()
    until_delivered(register)
    register.close()
    assert [call.intent for call in stories.calls()] == ["now"]


def test_a_row_that_nobody_can_store_holds_up_no_spool(
    impatient: Database, register: Register, stories: Stories
) -> None:
    with outages.away(impatient):
        register.put(rows.call("1.1"), rows.call("bad", cause=2**63), rows.call("worse", dialled=object()))
        register.put(rows.call("1.2"))
        register.flush()
    until_delivered(register)
    assert ids(stories) == ["1.1", "1.2"]
    assert register.backlog().refused == 2


DELIVERS = """
import os, signal, sys
from pathlib import Path
from db.database import connect
from db.register import Pace, Register
from db.writing.segment import Segment
from db.writing.spool import Spool
from db.writing.batch import Writer

url, folder, place = sys.argv[1:]
writes = 0
write, remove = Writer.write, Segment.remove

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def write_and_die(self, batch):
    global writes
    writes += 1
    if (place, writes) == ("before the second batch", 2):
        die()
    refused = write(self, batch)
    if (place, writes) == ("after the first batch", 1):
        die()
    return refused

def remove_and_die(self):
    if place == "before the deletion":
        die()
    remove(self)
    if place == "after the deletion":
        die()

Writer.write, Segment.remove = write_and_die, remove_and_die
register = Register(connect(url), Pace(batch=7), spool=Spool(Path(folder)))
register.start()
signal.pause()
"""
PLACES = ["after the first batch", "before the second batch", "before the deletion", "after the deletion"]


@pytest.mark.parametrize("place", PLACES)
def test_a_kill_while_delivering_leaves_each_row_once(
    migrated_url: str, database: Database, spool: Spool, stories: Stories, place: str
) -> None:
    spool.append(calls(20))
    spool.close()
    killed = subprocess.run([sys.executable, "-c", DELIVERS, migrated_url, spool.folder, place], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    register = Register(database, IMPATIENT, spool=Spool(spool.folder))
    register.start()
    until(register, lambda now: len(ids(stories)) == 20 and not files(spool))
    register.close()
    assert ids(stories) == [f"1.{number:04}" for number in range(20)]


PUTS_UNTIL_KILLED = """
import itertools, sys
from pathlib import Path
from db.database import connect
from db.register import Pace, Register
from db.writing.spool import Spool
from tests.integration import rows

register = Register(connect(sys.argv[1]), Pace(patience=0.01), spool=Spool(Path(sys.argv[2])))
for number in itertools.count():
    register.put(rows.call(f"1.{number}"))
    register.flush()
    print(number, file=sys.stderr, flush=True)
"""


def test_what_was_accepted_while_the_database_was_locked_survives_kill_9(
    migrated_url: str, database: Database, spool: Spool, stories: Stories
) -> None:
    command: list[str | Path] = [sys.executable, "-c", PUTS_UNTIL_KILLED, migrated_url, spool.folder]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        accepted = [int(process.stderr.readline()) for _ in range(10)]
        with outages.locked(database):
            accepted += [int(process.stderr.readline()) for _ in range(20)]
            process.send_signal(signal.SIGKILL)
            accepted += [int(line) for line in process.stderr.read().splitlines()]
    register = Register(database, IMPATIENT, spool=spool)
    register.start()
    until(register, lambda now: {f"1.{number}" for number in accepted} <= set(ids(stories)) and not files(spool))
    register.close()
    assert len(ids(stories)) <= len(accepted) + 1


def test_a_register_that_is_never_used_costs_no_thread(database: Database, spool: Spool) -> None:
    before = threading.active_count()
    register = Register(database, spool=spool)
    assert threading.active_count() == before
    assert register.close() == ()


def test_a_child_process_has_a_register_of_its_own(database: Database, spool: Spool, stories: Stories) -> None:
    """As the stand-in does it: forked per call, with a spool that adopts nothing."""
    child = os.fork()
    if child == 0:
        database.engine.dispose(close=False)
        register = Register(database, IMPATIENT, spool=Spool(spool.folder, adopt=False))
        register.put(rows.call("1.1"))
        os._exit(len(register.close()))
    assert os.waitpid(child, 0)[1] == 0
    assert ids(stories) == ["1.1"]


def test_putting_never_waits(database: Database, register: Register) -> None:
    with outages.locked(database):
        for row in calls(1000):
            register.put(row)  # a locked statement would take for ever
        register.flush()
