"""The register's writing side: what is accepted stays, whatever callers send and the database does."""

import datetime as dt
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from db.database import Database
from db.directory import Directory
from db.errors import RegisterClosedError
from db.presences import Presences
from db.records import CallRow, Row
from db.register import Pace, Register
from db.stories import Stories
from db.tasks import TaskList
from routing.presence import Duty
from tests.form import lasting
from tests.integration import rows
from tests.integration.outages import away

ROOT = Path(__file__).parents[2]
IMPATIENT = Pace(gather=0.0, rest=0.0, first_pause=0.01, longest_pause=0.02)


@pytest.fixture
def register(database: Database) -> Iterator[Register]:
    register = Register(database, IMPATIENT)
    yield register
    register.close()


@pytest.fixture
def stories(database: Database) -> Stories:
    return Stories(database)


ROWS: list[Row] = [rows.call("1.1"), rows.leg("leg-1.1-1"), rows.recording("1.1"), rows.message("m-1.1-1")]


def test_a_row_of_each_kind_comes_back_as_it_was(register: Register, stories: Stories) -> None:
    register.put(*ROWS)
    register.flush()
    story = stories.story("1.1")
    assert story is not None
    assert [story.call, *story.legs, story.recording, *story.messages] == ROWS


def test_writing_a_row_again_changes_nothing(register: Register, stories: Stories) -> None:
    register.put(*ROWS)
    register.flush()
    first = stories.story("1.1")
    register.put(*ROWS, *ROWS)
    register.flush()
    assert stories.story("1.1") == first


def test_a_later_row_replaces_an_earlier_one(register: Register, stories: Stories) -> None:
    open_call = rows.call("1.1", ended=None, end=None, intent=None)
    register.put(open_call)
    register.flush()
    register.put(msgspec.structs.replace(open_call, intent="order"))
    register.flush()
    (found,) = stories.calls()
    assert found.intent == "order"


@pytest.mark.parametrize(
    ("closed", "late"),
    [
        (rows.call("1.1"), rows.call("1.1", ended=None, end=None)),
        (rows.leg("leg-1.1-1"), rows.leg("leg-1.1-1", ended=None)),
    ],
    ids=["call", "leg"],
)
def test_a_closed_row_is_not_opened_again_by_one_that_comes_late(
    register: Register, stories: Stories, closed: Row, late: Row
) -> None:
    register.put(rows.call("1.1"), closed)
    register.flush()
    register.put(late)
    register.flush()
    story = stories.story("1.1")
    assert story is not None
    assert closed in (story.call, *story.legs)


def test_of_what_a_person_does_the_latest_counts(register: Register, database: Database) -> None:
    early = rows.presence("anna", noted=rows.after(1))
    late = rows.presence("anna", state="away", why="lunch", call=None, since=rows.after(-9), noted=rows.after(2))
    for row in (late, early):
        register.put(row)
        register.flush()
    presences = Presences(database)
    assert (presences.of("anna"), presences.of("boris")) == (late, None)


def test_of_what_a_person_says_the_latest_counts(register: Register, database: Database) -> None:
    for row in (rows.duty("anna", since=rows.after(2)), rows.duty("anna", kind="out", since=rows.after(1))):
        register.put(row)
        register.flush()
    assert Directory(database).read_staff().duties == {"anna": Duty("away", "lunch", rows.after(2))}


def test_the_last_offers_of_a_person_are_told_the_newest_first(register: Register, database: Database) -> None:
    legs = [rows.leg(f"leg-1.1-{number}", rang=rows.after(number)) for number in range(4)]
    register.put(*legs, rows.leg("leg-1.1-9", person="boris"))
    register.flush()
    assert Presences(database).offers("anna", 3) == (legs[3], legs[2], legs[1])


def test_a_message_written_again_is_still_heard(register: Register, stories: Stories, database: Database) -> None:
    register.put(rows.message("m-1.1-1"), rows.task("m-1.1-1"))
    register.flush()
    assert TaskList(database).do("m-1.1-1", "olga", rows.after(100))
    register.put(rows.message("m-1.1-1"))
    register.flush()
    assert stories.sounds.messages(heard=False) == ()


def test_many_threads_lose_no_row(register: Register, stories: Stories) -> None:
    def put(thread: int) -> None:
        for number in range(200):
            register.put(rows.call(f"{thread}.{number}"))

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    register.flush()
    assert len({call.id for call in stories.calls()}) == 1600


NASTY = [
    "\x00",
    "quote ' and \" and ; DROP TABLE calls; --",
    "\ud800 lone surrogate",
    "\x1b[2J clears the screen",
    "\u202e turned around",
    "x" * 4096,
    "😀" * 300,
    "%s %(name)s :name ? \\",
]


@pytest.mark.parametrize("sent", NASTY, ids=[ascii(sent[:12]) for sent in NASTY])
def test_nothing_that_a_caller_sends_breaks_a_row(register: Register, stories: Stories, sent: str) -> None:
    register.put(rows.call("1.1", name=sent, number=sent, dialled=sent), rows.call("1.2"))
    register.flush()
    assert [call.id for call in stories.calls()] == ["1.2", "1.1"]
    assert register.backlog().refused == 0


@given(st.text(alphabet=st.characters()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=lasting(24, 60))
def test_any_text_at_all_is_stored(register: Register, stories: Stories, sent: str) -> None:
    register.put(rows.call("1.1", name=sent, ended=None), rows.leg("leg-1.1-1", person=sent, ended=None))
    register.flush()
    assert register.backlog().refused == 0
    story = stories.story("1.1")
    assert story is not None
    assert len(story.legs) == 1


IMPOSSIBLE = [
    rows.call("bad", arrived=dt.datetime(2026, 11, 24, 9)),  # noqa: DTZ001 - a time without a zone is the fault
    rows.call("bad", cause=2**63),
    rows.call("bad", arrived=None),
    rows.call("bad", dialled=object()),
    rows.recording("bad", bytes=2**70),
]


@pytest.mark.parametrize("bad", IMPOSSIBLE, ids=["no zone", "large number", "no time", "no text", "huge number"])
def test_a_row_that_cannot_be_stored_loses_no_others(register: Register, stories: Stories, bad: Row) -> None:
    register.put(rows.call("1.1"), bad, rows.call("1.2"), rows.leg("leg-1.1-1"))
    register.flush()
    assert [call.id for call in stories.calls()] == ["1.2", "1.1"]
    assert register.backlog().refused == 1
    assert register.backlog().waiting == 0


def wait_until_away(register: Register) -> None:
    waiting = threading.Event()
    while register.backlog().away_since is None:
        waiting.wait(0.01)


def test_rows_wait_while_the_database_is_away_and_are_written_when_it_is_back(
    impatient: Database, register: Register, stories: Stories
) -> None:
    register.put(rows.call("1.0"))
    register.flush()
    with away(impatient):
        for number in range(1, 50):
            register.put(rows.call(f"1.{number}", ended=None, end=None))
        wait_until_away(register)
        register.put(rows.call("1.1", intent="complaint"))
        with pytest.raises(TimeoutError, match="49 rows"):
            register.flush(timeout=0.05)
        assert register.backlog().waiting == 49
    register.flush()
    assert len(stories.calls()) == 50
    story = stories.story("1.1")
    assert story is not None
    assert story.call.intent == "complaint"
    assert register.backlog().away_since is None
    assert register.backlog().waiting == 0


def test_closing_waits_for_a_database_that_comes_back(impatient: Database, stories: Stories) -> None:
    register = Register(impatient, IMPATIENT)
    closed: list[tuple[Row, ...]] = []
    with away(impatient):
        register.put(rows.call("1.1"), rows.call("1.2"))
        wait_until_away(register)
        closing = threading.Thread(target=lambda: closed.append(register.close(timeout=30)))
        closing.start()
    closing.join()
    assert closed == [()]
    assert len(stories.calls()) == 2


def test_closing_gives_back_what_could_not_be_written(impatient: Database) -> None:
    register = Register(impatient, IMPATIENT)
    with away(impatient):
        register.put(rows.call("1.1"))
        wait_until_away(register)
        register.put(rows.call("1.2"))
        assert [row.id for row in register.close(timeout=0.2) if isinstance(row, CallRow)] == ["1.1", "1.2"]


def test_a_closed_register_takes_no_rows(database: Database) -> None:
    register = Register(database)
    register.put(rows.call("1.1"))
    assert register.close() == ()
    assert register.close() == ()
    with pytest.raises(RegisterClosedError):
        register.put(rows.call("1.2"))


def test_the_memory_is_bounded_while_the_database_is_away(impatient: Database, stories: Stories) -> None:
    register = Register(impatient, msgspec.structs.replace(IMPATIENT, limit=10))
    with away(impatient):
        register.put(rows.call("1.0"))
        wait_until_away(register)
        register.put(*(rows.call(f"1.{number}") for number in range(1, 15)))
    register.close()
    assert register.backlog().overflowed == 5
    assert len(stories.calls()) == 10


def test_a_missing_table_refuses_no_row(database: Database, register: Register) -> None:
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE calls RENAME TO lost"))
    register.put(rows.call("1.1"))
    wait_until_away(register)
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE lost RENAME TO calls"))
    register.flush()
    assert register.backlog().refused == 0
    assert register.backlog().written == 1


PUTS_UNTIL_KILLED = """
import itertools, sys
from db.database import connect
from db.register import Register
from tests.integration import rows
from tests.integration.outages import away

register = Register(connect(sys.argv[1]))
for number in itertools.count():
    register.put(rows.call(f"1.{number}"))
    register.flush()
    print(number, flush=True)
"""


def test_an_accepted_row_survives_kill_9(migrated_url: str, stories: Stories) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PUTS_UNTIL_KILLED, migrated_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    accepted = [int(process.stdout.readline()) for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    accepted += [int(line) for line in process.stdout.read().splitlines()]
    process.wait()
    process.stdout.close()
    there = {call.id for call in stories.calls()}
    assert {f"1.{number}" for number in accepted} <= there
