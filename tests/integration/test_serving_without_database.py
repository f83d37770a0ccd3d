"""Calls while the database is away, from the first one of an engine that starts without it."""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from db.copying import Pace as CopyPace
from db.copying import renew
from db.database import Database, connect, opened
from db.directory import Directory
from db.errors import SchemaTooNewError, UnreachableError
from db.lookup import Limits, LookUp
from db.register import Pace, Register
from db.snapshot import Snapshot
from db.stories import Stories
from db.writing.spool import Spool
from routing.facts import Caller, Customer
from tests.integration import outages, rows
from tests.integration.conftest import Import
from tests.until import until

KNOWN, OTHER, NOBODYS = "+79160000101", "+79160000102", "+79160000109"
PATIENT = Limits(deadline=30, snapshot_deadline=30, staff_every=0.01)
SOON = Limits(deadline=0.05, snapshot_deadline=30, failures=3, try_every=3600)
IMPATIENT = Pace(gather=0.0, rest=0.0, first_pause=0.01, longest_pause=0.02, adopt_every=0.05)


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    snapshot = Snapshot(tmp_path / "snapshot")
    yield snapshot
    snapshot.close()


@pytest.fixture
def directory(database: Database, people_from: Import, customers_from: Import, snapshot: Snapshot) -> Directory:
    people_from("id,name,role\nanna,Anna Orlova,head\n")
    customers_from(f"id,name,type,numbers\nc1,A,key,{KNOWN}\nc2,B,key,{OTHER}\n")
    directory = Directory(database)
    renew(database, snapshot, CopyPace(share=1.0))
    snapshot.save_staff(directory.read_staff())
    return directory


class Asked(Directory):
    """A directory that counts questions, and whose database fails or hangs when told."""

    asked = 0
    fails = False
    takes = 0.0

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.answered = threading.Semaphore(0)

    def customer(self, number: str | None) -> Customer | None:
        self.asked += 1
        time.sleep(self.takes)
        try:
            if self.fails:
                raise ConnectionError("the database is gone")
            return super().customer(number)
        finally:
            self.answered.release()


@pytest.fixture
def asked(directory: Directory, database: Database) -> Iterator[Asked]:
    asked = Asked(database)
    yield asked
    for _ in range(asked.asked):  # nobody asks any more when the database is closed
        asked.answered.acquire()


async def until_looked_up_now(lookup: LookUp) -> None:
    for _ in range(3000):
        if (await lookup.caller(KNOWN)).looked_up == "now":
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the database is not asked again")


async def test_the_snapshot_answers_for_a_database_that_fails(
    directory: Directory, asked: Asked, snapshot: Snapshot
) -> None:
    lookup = LookUp(asked, PATIENT, snapshot=snapshot)
    asked.fails = True
    caller = await lookup.caller(KNOWN)
    assert (caller.customer, caller.looked_up) == (directory.customer(KNOWN), "earlier")
    assert 0 <= caller.age < 600
    stranger = await lookup.caller(NOBODYS)
    assert (stranger.customer, stranger.looked_up) == (None, "earlier")
    assert lookup.unanswered == 2


async def test_of_memory_and_snapshot_the_younger_one_answers(asked: Asked, snapshot: Snapshot) -> None:
    lookup = LookUp(asked, PATIENT, snapshot=snapshot)
    os.utime(snapshot.customers_file, (time.time() - 3600, time.time() - 3600))
    await lookup.caller(KNOWN)
    asked.fails = True
    assert (await lookup.caller(KNOWN)).age < 600
    assert (await lookup.caller(OTHER)).age >= 3600


async def test_a_damaged_snapshot_leaves_what_was_known(asked: Asked, snapshot: Snapshot) -> None:
    lookup = LookUp(asked, PATIENT, snapshot=snapshot)
    await lookup.caller(KNOWN)
    await asyncio.sleep(0.15)  # so that the snapshot will be the younger one
    asked.fails = True
    snapshot.customers_file.write_bytes(b"SQLite format 3\0 and nothing more")
    assert (await lookup.caller(KNOWN)).customer is not None
    assert await lookup.caller(OTHER) == Caller(number=OTHER, looked_up="not")


async def test_after_three_failures_calls_no_longer_wait_for_the_database(asked: Asked, snapshot: Snapshot) -> None:
    lookup = LookUp(asked, SOON, snapshot=snapshot)
    asked.takes = 0.2
    callers = [await lookup.caller(KNOWN) for _ in range(20)]
    assert {caller.looked_up for caller in callers} == {"earlier"}
    assert asked.asked == 3


async def test_an_answer_ends_the_waiting(asked: Asked, snapshot: Snapshot) -> None:
    lookup = LookUp(asked, Limits(deadline=30, failures=1, try_every=0.05), snapshot=snapshot)
    asked.fails = True
    assert (await lookup.caller(KNOWN)).looked_up == "earlier"
    asked.fails = False
    await until_looked_up_now(lookup)
    assert (await lookup.caller(KNOWN)).looked_up == "now"


async def test_the_staff_on_disk_is_the_staff_as_last_seen(
    directory: Directory, asked: Asked, snapshot: Snapshot
) -> None:
    lookup = LookUp(asked, PATIENT, snapshot=snapshot)
    await lookup.start()
    watching = asyncio.create_task(lookup.watch())
    directory.set_away("anna", "lunch")
    await until(lambda: snapshot.read_staff().duties)
    watching.cancel()
    await lookup.start()  # its thread is free, so nobody reads any more
    assert snapshot.read_staff() == directory.read_staff()


async def test_a_disk_that_takes_no_snapshot_costs_no_start(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    lookup = LookUp(asked, PATIENT, snapshot=Snapshot(tmp_path / "file" / "snapshot"))
    assert [person.id for person in (await lookup.start()).people] == ["anna"]


@pytest.fixture
def unseen(migrated_url: str) -> Iterator[Database]:
    """The database as a new process has it: not asked yet."""
    database = opened(migrated_url)
    yield database
    database.close()


async def test_an_engine_that_starts_without_database_serves_and_catches_up(
    directory: Directory, database: Database, unseen: Database, snapshot: Snapshot, tmp_path: Path
) -> None:
    lookup = LookUp(Directory(unseen), PATIENT, snapshot=snapshot)
    register = Register(unseen, IMPATIENT, spool=Spool(tmp_path / "spool"))
    with outages.gone(database):
        staff = await lookup.start()
        assert [person.id for person in staff.people] == ["anna"]
        caller = await lookup.caller(KNOWN)
        assert (caller.customer and caller.customer.id, caller.looked_up) == ("c1", "earlier")
        register.put(rows.call("1.1"))
        await asyncio.to_thread(register.flush)
        assert register.backlog().spooled == 1
    await until_looked_up_now(lookup)
    await until(Stories(database).calls)
    assert Stories(database).calls() == (rows.call("1.1"),)
    assert register.close() == ()


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_server_that_stands_still_holds_up_no_start(
    directory: Directory, database: Database, unseen: Database, snapshot: Snapshot
) -> None:
    lookup = LookUp(Directory(unseen), Limits(start_deadline=0.2), snapshot=snapshot)
    with outages.stopped(database), capture_logs() as log:
        assert [person.id for person in (await lookup.start()).people] == ["anna"]
    assert [line["event"] for line in log] == ["database away, started with the snapshot of the directory"]
    await lookup.start()


async def test_the_first_start_of_all_without_database_says_what_is_wrong(
    database: Database, unseen: Database, snapshot: Snapshot
) -> None:
    with outages.gone(database), pytest.raises(UnreachableError, match=r"connect|open|not"):
        await LookUp(Directory(unseen), PATIENT, snapshot=snapshot).start()


async def test_a_database_of_a_later_version_is_not_touched_though_there_is_a_snapshot(
    directory: Directory, database: Database, unseen: Database, snapshot: Snapshot, tmp_path: Path
) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNewError):
        await LookUp(Directory(unseen), PATIENT, snapshot=snapshot).start()
    register = Register(unseen, IMPATIENT, spool=Spool(tmp_path / "spool"))
    register.put(rows.call("1.1"))
    await asyncio.to_thread(register.flush)
    assert register.backlog().spooled == 1
    assert register.close() == ()
    assert Stories(database).calls() == ()


def test_the_first_who_asks_brings_the_schema(url: str) -> None:
    database = opened(url)
    assert Stories(database).calls() == ()
    database.close()


def test_who_trusts_another_process_brings_no_schema(url: str, tmp_path: Path) -> None:
    database = opened(url, check_schema=False)
    with pytest.raises(Exception, match=r"calls|unable to open"):
        Stories(database).calls()
    database.close()
    assert not list(tmp_path.glob("*.sqlite")), "it would be readable for everybody"
    connect(url).close()
    database = opened(url, check_schema=False)
    assert Stories(database).calls() == ()
    database.close()
