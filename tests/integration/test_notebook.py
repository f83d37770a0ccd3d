"""What is said at telephones is safe before it is confirmed, with and without the database."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agi import books
from agi.books import open_notebook
from db.database import Database
from db.outbox import Outbox
from db.register import Register
from db.writing.spool import Spool, undelivered
from premises.installation import Installation
from tests.integration import rows
from tests.integration.rows import after
from tests.integration.test_outbox import put, remark


@pytest.fixture
def installation(tmp_path: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("SWITCHBOARD_DATABASE", migrated_url)
    installation = Installation(tmp_path / "data")
    installation.prepare()
    return installation


def test_a_reason_is_in_the_register_when_it_is_confirmed(database: Database, installation: Installation) -> None:
    put(database, rows.call("1.1"), rows.leg("leg-1.1-1"))
    with asyncio.Runner() as loop, open_notebook(installation, loop) as notebook:
        assert notebook.last_talk("anna", after(0)) == rows.call("1.1")
        assert notebook.keep((remark("wish"),))
        assert len(Outbox(database).due(after(100), 9)) == 2


def test_without_the_database_it_is_spooled_and_told_when_that_is_back(
    database: Database, installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SWITCHBOARD_DATABASE", f"postgresql://nobody@/none?host={tmp_path}")
    with asyncio.Runner() as loop, open_notebook(installation, loop) as notebook:
        assert notebook.last_talk("anna", after(0)) is None
        assert notebook.keep((remark("wish"),))
        assert undelivered(installation.spool).rows == 1
    register = Register(database, spool=Spool(installation.spool))
    register.start()
    register.put(rows.call("1.1"))  # what the spool has goes first
    register.flush()
    assert register.close() == ()
    assert len(Outbox(database).due(after(100), 9)) == 2


def test_what_neither_database_nor_disk_takes_is_in_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data")
    installation.folder.mkdir()
    installation.spool.write_text("in the way")
    monkeypatch.setenv("SWITCHBOARD_DATABASE", f"postgresql://nobody@/none?host={tmp_path}")
    monkeypatch.setattr(books, "CLOSING_SECONDS", 0.2)
    with (
        capture_logs() as logs,
        asyncio.Runner() as loop,
        open_notebook(installation, loop) as notebook,
    ):
        notebook.put(remark("wish"))
    assert [one["kind"] for one in logs if one["event"] == "row not registered"] == ["RemarkRow"]
