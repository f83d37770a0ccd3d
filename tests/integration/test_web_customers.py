"""Which customers are within somebody's circle, on both databases."""

import datetime as dt
from decimal import Decimal

import pytest

from db.customers import Circle, CustomerBook
from db.database import Database
from db.register import Register
from tests.integration import rows
from tests.integration.conftest import Import
from tests.integration.rows import NINE

PEOPLE = """id,name,role,departments
anna,Anna,manager,wholesale
boris,Boris,manager,retail
olga,Olga,operator,
"""
CUSTOMERS = """id,name,type,manager,department,numbers,overdue,balance,limit
c1,Golden Fork,key,anna,,+79160000101 +74952220101,10.50,20,
c2,Silver Spoon,key,boris,wholesale,+79160000102,0,0,100
c3,Iron Knife,market,boris,,+79160000103,0,0,
c4,100% Plates,market,,,+79160000104,0,0,
"""


@pytest.fixture
def book(database: Database, people_from: Import, customers_from: Import) -> CustomerBook:
    assert not people_from(PEOPLE).mistakes
    assert not customers_from(CUSTOMERS).mistakes
    register = Register(database)
    register.put(rows.call("1.1", customer="c4"), rows.leg("leg-1.1-1", person="olga"))
    assert register.close() == ()
    return CustomerBook(database)


def circle(*people: str, departments: tuple[str, ...] = (), since: dt.datetime = NINE) -> Circle:
    return Circle(people=people, departments=departments, since=since)


@pytest.mark.parametrize(
    ("within", "found"),
    [
        pytest.param(None, "c1 c2 c3 c4", id="everybody's"),
        pytest.param(circle("anna"), "c1", id="a manager's"),
        pytest.param(circle("olga"), "c4", id="of whoever was rung by the customer"),
        pytest.param(circle("olga", since=NINE + dt.timedelta(hours=1)), "", id="but not for long"),
        pytest.param(circle(departments=("wholesale",)), "c1 c2", id="a department's, and of its managers"),
        pytest.param(circle(), "", id="nobody's"),
    ],
)
def test_whose_customers(book: CustomerBook, within: Circle | None, found: str) -> None:
    assert " ".join(one.id for one in book.customers(within=within, limit=10)) == found
    for key in ("c1", "c2", "c3", "c4"):
        assert (book.customer(key, within) is not None) is (key in found)


@pytest.mark.parametrize(
    ("name", "found"), [("gold", "c1"), ("N", "c1 c2 c3"), ("%", "c4"), ("_", ""), ("Spoon", "c2")]
)
def test_a_part_of_a_name(book: CustomerBook, name: str, found: str) -> None:
    assert " ".join(one.id for one in book.customers(limit=10, name=name)) == found


def test_an_entry_has_all_numbers_and_exact_amounts(book: CustomerBook) -> None:
    (found,) = book.customers(limit=10, number="+79160000101")
    assert found.numbers == ("+74952220101", "+79160000101")
    assert (found.overdue, found.balance, found.credit_limit) == (Decimal("10.5"), Decimal(20), None)


def test_pages_follow_each_other(book: CustomerBook) -> None:
    first = book.customers(limit=3)
    assert [one.id for one in book.customers(limit=3, beyond=first[-1].id)] == ["c4"]
