"""The database itself: how it is opened, by whom, and what is said when it cannot be."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError

from db.columns import Moment
from db.database import STATEMENT_SECONDS, Database, connect, file_url, opened, unhurried
from db.directory import Directory
from db.errors import AddressError, SchemaTooNewError, UnreachableError
from db.records import TaskRow
from db.tables import Departments, Tables
from db.tasks import TaskList
from routing.presence import Duty
from tests.integration.rows import NINE

ROOT = Path(__file__).parents[2]


def test_the_migrations_lead_to_the_tables_that_the_program_uses(url: str) -> None:
    database = connect(url)
    with database.reading() as connection:
        compared = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(compared, Tables.metadata) == []
    database.close()


def test_three_starters_at_once_all_find_a_finished_schema(url: str) -> None:
    program = "import sys; from db.database import connect; connect(sys.argv[1]).close()"
    starters = [subprocess.Popen([sys.executable, "-c", program, url], cwd=ROOT) for _ in range(3)]
    assert [starter.wait(60) for starter in starters] == [0] * 3


def test_a_second_start_keeps_what_is_there(url: str) -> None:
    first = connect(url)
    with first.writing() as connection:
        connection.execute(insert(Departments).values(id="retail"))
    first.close()
    second = connect(url)
    with second.reading() as connection:
        assert connection.execute(select(Departments.id)).scalars().all() == ["retail"]
    second.close()


def test_who_was_away_by_an_earlier_version_is_still_away(url: str) -> None:
    earlier = opened(url, check_schema=False)
    if earlier.is_sqlite:
        Path(earlier.engine.url.database or "").touch()
    insertion = text(
        "INSERT INTO people (id, name, role, languages, away, away_since)"
        " VALUES ('anna', 'Anna', 'head', '[]', 'lunch', :at)"
    ).bindparams(bindparam("at", NINE, Moment))
    with earlier.writing() as connection:
        scripts = Config(attributes={"connection": connection})
        scripts.set_main_option("script_location", str(ROOT / "db" / "migrations"))
        command.upgrade(scripts, "0004")
        connection.execute(insertion)
    earlier.close()
    database = connect(url)
    assert Directory(database).read_staff().duties == {"anna": Duty("away", "lunch", NINE)}
    database.close()


def test_messages_that_nobody_had_heard_by_an_earlier_version_are_tasks(url: str) -> None:
    earlier = opened(url, check_schema=False)
    if earlier.is_sqlite:
        Path(earlier.engine.url.database or "").touch()
    messages = [("m-1", None, None), ("m-2", NINE, None), ("m-3", None, NINE)]
    insertion = text(
        'INSERT INTO messages (id, call, box, owner, file, "left", seconds, repaired, heard, removed)'
        " VALUES (:id, '1.1', 'office', 'operators', :id, :at, 3, :no, :heard, :removed)"
    ).bindparams(bindparam("at", NINE, Moment), bindparam("heard", type_=Moment), bindparam("removed", type_=Moment))
    with earlier.writing() as connection:
        scripts = Config(attributes={"connection": connection})
        scripts.set_main_option("script_location", str(ROOT / "db" / "migrations"))
        command.upgrade(scripts, "0005")
        for message, heard, removed in messages:
            given = {"id": message, "at": NINE, "no": False, "heard": heard, "removed": removed}
            connection.execute(insertion, given)
    earlier.close()
    database = connect(url)
    (owed,) = TaskList(database).open()
    assert owed.task == TaskRow(id="m-1", kind="message", call="1.1", owner="operators", about="office", since=NINE)
    database.close()


def test_a_database_of_a_later_version_is_left_alone(migrated_url: str, database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNewError, match="'9999' of a later version") as caught:
        connect(migrated_url)
    assert caught.value.revision == "9999"


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def twice() -> None:
        with database.writing() as connection:
            connection.execute(insert(Departments).values(id="retail"))
            connection.execute(insert(Departments).values(id="retail"))

    with pytest.raises(IntegrityError):
        twice()
    with database.reading() as connection:
        assert connection.execute(select(Departments.id)).all() == []


@pytest.mark.parametrize(
    "url", ["mysql://root:hush@localhost/x", "//root:hush@localhost", "postgresql://root:hu@sh:hush@host:port/x"]
)
def test_a_password_is_not_told_with_an_address_of_no_use(url: str) -> None:
    with pytest.raises(AddressError) as refused:
        connect(url)
    assert "root:***@" in str(refused.value)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "wrong",
    ["", "directory.db", "sqlite://", "sqlite:///:memory:", "mysql://root@localhost/x", "oracle://x"],
)
def test_an_address_of_no_use_is_refused(wrong: str) -> None:
    with pytest.raises(AddressError, match="database"):
        connect(wrong)


def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="nobody") as caught:
        connect(f"postgresql://nobody:s3cret@/none?host={tmp_path}")
    assert "s3cret" not in str(caught.value)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match=r"missing/directory\.db"):
        connect(file_url(tmp_path / "missing" / "directory.db"))


def test_a_file_that_is_no_database_is_said_and_left_alone(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("buy milk\n" * 100)
    with pytest.raises(UnreachableError, match="not a database"):
        connect(file_url(notes))
    assert notes.read_text().startswith("buy milk")


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    database = connect(file_url(tmp_path / "directory.db"))
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    database.close()
    assert set(modes.values()) == {"0o600"}
    assert len(modes) == 3


def test_a_commit_on_sqlite_is_on_the_disk_and_readers_do_not_wait(tmp_path: Path) -> None:
    database = connect(file_url(tmp_path / "directory.db"))
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    with database.writing() as writer, database.reading() as reader:
        writer.execute(insert(Departments).values(id="retail"))
        assert reader.execute(select(Departments.id)).all() == []
    database.close()


def test_a_connection_to_sqlite_remembers_little(tmp_path: Path) -> None:
    database = connect(file_url(tmp_path / "directory.db"))
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA cache_size")).scalar() == -256  # KiB
    database.close()


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_statement_may_not_take_for_ever_but_an_import_may(migrated_url: str) -> None:
    database = connect(f"{migrated_url}&options=-c%20application_name=ours")
    with database.writing() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == f"{STATEMENT_SECONDS}s"
        assert connection.execute(text("SHOW application_name")).scalar() == "ours", "the address's own options stay"
        unhurried(connection)
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "0"
    with database.reading() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == f"{STATEMENT_SECONDS}s"
    database.close()
