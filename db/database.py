"""One database behind one URL: SQLite in a file, or PostgreSQL through psycopg.

SQLite runs with ``journal_mode=WAL``, so that reading never waits for writing, and ``synchronous=FULL``: a commit
returns once the log is on the disk, so what was accepted survives the end of this process (``kill -9``), of the machine
and of its power. (NORMAL would do for the process alone: the kernel keeps what was written; after a power cut the last
commits could be missing.) FULL costs one fsync per commit, which the register pays once per batch. PostgreSQL does the
same by default.
"""

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import DeclarativeBase

from db.errors import AddressError, UnreachableError, first_line
from db.schema import bring_to_head

BUSY_SECONDS = 10.0
"""How long a writer waits for another one on SQLite before it is told "locked"; the register then tries again."""
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
"""After which PostgreSQL gives a statement up, so that a lock which nobody lets go binds no connection for ever."""
_WAL_TRIES = 50
_CACHE_KIBIBYTES = 256
"""Of a connection's own cache; 2000 is usual. It is void whenever another connection has written, so it spares little,
while one for each thread would grow with the register."""
_POOL: dict[str, Any] = {"pool_size": 8, "pool_timeout": 5, "hide_parameters": True}
"""Parameters are kept out of error messages: debts and codes are among them (D26)."""

Upsert = postgresql.Insert | sqlite.Insert


class Database:
    """A pool of connections, for any number of threads. Made by `connect`, `opened` or `frozen`."""

    def __init__(self, engine: Engine, *, schema_checked: bool = True) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._schema_checked = schema_checked
        self._checking = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection where every statement stands alone: no transaction is opened, which spares the round trips."""
        self.check_schema()
        with self.engine.connect() as connection:
            yield _without_transaction(connection)

    @contextmanager
    def reading_together(self) -> Iterator[Connection]:
        """A connection whose statements all see the database as it was at the first; nobody waits for it."""
        self.check_schema()
        with self.engine.connect() as connection:
            options = {"begin": "BEGIN"} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            connection.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection within a transaction: committed at the end, rolled back on an error."""
        self.check_schema()
        with self.engine.connect() as connection, as_writer(connection):
            yield connection

    def check_schema(self) -> None:
        """Bring the database to the newest schema, unless that was done; two programs may do so at once.

        Raises UnreachableError, and SchemaTooNewError: such a database is not touched.
        """
        if self._schema_checked:
            return
        with self._checking:
            if not self._schema_checked:
                self._bring_to_head()
                self._schema_checked = True

    def _bring_to_head(self) -> None:
        url = self.engine.url
        if self.is_sqlite:
            _make_file(Path(str(url.database)))
        try:
            with self.engine.connect() as connection, as_writer(connection):
                unhurried(connection)
                bring_to_head(connection)
        except DBAPIError as error:
            raise UnreachableError(f"{url.render_as_string()}: {first_line(error)}") from error

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
    database = opened(url)
    try:
        database.check_schema()
    except BaseException:
        database.close()
        raise
    return database


def opened(url: str, *, check_schema: bool = True) -> Database:
    """The database, be it there or not: nothing is asked of it yet. Raises AddressError.

    Whoever reads or writes first brings it to the newest schema, and gets what `Database.check_schema` raises as long
    as that cannot be done. Without ``check_schema`` another process is trusted to have done so.
    """
    address = _address(url)
    engine = _sqlite(address) if address.drivername == "sqlite" else _postgresql(address)
    return Database(engine, schema_checked=not check_schema)


def frozen(path: Path) -> Database:
    """An SQLite file that nobody changes any more. It is read without locks; nothing is written beside it."""
    engine = create_engine(URL.create("sqlite", database=str(path)), **_POOL)
    event.listen(engine, "do_connect", partial(_connect_by_uri, "immutable=1"))
    return Database(engine)


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


def unhurried(connection: Connection) -> None:
    """Let a transaction's statements take their time, such as the merge of a million customers."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def _without_transaction(connection: Connection) -> Connection:
    if connection.dialect.name == "sqlite":
        return connection
    return connection.execution_options(isolation_level="AUTOCOMMIT")


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError, with parts of the password in it
        raise AddressError(f"not a database URL: {_without_password(url)!r}") from None
    match address.get_backend_name():
        case "sqlite" if address.database and address.database != ":memory:":
            return address.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return address.set(drivername="postgresql+psycopg")
    shown = _without_password(url)
    raise AddressError(f"not a database for us: {shown!r}; use sqlite:///FILE or postgresql://USER@HOST/NAME")


def _without_password(url: str) -> str:
    """What may be shown of a URL, be it one or not: all between a user and the last @ is taken for the password."""
    return re.sub(r"(//[^:/@]*):.*@", r"\1:***@", url)


def _postgresql(address: URL) -> Engine:
    # A machine that vanished is noticed within seconds, not after the kernel's two hours.
    network = {
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "tcp_user_timeout": 10_000,
        "options": f"-c statement_timeout={STATEMENT_SECONDS}s {address.query.get('options', '')}",
    }
    return create_engine(address, **_POOL, pool_pre_ping=True, skip_autocommit_rollback=True, connect_args=network)


def _sqlite(address: URL) -> Engine:
    engine = create_engine(address, **_POOL, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "do_connect", partial(_connect_by_uri, "mode=rw"))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _connect_by_uri(how: str, _dialect: Any, _record: Any, where: list[str], options: dict[str, Any]) -> None:
    """Open the file in this way. None is made here: it would be readable for everybody, see `_make_file`."""
    where[0] = f"file:{quote(where[0])}?{how}"
    options["uri"] = True


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
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIBIBYTES}")


def _begin(connection: Connection) -> None:
    begin = connection.get_execution_options().get("begin")
    if begin:
        connection.exec_driver_sql(begin)
