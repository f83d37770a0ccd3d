"""What is owed to callers: kept, the oldest first, until somebody has done it (T4)."""

from pathlib import Path

import pytest

from ari_app.cli import main
from db.database import Database
from db.records import MessageRow, TaskRow
from db.register import Register
from db.stories import Stories
from db.tasks import TaskList
from premises.installation import Installation
from tests.integration import rows
from tests.integration.conftest import Import
from tests.integration.rows import after

PEOPLE = """id,name,role,departments,hours,leave,languages,extension
olga,Olga,operator,retail,,,,301
oleg,Oleg,operator,retail,,,,302
viktor,Viktor,head,wholesale,,,,201
"""
ROWS: list[MessageRow | TaskRow] = [
    rows.message("m-1", left=after(50)),
    rows.task("m-1", since=after(50)),
    rows.task("m-2", since=after(40), owner="head of wholesale"),
    rows.task("m-3", since=after(60), owner="olga", call="9.9"),
]


@pytest.fixture
def register(database: Database) -> Register:
    register = Register(database)
    register.put(rows.call("1.1", number="+74950000011", customer="c1"), *ROWS)
    register.flush()
    return register


@pytest.fixture
def tasks(database: Database, register: Register) -> TaskList:
    assert register.close() == ()
    return TaskList(database)


def ids(tasks: TaskList) -> list[str]:
    return [owed.task.id for owed in tasks.open()]


def test_who_has_waited_longest_stands_first_with_whom_to_call(tasks: TaskList) -> None:
    assert [(owed.task.id, owed.number, owed.customer) for owed in tasks.open()] == [
        ("m-2", "+74950000011", "c1"),
        ("m-1", "+74950000011", "c1"),
        ("m-3", None, None),
    ]


def test_what_is_taken_stays_until_it_is_done(tasks: TaskList) -> None:
    assert tasks.take("m-1", "olga", after(100))
    assert tasks.take("m-1", "oleg", after(110))
    taken = next(owed.task for owed in tasks.open() if owed.task.id == "m-1")
    assert (taken.taken_by, taken.taken) == ("oleg", after(110))
    assert tasks.do("m-1", "oleg", after(120))
    assert ids(tasks) == ["m-2", "m-3"]
    assert not tasks.do("m-1", "olga", after(130))
    assert not tasks.take("m-1", "olga", after(130))
    assert not tasks.take("m-7", "olga", after(130))


def test_a_message_whose_task_is_done_was_heard(database: Database, tasks: TaskList) -> None:
    tasks.do("m-1", "olga", after(120))
    (heard,) = Stories(database).sounds.messages(heard=True)
    assert (heard.id, heard.heard, heard.heard_by) == ("m-1", after(120), "olga")


def test_a_row_that_comes_late_does_not_undo_what_was_done(database: Database, register: Register) -> None:
    tasks = TaskList(database)
    tasks.take("m-2", "viktor", after(90))
    tasks.do("m-1", "olga", after(100))
    register.put(*ROWS)
    assert register.close() == ()
    assert [(owed.task.id, owed.task.taken_by) for owed in tasks.open()] == [("m-2", "viktor"), ("m-3", None)]


# ------------------------------------------------------------------------------------------------------ command line


@pytest.fixture
def folder(
    tmp_path: Path, migrated_url: str, tasks: TaskList, people_from: Import, monkeypatch: pytest.MonkeyPatch
) -> str:
    """An installation's data folder."""
    monkeypatch.setenv("SWITCHBOARD_DATABASE", migrated_url)
    assert people_from(PEOPLE).mistakes == ()
    Installation(tmp_path / "data").prepare()
    return str(tmp_path / "data")


@pytest.mark.parametrize(
    ("person", "shown"),
    [(None, {"m-1", "m-2", "m-3"}), ("olga", {"m-1", "m-3"}), ("oleg", {"m-1"}), ("viktor", {"m-2"})],
)
def test_everybody_can_see_what_to_do(
    folder: str, capsys: pytest.CaptureFixture[str], person: str | None, shown: set[str]
) -> None:
    assert main(["tasks", "--data", folder, "list", *(["--for", person] if person else [])]) == 0
    told = capsys.readouterr().out
    assert {task for task in ("m-1", "m-2", "m-3") if task in told} == shown


def test_a_task_is_taken_and_done(folder: str, tasks: TaskList, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "--data", folder, "take", "m-2", "--by", "oleg"]) == 0
    capsys.readouterr()
    assert main(["tasks", "--data", folder, "list", "--for", "oleg"]) == 0
    assert "m-2" in capsys.readouterr().out, "who has taken a task sees it, whoever it was for"
    assert main(["tasks", "--data", folder, "done", "m-2", "--by", "oleg"]) == 0
    assert ids(tasks) == ["m-1", "m-3"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["done", "m-7", "--by", "olga"], "there is no open task 'm-7'"),
        (["take", "m-1", "--by", "zoe"], "nobody in the directory is called 'zoe'"),
        (["list", "--for", "zoe"], "nobody in the directory is called 'zoe'"),
        (["take", "m-1"], "say which and who: switchboard tasks take TASK --by PERSON"),
        (["done"], "say which and who: switchboard tasks done TASK --by PERSON"),
    ],
)
def test_what_cannot_be_done_is_told(
    folder: str, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    assert main(["tasks", "--data", folder, *words]) == 1
    assert why in capsys.readouterr().err
