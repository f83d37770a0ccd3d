"""In which order the register changes: nothing comes late, on both databases, and with several who write."""

import threading

import pytest

from db import changes
from db.changes import Change, ChangeBook, Forgotten
from db.database import Database, connect
from db.personal import erase
from db.records import Row
from db.register import Register
from db.tasks import TaskList
from db.writing.batch import Writer
from tests.integration import rows


def written(database: Database, *batches: tuple[Row, ...]) -> ChangeBook:
    """Each batch in a transaction of its own."""
    writer = Writer(database)
    for batch in batches:
        writer.write(batch)
    return ChangeBook(database)


def change(sequence: int, calls: str = "", people: str = "") -> Change:
    return Change(sequence=sequence, calls=frozenset(calls.split()), people=frozenset(people.split()))


def test_each_transaction_has_a_number_and_the_names_that_it_was_about(database: Database) -> None:
    book = written(
        database,
        (rows.call("1.1"), rows.leg("leg-1.1-1", call="1.1"), rows.leg("leg-1.2-1", call="1.2")),
        (rows.presence("anna"), rows.duty("boris")),
        (rows.recording("1.1"),),
        (rows.call("1.3"),),
    )
    assert book.last() == 3
    assert [book.after(sequence, 1) for sequence in range(4)] == [
        change(1, "1.1 1.2"),
        change(2, people="anna boris"),
        change(3, "1.3"),
        change(3),
    ]
    assert book.after(0, 10) == change(3, "1.1 1.2 1.3", "anna boris")


def test_what_is_written_again_is_told_again(database: Database) -> None:
    book = written(database, (rows.call("1.1"),), (rows.call("1.1"),))
    assert book.after(1, 10) == change(2, "1.1")


def test_who_is_far_behind_is_told_in_parts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "ENOUGH", 3)
    book = written(database, *((rows.call(f"1.{number}"), rows.call(f"2.{number}")) for number in range(3)))
    assert book.after(0, 10) == change(2, "1.0 1.1 2.0 2.1")
    assert book.after(2, 10) == change(3, "1.2 2.2")


def test_a_row_that_cannot_be_stored_keeps_no_other_from_being_told(database: Database) -> None:
    bad = rows.call("1.1", arrived=rows.NINE.replace(tzinfo=None))
    assert written(database, (bad, rows.call("1.2"))).after(0, 10).calls >= {"1.2"}


def test_that_a_customer_was_erased_is_told(database: Database) -> None:
    book = written(database, (rows.call("1.1", customer="c1"), rows.call("1.2", customer="c2")))
    erase(database, "c1", rows.NINE, print)
    assert book.after(1, 10) == change(2, "1.1")


def test_tasks_are_told_and_who_had_them(database: Database) -> None:
    book = written(database, (rows.task("m-1", owner="head of wholesale"), rows.call("1.1", customer="c1")))
    tasks = TaskList(database)
    assert tasks.take("m-1", "anna", rows.NINE)
    assert tasks.take("m-1", "olga", rows.NINE)
    assert tasks.do("m-1", "olga", rows.NINE)
    assert not tasks.take("m-1", "anna", rows.NINE)
    erase(database, "c1", rows.NINE, print)
    had = [{(one.task, one.owner) for one in book.after(sequence, 1).had} for sequence in range(5)]
    assert [book.after(sequence, 1).tasks for sequence in range(5)] == [{"m-1"}] * 5
    assert had == [set(), set(), {("m-1", "anna")}, set(), {("m-1", "head of wholesale"), ("m-1", "olga")}]
    assert book.last() == 5


def test_what_was_tidied_away_is_told_to_be_forgotten(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "KEPT", 5)
    monkeypatch.setattr(changes, "_TIDIED_EVERY", 10)
    book = written(database, *((rows.call(f"1.{number}"),) for number in range(1, 12)))
    assert book.after(5, 1) == change(6, "1.6")
    for sequence in (0, 4, 12):
        with pytest.raises(Forgotten):
            book.after(sequence, 1)


def test_who_follows_several_writers_misses_nothing(migrated_url: str, database: Database) -> None:
    """Each has a pool of its own, as processes have; numbers that were passed never get a change afterwards."""
    book, seen, numbers = ChangeBook(database), set[str](), [0]
    writers = [threading.Thread(target=_write, args=(migrated_url, number)) for number in range(3)]
    for writer in writers:
        writer.start()
    while len(seen) < 120 and (any(writer.is_alive() for writer in writers) or book.last() > numbers[-1]):
        found = book.after(numbers[-1], 1)
        if found.sequence > numbers[-1]:
            numbers.append(found.sequence)
            seen |= found.calls
    for writer in writers:
        writer.join()
    assert numbers == list(range(len(numbers)))
    assert seen == {f"{number}.{call}" for number in range(3) for call in range(40)}


def _write(url: str, number: int) -> None:
    database = connect(url)
    writer = Writer(database)
    for call in range(40):
        writer.write([rows.call(f"{number}.{call}")])
    database.close()


def test_the_register_tells_while_it_writes(database: Database) -> None:
    register = Register(database)
    register.put(rows.call("1.1"))
    assert register.close() == ()
    assert ChangeBook(database).after(0, 1) == change(1, "1.1")
