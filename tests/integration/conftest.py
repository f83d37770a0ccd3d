"""What the tests of `db/` need: a fresh database each, on SQLite and on PostgreSQL."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from db.database import Database, connect, file_url
from db.importing import Report, import_customers, import_people
from routing.compiling import load
from routing.rulebook import Rulebook
from tests.integration import postgres

ROOT = Path(__file__).parents[2]
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private PostgreSQL server's URL. Without PostgreSQL on the machine its tests are skipped, and say so."""
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("no PostgreSQL here: install it, or name its bin folder in SWITCHBOARD_POSTGRES")
    with postgres.server(binaries) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield file_url(tmp_path / "odd name 100%?#.sqlite")
        return
    server: str = request.getfixturevalue("postgres_url")
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty database with the newest schema."""
    database = connect(url)
    yield database
    database.close()


@pytest.fixture
def impatient(database: Database) -> Database:
    """The database, where SQLite says at once that it is locked."""

    def shorten(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.execute("PRAGMA busy_timeout=10")

    if database.is_sqlite:
        event.listen(database.engine, "checkout", shorten)
    return database


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The sample rules."""
    return load((ROOT / "routing_rules.yaml").read_bytes())


Import = Callable[..., Report]


@pytest.fixture
def customers_from(database: Database, rulebook: Rulebook, tmp_path: Path) -> Import:
    """Imports customers from a text (or bytes); keywords as for `import_customers`."""
    return partial(_imported, import_customers, database, tmp_path / "customers.csv", rulebook)


@pytest.fixture
def people_from(database: Database, rulebook: Rulebook, tmp_path: Path) -> Import:
    """Imports people from a text (or bytes); keywords as for `import_people`."""
    return partial(_imported, import_people, database, tmp_path / "people.csv", rulebook)


def _imported(
    reader: Import, database: Database, file: Path, rulebook: Rulebook, text: str | bytes, **options: bool
) -> Report:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return reader(database, file, rulebook, **options)
