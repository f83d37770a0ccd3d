"""The directory's snapshot: the same answers as the directory's, whole, private, and of a known age."""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from structlog.testing import capture_logs

from db.copying import Pace, copy_customers, keep_snapshot, renew
from db.database import Database
from db.directory import Directory
from db.errors import SnapshotError
from db.snapshot import Snapshot, replacing
from db.tables import CustomerNumbers, Customers, Versions
from tests.integration import outages
from tests.integration.conftest import Import
from tests.until import until

KNOWN, OTHER, NOBODYS = "+79160000101", "+79160000102", "+79160000109"
CUSTOMERS = f"""id,name,type,numbers,manager,overdue,balance,limit,language,code
c1,Ромашка,key,{KNOWN},anna,10.50,200,1000,ru,1234
c2,B,market,{OTHER},,,,,,
"""
AT_ONCE = Pace(pause=0.0, page=2, share=1.0, look_every=0.01)


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    snapshot = Snapshot(tmp_path / "snapshot")
    yield snapshot
    snapshot.close()


@pytest.fixture
def directory(database: Database, people_from: Import, customers_from: Import) -> Directory:
    people_from("id,name,role,leave\nanna,Anna Orlova,head,2026-12-01..2026-12-14\nboris,Boris,operator,\n")
    assert customers_from(CUSTOMERS).mistakes == ()
    directory = Directory(database)
    directory.set_away("boris", "lunch")
    return directory


def test_it_answers_as_the_directory_does(directory: Directory, database: Database, snapshot: Snapshot) -> None:
    assert renew(database, snapshot, AT_ONCE)
    snapshot.save_staff(directory.read_staff())
    for number in (KNOWN, OTHER, NOBODYS, None):
        assert snapshot.customer(number) == directory.customer(number)
    assert snapshot.customer(KNOWN) is not None
    assert snapshot.read_staff() == directory.read_staff()
    assert snapshot.staff() == directory.staff()
    assert snapshot.customers_version() == directory.customers_version() == 1


def test_only_the_owner_can_read_it(directory: Directory, database: Database, snapshot: Snapshot) -> None:
    renew(database, snapshot, AT_ONCE)
    snapshot.save_staff(directory.read_staff())
    snapshot.customer(KNOWN)
    folder = snapshot.customers_file.parent
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert {path.name for path in folder.iterdir()} >= {"customers.sqlite", "staff.json"}
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o600"}


def test_where_there_is_none_it_says_so(snapshot: Snapshot) -> None:
    for ask in (snapshot.read_staff, snapshot.customers_version, lambda: snapshot.customer(KNOWN)):
        with pytest.raises(SnapshotError, match="there is no snapshot"):
            ask()
    assert snapshot.age() is None
    assert not snapshot.has_staff()


def test_a_damaged_one_is_named_and_made_anew(directory: Directory, database: Database, snapshot: Snapshot) -> None:
    snapshot.save_staff(directory.read_staff())
    snapshot.staff_file.write_bytes(b'{"version": 1, "peo')
    snapshot.customers_file.write_bytes(b"SQLite format 3\0 and nothing more")
    with pytest.raises(SnapshotError, match=r"staff\.json"):
        snapshot.read_staff()
    with pytest.raises(SnapshotError, match=r"customers\.sqlite: .*database"):
        snapshot.customer(KNOWN)
    assert renew(database, snapshot, AT_ONCE)
    assert snapshot.customer(KNOWN) == directory.customer(KNOWN)


def test_it_is_renewed_by_an_import_by_age_and_not_otherwise(
    directory: Directory, database: Database, snapshot: Snapshot, customers_from: Import
) -> None:
    assert renew(database, snapshot, AT_ONCE)
    assert not renew(database, snapshot, AT_ONCE)
    customers_from(f"id,name,type,numbers\nc3,C,key,{NOBODYS}\n")
    assert not renew(database, snapshot, Pace(pause=3600)), "too soon after the one before"
    assert renew(database, snapshot, AT_ONCE)
    assert snapshot.customer(NOBODYS) == directory.customer(NOBODYS)
    then = time.time() - 7200
    os.utime(snapshot.customers_file, (then, then))
    age = snapshot.age()
    assert age is not None
    assert age >= 7200
    assert renew(database, snapshot, AT_ONCE)


def test_two_engines_do_not_copy_at_once(directory: Directory, database: Database, snapshot: Snapshot) -> None:
    with replacing(snapshot.customers_file, wait=False) as draft:
        assert not renew(database, snapshot, AT_ONCE)
        draft.write_bytes(b"of the other one")
    assert snapshot.customers_file.read_bytes() == b"of the other one"
    assert renew(database, snapshot, AT_ONCE)


def test_a_copy_that_fails_leaves_the_one_before(
    directory: Directory, database: Database, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: float) -> None:
        raise OSError("No space left on device")

    renew(database, snapshot, AT_ONCE)
    with monkeypatch.context() as patched:
        patched.setattr("db.copying.time.sleep", stop)
        with pytest.raises(OSError, match="space"):
            copy_customers(database, snapshot.customers_file, AT_ONCE)
    assert snapshot.customer(KNOWN) == directory.customer(KNOWN)
    copy_customers(database, snapshot.customers_file, AT_ONCE)


def test_staff_that_has_not_changed_is_not_written_again(directory: Directory, snapshot: Snapshot) -> None:
    """Every call of the stand-in reads the staff."""
    snapshot.save_staff(directory.read_staff())
    before = snapshot.staff_file.stat().st_ino
    snapshot.save_staff(directory.read_staff())
    assert snapshot.staff_file.stat().st_ino == before


def test_an_import_with_mistakes_changes_no_version(directory: Directory, customers_from: Import) -> None:
    before = directory.customers_version()
    assert customers_from("id,name,type\nc9,X,unheard_of\n").mistakes
    assert directory.customers_version() == before


def test_many_pages_are_copied_whole(database: Database, snapshot: Snapshot) -> None:
    many = 1203
    with database.writing() as connection:
        connection.execute(insert(Customers), [{"id": f"c{n}", "name": "A", "type": "key"} for n in range(many)])
        connection.execute(insert(CustomerNumbers), [{"number": f"+7{n}", "customer": f"c{n}"} for n in range(many)])
        versions = len(connection.execute(select(Versions.name)).all())
    pace = Pace(page=100, share=1.0)
    assert copy_customers(database, snapshot.customers_file, pace) == 2 * many + versions
    found = [snapshot.customer(f"+7{n}") for n in range(many)]
    assert [customer.id for customer in found if customer] == [f"c{n}" for n in range(many)]


def test_what_changes_while_it_is_copied_is_not_half_in_it(
    directory: Directory, database: Database, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy rests between two pages, and just then an import moves a number from one customer to another."""
    moved = threading.Event()

    def move(_: float) -> None:
        if not moved.is_set():
            moved.set()
            with database.writing() as connection:
                connection.execute(delete(CustomerNumbers))

    monkeypatch.setattr("db.copying.time.sleep", move)
    copy_customers(database, snapshot.customers_file, AT_ONCE)
    assert moved.is_set()
    assert directory.customer(KNOWN) is None
    assert snapshot.customer(KNOWN) is not None


def test_who_copies_keeps_no_writer_waiting(database: Database, snapshot: Snapshot) -> None:
    with database.reading_together() as reader:
        reader.execute(select(Customers.id)).all()
        with database.writing() as writer:
            writer.execute(insert(Customers), [{"id": "c1", "name": "A", "type": "key"}])
        assert reader.execute(select(Customers.id)).all() == []


async def test_it_is_kept_fresh_and_a_database_that_is_away_is_said_once(
    directory: Directory, impatient: Database, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[bool] = []

    def renew_and_tell(*given: Any) -> bool:
        under_way.append(True)
        try:
            return renew(*given)
        finally:
            under_way.pop()

    monkeypatch.setattr("db.copying.renew", renew_and_tell)
    with capture_logs() as log:
        keeping = asyncio.create_task(keep_snapshot(impatient, snapshot, AT_ONCE))
        await until(snapshot.customers_file.exists)
        if not impatient.is_sqlite:  # which can always be read
            with outages.away(impatient):
                await until(lambda: [line for line in log if line["log_level"] == "error"])
                await asyncio.sleep(0.1)
            await until(lambda: [line for line in log if "again" in line["event"]])
            assert sum(line["log_level"] == "error" for line in log) == 1
        keeping.cancel()
        await until(lambda: not under_way)
    assert snapshot.customer(KNOWN) == directory.customer(KNOWN)
