"""What may happen to a database while it is in use; each lasts until its block ends."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from sqlalchemy import event

from db.database import Database


@contextmanager
def away(database: Database) -> Iterator[None]:
    """The database refuses to work: locked by another program on SQLite, closed to everybody on PostgreSQL."""
    url = database.engine.url
    if database.is_sqlite:
        other = sqlite3.connect(str(url.database), isolation_level=None, timeout=30)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
        return
    name = str(url.database)
    server = psycopg.connect(f"host={url.query['host']} user=postgres dbname=postgres", autocommit=True)
    server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
    server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    yield
    server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    server.close()


@contextmanager
def locked(database: Database, table: str = "calls") -> Iterator[None]:
    """Somebody else holds a table (on SQLite: everything) and does not let it go: statements hang."""
    if database.is_sqlite:
        with away(database):
            yield
        return
    with _server(database, str(database.engine.url.database)) as other:
        other.execute(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        yield
        other.execute("ROLLBACK")


@contextmanager
def slow(database: Database, seconds: float) -> Iterator[None]:
    """Each statement takes so long."""

    def wait(*_: object) -> None:
        time.sleep(seconds)

    event.listen(database.engine, "before_cursor_execute", wait)
    yield
    event.remove(database.engine, "before_cursor_execute", wait)


@contextmanager
def stopped(database: Database) -> Iterator[None]:
    """PostgreSQL's processes stand still: connections stay open, and nothing comes back. As on a machine that swaps."""
    pids = [*_backends(database), _postmaster(database)]
    for pid in pids:
        with suppress(ProcessLookupError):  # a backend that has just ended by itself
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def kill(database: Database) -> None:
    """One of PostgreSQL's processes dies, whereupon it ends all the others and recovers, as after a power cut."""
    os.kill(_backends(database)[0], signal.SIGKILL)


def _postmaster(database: Database) -> int:
    folder = Path(str(database.engine.url.query["host"]))
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def _backends(database: Database) -> list[int]:
    with _server(database, "postgres") as other:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
        return [pid for (pid,) in other.execute(query, [str(database.engine.url.database)])]


@contextmanager
def _server(database: Database, name: str) -> Iterator["psycopg.Connection[tuple[int, ...]]"]:
    host = database.engine.url.query["host"]
    with psycopg.connect(f"host={host} user=postgres dbname={name}", autocommit=True) as connection:
        yield connection


@contextmanager
def gone(database: Database) -> Iterator[None]:
    """There is nothing under the database's address; on PostgreSQL nobody is let in."""
    if not database.is_sqlite:
        with away(database):
            yield
        return
    database.close()
    file = Path(str(database.engine.url.database))
    hidden = file.rename(file.with_suffix(".hidden"))
    file.mkdir()  # so that no empty database is made in its place
    yield
    file.rmdir()
    hidden.rename(file)
