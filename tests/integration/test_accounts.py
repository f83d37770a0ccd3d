"""Accounts and sessions in the database."""

import datetime as dt

import pytest

from db.accounts import LASTS, Account, AccountBook
from db.database import Database
from tests.integration.rows import NINE

OLGA = Account(name="olga", role="operator", person="olga", made=NINE)


@pytest.fixture
def book(database: Database) -> AccountBook:
    book = AccountBook(database)
    assert book.add(OLGA, "kept")
    return book


def test_an_account_is_found_again(book: AccountBook) -> None:
    assert book.all() == (OLGA,)
    assert (book.password("olga"), book.password("nobody")) == ("kept", None)


def test_a_name_is_given_once(book: AccountBook) -> None:
    assert not book.add(OLGA, "other")
    assert book.password("olga") == "kept"


@pytest.mark.parametrize(
    ("after", "lasts"),
    [
        pytest.param(dt.timedelta(0), True, id="at once"),
        pytest.param(LASTS["browser"] - dt.timedelta(seconds=1), True, id="to the end of its time"),
        pytest.param(LASTS["browser"], False, id="not beyond it"),
    ],
)
def test_how_long_a_session_lasts(book: AccountBook, after: dt.timedelta, lasts: bool) -> None:
    begun = book.begin("olga", "browser", NINE)
    assert begun
    found = book.session(begun[0], NINE + after)
    assert (found is not None) is lasts
    assert found is None or (found.account, found.kind) == (OLGA, "browser")


def test_what_ends_a_session(book: AccountBook) -> None:
    tokens = [begun[0] for _ in range(2) if (begun := book.begin("olga", "program", NINE))]
    book.end(tokens[0])
    assert [book.session(token, NINE) is not None for token in tokens] == [False, True]
    assert book.set_password("olga", "new")
    assert book.session(tokens[1], NINE) is None


def test_who_is_no_account_any_more_has_no_session(book: AccountBook) -> None:
    begun = book.begin("olga", "program", NINE)
    assert begun
    assert book.remove("olga")
    assert not book.remove("olga")
    assert book.session(begun[0], NINE) is None
    assert book.begin("olga", "program", NINE) is None


def test_sessions_that_are_over_are_forgotten(book: AccountBook, database: Database) -> None:
    book.begin("olga", "browser", NINE)
    book.begin("olga", "browser", NINE + LASTS["browser"])
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar_one() == 1
