"""One database behind one URL: SQLite in a file, or PostgreSQL through psycopg.

SQLite runs with ``journal_mode=WAL``, so that reading never waits for writing, and ``synchronous=FULL``: a commit
returns once the log is on the disk, so what was accepted survives the end of this process (``kill -9``), of the machine
and of its power. (NORMAL would do for the process alone: the kernel keeps what was written; after a power cut the last
commits could be missing.) FULL costs one fsync per commit, which the register pays once per batch. PostgreSQL does the
same by default.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import DeclarativeBase

from db.errors import AddressError, UnreachableError, first_line
from db.schema import bring_to_head

BUSY_SECONDS = 10.0
"""How long a writer waits for another one on SQLite before it is told "locked"; the register then tries again."""
CONNECT_SECONDS = 5
_WAL_TRIES = 50
_POOL: dict[str, Any] = {"pool_size": 8, "pool_timeout": 5, "hide_parameters": True}
"""Parameters are kept out of error messages: debts and codes are among them (D26)."""

Upsert = postgresql.Insert | sqlite.Insert


class Database:
    """A pool of connections, for any number of threads. Made by `connect`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection where every statement stands alone: no transaction is opened, which spares the round trips."""
        with self.engine.connect() as connection:
            yield _without_transaction(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection within a transaction: committed at the end, rolled back on an error."""
        with self.engine.connect() as connection, as_writer(connection):
            yield connection

    def upsert(self, table: type[DeclarativeBase]) -> Upsert:
        """An INSERT for this database, which knows ``on_conflict_do_update``."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def close(self) -> None:
        """Close the connections that are not in use; the others close when they are given back."""
        self.engine.dispose()


def connect(url: str) -> Database:
    """Open the database and bring it to the newest schema; two programs may do so at once.

    ``postgresql://user@host/name`` or, as `file_url` makes it, ``sqlite:///relative`` and ``sqlite:////absolute``: the
    file is made, for its owner only; its folder must be there. Raises the kinds of `db.errors.DatabaseError`.
    """
    address = _address(url)
    database = Database(_sqlite(address) if address.drivername == "sqlite" else _postgresql(address))
    try:
        with database.writing() as connection:
            bring_to_head(connection)
    except DBAPIError as error:
        database.close()
        raise UnreachableError(f"{address.render_as_string()}: {first_line(error)}") from error
    except BaseException:
        database.close()
        raise
    return database


def attach(url: str) -> Database:
    """The database as it stands, whose schema somebody else has brought to the newest; nothing is asked of it yet.

    So it can be had while the database is away. Raises `AddressError`.
    """
    address = _address(url)
    return Database(_sqlite_pool(address) if address.drivername == "sqlite" else _postgresql(address))


def file_url(path: Path) -> str:
    """The URL of an SQLite file, whatever characters are in its path."""
    return URL.create("sqlite", database=str(path)).render_as_string()


@contextmanager
def as_writer(connection: Connection) -> Iterator[None]:
    """A transaction that may write; on SQLite it takes the writer's place at once.

    A transaction that began by reading would be refused there, without waiting, if another one wrote in between.
    """
    connection.execution_options(begin="BEGIN IMMEDIATE")
    with connection.begin():
        yield


def _without_transaction(connection: Connection) -> Connection:
    if connection.dialect.name == "sqlite":
        return connection
    return connection.execution_options(isolation_level="AUTOCOMMIT")


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise AddressError(f"not a database URL: {url!r}") from error
    match address.get_backend_name():
        case "sqlite" if address.database and address.database != ":memory:":
            return address.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return address.set(drivername="postgresql+psycopg")
    raise AddressError(f"not a database for us: {url!r}; use sqlite:///FILE or postgresql://USER@HOST/NAME")


def _postgresql(address: URL) -> Engine:
    # A machine that vanished is noticed within seconds, not after the kernel's two hours.
    network = {"connect_timeout": CONNECT_SECONDS, "keepalives_idle": 10, "tcp_user_timeout": 10_000}
    return create_engine(address, **_POOL, pool_pre_ping=True, skip_autocommit_rollback=True, connect_args=network)


def _sqlite(address: URL) -> Engine:
    _make_file(Path(str(address.database)))
    return _sqlite_pool(address)


def _sqlite_pool(address: URL) -> Engine:
    engine = create_engine(address, **_POOL, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_file(path: Path) -> None:
    """For its owner only: debts and codes are in it (D26). SQLite gives its log files the same mode."""
    try:
        path.touch(mode=0o600)
        _use_wal(path)
    except (OSError, sqlite3.Error) as error:
        raise UnreachableError(f"{path}: {error}") from error


def _use_wal(path: Path) -> None:
    """Set once, for the file stays so. SQLite does not wait for a lock here, hence the loop."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        for attempt in range(_WAL_TRIES):
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or attempt == _WAL_TRIES - 1:
                    raise
                time.sleep(0.1)
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: Python's module knows no BEGIN IMMEDIATE
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    begin = connection.get_execution_options().get("begin")
    if begin:
        connection.exec_driver_sql(begin)
