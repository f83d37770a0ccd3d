"""Copying the customers into the snapshot: in the background, a few at a time, with rests in between for the calls."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import structlog
from sqlalchemy import URL, Connection, Table, create_engine, insert, select
from sqlalchemy.schema import CreateTable

from db.alarm import Alarm
from db.database import Database
from db.directory import Directory
from db.errors import SnapshotError
from db.snapshot import Snapshot, replacing
from db.tables import Tables
from db.threads import Threads

COPIED = ("versions", "customers", "customer_numbers")

log = structlog.get_logger()


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """When the customers are copied, and how hurriedly. Times are seconds."""

    look_every: float = 10.0
    """Between two looks whether an import has changed them."""
    pause: float = 60.0
    """Between two copies at least."""
    renew: float = 1800.0
    """After which they are copied anyway: somebody may have changed debts without an import."""
    page: int = 100
    """Rows copied at once: less than what Python lets a thread hold up others for (5 ms)."""
    share: float = 0.25
    """Of a processor's time that copying takes; the rest is for calls."""


async def keep_snapshot(database: Database, snapshot: Snapshot, pace: Pace = Pace()) -> NoReturn:  # noqa: B008 - frozen
    """Keep the customers' snapshot fresh, for ever, in a thread of its own. What fails is said, and tried again."""
    thread = Threads(1, "snapshot")
    alarm = Alarm("directory's snapshot not renewed", "directory's snapshot renewed again")
    while True:
        try:
            await thread.run(partial(renew, database, snapshot, pace))
            alarm.end()
        except Exception as error:  # database and disk may be away at any moment, and calls go on
            alarm.begin(error)
        await asyncio.sleep(pace.look_every)


def renew(database: Database, snapshot: Snapshot, pace: Pace) -> bool:
    """Copy the customers if it is time to; gives whether it was. Raises what database and disk raise."""
    if not _is_due(database, snapshot, pace):
        return False
    began = time.monotonic()
    try:
        rows = copy_customers(database, snapshot.customers_file, pace)
    except BlockingIOError:  # an engine beside this one does it
        return False
    log.info("directory's snapshot written", rows=rows, seconds=round(time.monotonic() - began, 1))
    return True


def _is_due(database: Database, snapshot: Snapshot, pace: Pace) -> bool:
    age = snapshot.age()
    if age is None or age > pace.renew:
        return True
    if age < pace.pause:
        return False
    try:
        return snapshot.customers_version() != Directory(database).customers_version()
    except SnapshotError:  # it is damaged
        return True


def copy_customers(database: Database, file: Path, pace: Pace) -> int:
    """Copy customers, their numbers and the versions, all as of one moment; gives how many rows.

    The file is replaced by the new one once that is whole and on the disk. Raises BlockingIOError while another process
    copies, and what database and disk raise.
    """
    rows = 0
    with (
        replacing(file, wait=False) as draft,
        database.reading_together() as source,
        _written(draft) as target,
    ):
        for table in COPIED:
            for page in _copied(source, target, Tables.metadata.tables[table], pace):
                rows += page
    return rows


def _copied(source: Connection, target: Connection, table: Table, pace: Pace) -> Iterator[int]:
    """Copy page after page, in the order of the key; gives how long each one was."""
    (key,) = table.primary_key
    query = select(table).order_by(key).limit(pace.page)
    target.execute(CreateTable(table))  # without its other indexes: only numbers are looked up here
    page: list[dict[str, Any]] = []
    while not page or len(page) == pace.page:
        began = time.perf_counter()
        after = query.where(key > page[-1][key.name]) if page else query
        page = [dict(row) for row in source.execute(after).mappings()]
        if not page:
            return
        target.execute(insert(table), page)
        yield len(page)
        time.sleep((time.perf_counter() - began) * (1 / pace.share - 1))


@contextmanager
def _written(draft: Path) -> Iterator[Connection]:
    """A transaction in an SQLite file that is written once and then only read."""
    engine = create_engine(URL.create("sqlite", database=str(draft)))
    try:
        with engine.connect() as connection:
            for setting in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF"):  # a torn draft is thrown away
                connection.exec_driver_sql(f"PRAGMA {setting}")
            yield connection
            connection.commit()
    finally:
        engine.dispose()
