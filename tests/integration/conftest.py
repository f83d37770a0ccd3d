"""What the tests of `db/` need: a fresh database each, on SQLite and on PostgreSQL, and files to import."""

import itertools
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
TEMPLATE = "migrated"
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private PostgreSQL server's URL. Without PostgreSQL on the machine its tests are skipped, and say so."""
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("no PostgreSQL here: install it, or name its bin folder in SWITCHBOARD_POSTGRES")
    with postgres.server(binaries) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """The server's URL; its database `TEMPLATE` has the newest schema, to be copied: much quicker than migrating."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}".encode())
    connect(named(postgres_url, TEMPLATE)).close()
    return postgres_url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema, to be copied."""
    file = tmp_path_factory.mktemp("template") / "migrated.sqlite"
    connect(file_url(file)).close()
    return file


def named(server: str, database: str) -> str:
    """The URL of one database of a server."""
    return server.replace("/postgres?", f"/{database}?")


@contextmanager
def _made(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY".encode())
    yield named(server, name)
    with psycopg.connect(server, autocommit=True) as connection:  # a new one: a test may have killed the server
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """On which databases everything is tested."""
    return str(request.param)


@pytest.fixture
def url(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without anything in it."""
    if kind == "sqlite":
        yield file_url(tmp_path / "odd name 100%?#.sqlite")
        return
    with _made(request.getfixturevalue("postgres_url"), "template0") as url:
        yield url


@pytest.fixture
def migrated_url(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database with the newest schema."""
    if kind == "sqlite":
        file = tmp_path / "odd name 100%?#.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield file_url(file)
        return
    with _made(request.getfixturevalue("postgres_template"), TEMPLATE) as url:
        yield url


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """An empty database with the newest schema."""
    database = connect(migrated_url)
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
