"""A remark and its letters are there together or not at all, and each department is told once (D14, D20)."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from db.database import Database
from db.outbox import Outbox
from db.records import RemarkRow
from db.register import Register
from db.stories import Stories
from db.writing.batch import Writer
from tests.integration import rows
from tests.integration.rows import after


def remark(key: str, **changes: Any) -> RemarkRow:
    """What Anna noted of call 1.1, of which wholesale and retail are told."""
    row = RemarkRow(
        id=f"remark-{key}",
        call="1.1",
        by="anna",
        at=after(100),
        reason=key,
        department="wholesale",
        tell=("wholesale", "retail"),
    )
    return msgspec.structs.replace(row, **changes)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    put(database, rows.call("1.1"), remark("wish"))
    return Outbox(database)


def put(database: Database, *new: Any) -> None:
    register = Register(database)
    register.put(*new)
    assert register.close() == ()


def test_a_letter_has_its_remark_and_its_call(outbox: Outbox) -> None:
    letters = outbox.due(after(100), 9)
    assert {letter.department for letter in letters} == {"wholesale", "retail"}
    assert len({letter.id for letter in letters}) == 2
    assert {letter.remark for letter in letters} == {remark("wish")}
    assert [letter.call for letter in letters] == [rows.call("1.1")] * 2


def test_what_is_not_due_waits_and_what_is_many_comes_in_parts(outbox: Outbox) -> None:
    assert outbox.due(after(99), 9) == ()
    assert len(outbox.due(after(100), 1)) == 1


def test_a_remark_that_is_written_again_sends_no_second_letter(database: Database, outbox: Outbox) -> None:
    for letter in outbox.due(after(100), 9):
        outbox.sent(letter.id, after(101))
    put(database, remark("wish", at=after(200)))
    assert outbox.due(after(900), 9) == ()


def test_no_letter_is_there_without_its_remark_nor_a_remark_without_its_letters(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("DROP TABLE letters"))
    with pytest.raises(Exception, match="letters"):
        Writer(database).write([remark("wish")])
    put(database, rows.call("1.1"))
    story = Stories(database).story("1.1")
    assert story is not None
    assert story.remarks == ()


def test_a_bad_row_beside_it_costs_no_letter(database: Database) -> None:
    bad = rows.leg("leg-1.1-1", rang=after(10).replace(tzinfo=None))
    assert [refused.row for refused in Writer(database).write([bad, remark("wish")])] == [bad]
    assert len(Outbox(database).due(after(100), 9)) == 2


def test_what_fails_is_tried_when_it_is_due_and_what_is_given_up_only_when_it_is_asked_for(outbox: Outbox) -> None:
    first, second = outbox.due(after(100), 9)
    outbox.failed(first, "answered\nnothing", after(200))
    outbox.failed(second, "x" * 999, None)
    assert outbox.due(after(199), 9) == ()
    (again,) = outbox.due(after(200), 9)
    assert (again.id, again.attempts) == (first.id, 1)
    told = {letter.id: (letter.why, letter.due) for letter in outbox.unsent()}
    assert told == {first.id: ("answered\ufffdnothing", after(200)), second.id: ("x" * 256, None)}
    assert outbox.send_again(after(150)) == 1
    assert [(letter.id, letter.attempts) for letter in outbox.due(after(150), 9)] == [(second.id, 0)]
    outbox.sent(first.id, after(300))
    assert [letter.id for letter in outbox.unsent()] == [second.id]


def test_a_story_has_what_was_noted(database: Database, outbox: Outbox) -> None:
    put(database, remark("price", at=after(90)))
    story = Stories(database).story("1.1")
    assert story is not None
    assert [one.reason for one in story.remarks] == ["price", "wish"]


@pytest.mark.parametrize(
    ("person", "since", "found"),
    [
        pytest.param("anna", 30, "1.2", id="the last one that she talked in"),
        pytest.param("anna", 46, None, id="it ended too long ago"),
        pytest.param("boris", 30, "1.1", id="the one that goes on"),
        pytest.param("olga", 30, None, id="she was only rung"),
    ],
)
def test_the_last_talk_of_a_person(database: Database, person: str, since: float, found: str | None) -> None:
    put(database, *(rows.call(key) for key in ("1.1", "1.2", "1.3")))
    put(
        database,
        rows.leg("leg-1.1-1", call="1.1", rang=after(10), answered=after(11), ended=after(20)),
        rows.leg("leg-1.2-1", call="1.2", rang=after(30), answered=after(31), ended=after(45)),
        rows.leg("leg-1.3-1", call="1.3", rang=after(46), answered=None, ended=after(50)),
        rows.leg("leg-1.1-2", call="1.1", person="boris", rang=after(20), answered=after(21), ended=None),
        rows.leg("leg-1.3-2", call="1.3", person="olga", rang=after(51), answered=None, ended=after(60)),
    )
    call = Stories(database).last_talk(person, after(since))
    assert (call and call.id) == found
