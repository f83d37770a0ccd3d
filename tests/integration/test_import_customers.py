"""Customers from a CSV file: what an admin may write, what is said of mistakes, and what the directory then has."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.database import Database
from db.directory import Directory
from db.importing import import_customers, import_people
from db.importing.report import MOST_KEPT
from routing.facts import Customer, Debt
from routing.rulebook import Rulebook
from tests.form import lasting
from tests.integration.conftest import ROOT, Import

PEOPLE = "id,name,role\nanna,Anna Orlova,key_account_manager\nboris,Boris Titov,key_account_manager\n"
HEADER = "id,name,type,numbers,manager,department,overdue,balance,limit,language,code,other_names\n"
GOLDEN = 'c1,"Golden, Fork",key,+79160000101; 84952220101,anna,wholesale,100.50,"120 000,5",500000,en,4471,GF|Fork\n'


@pytest.fixture
def directory(database: Database, people_from: Import) -> Directory:
    assert people_from(PEOPLE).mistakes == ()
    return Directory(database)


def test_a_customer_is_known_by_each_of_its_numbers(directory: Directory, customers_from: Import) -> None:
    report = customers_from(HEADER + GOLDEN + "c2,Retail Ltd,retail,,,,,,,,,\n")
    assert (report.mistakes, report.rows, report.added) == ((), 2, 2)
    assert str(report) == "customers.csv: 2 rows, 2 new"
    golden = Customer(
        id="c1",
        name="Golden, Fork",
        type="key",
        manager="anna",
        department="wholesale",
        debt=Debt(overdue=Decimal("100.5"), balance=Decimal("120000.5"), limit=Decimal(500_000)),
        language="en",
        code="4471",
    )
    assert directory.customer("+79160000101") == golden
    assert directory.customer("+74952220101") == golden
    assert directory.customer("+74952220102") is None
    assert directory.customer(None) is None


@pytest.mark.parametrize(
    "written",
    [
        b"\xef\xbb\xbfid,name,type,numbers\r\nc1,Name,key,+79160000101\r\n",
        b"id;name;type;numbers\nc1;Name;key;+79160000101\n",
        b"ID\tName\tType\tNumbers\nc1\tName\tkey\t8 (916) 000-01-01",
        b'numbers,type,"name",id\n" 79160000101 ",key,"Name", c1\n\n,,,\n',
        b"id,name,type,numbers\nc1,Name,key,+79160000102 +79160000101\n",
        b"id,name,type,numbers\nc1,Name,key,;+79160000101;;\n",
    ],
    ids=["mark and CR LF", "semicolons", "tabs", "other order, blank rows", "two numbers", "empty parts"],
)
def test_a_file_may_come_from_any_table(directory: Directory, customers_from: Import, written: bytes) -> None:
    report = customers_from(written)
    assert (report.mistakes, report.rows) == ((), 1)
    found = directory.customer("+79160000101")
    assert found is not None
    assert (found.id, found.name) == ("c1", "Name")


MISTAKES = {
    "unknown type": ("c1,A,kay,,,,,,,,,", "2:6: type: the rules have no customer type `kay` (did you mean `key`?)"),
    "no type": ("c1,A,,,,,,,,,,", "2:6: type: nothing is written here (there are: key, market, own_outlet,"),
    "no name": ("c1,,key,,,,,,,,,", "2:4: name: nothing is written here"),
    "no id": (",A,key,,,,,,,,,", "2:1: id: nothing is written here"),
    "id with a space": ("c 1,A,key,,,,,,,,,", "2:1: id: `c 1` cannot be an id (an id has no spaces)"),
    "long name": (f"c1,{'x' * 300},key,,,,,,,,,", "2:4: name: this is too long: 300 characters (256 at most)"),
    "manager": (
        "c1,A,key,,ana,,,,,,,",
        "2:11: manager: nobody in the directory has the id `ana` (did you mean `anna`?)",
    ),
    "department": (
        "c1,A,key,,,finanse,,,,,,",
        "department: the rules have no department `finanse` (did you mean `finance`?)",
    ),
    "language": ("c1,A,key,,,,,,,de,,", "language: the rules have no language `de` (there are: en, fa, ru)"),
    "no number": ("c1,A,key,12345,,,,,,,,", "2:10: numbers: `12345` is no telephone number (write it with plus sign"),
    "second number": ("c1,A,key,+79160000101;x,,,,,,,,", "2:10: numbers: `x` is no telephone number"),
    "amount": ("c1,A,key,,,,much,,,,,", "2:13: overdue: `much` is no amount (write it as 1234.50)"),
    "doubtful comma": ('c1,A,key,,,,,"1,234",,,,', "2:14: balance: `1,234` is no amount"),
    "below zero": ("c1,A,key,,,,-1,,,,,", "overdue: `-1` is below zero"),
    "overdue above balance": ("c1,A,key,,,,50,20,,,,", "overdue: 50 are overdue, and only 20 are owed"),
    "code": (
        "c1,A,key,,,,,,,,12a4,",
        "2:17: code: this cannot be keyed in by everybody (4 to 12 of the digits 0 to 9)",
    ),
    "too few cells": ("c1,A,key", "2:1: this row has 3 cells, the first row of the file has 12"),
    "too many cells": ("c1,A,key,,,,,,,,,,,", "2:1: this row has 14 cells"),
    "not UTF-8": ("c1,\udcff,key,,,,,,,,,", "2:4: name: `\ufffd` is not UTF-8 (save the file as CSV UTF-8)"),
    "control characters": ("c1,\x1b[2J,key,,,,,,,,,", "2:4: name: `\ufffd[2J` has control characters"),
    "quote": ('c1,"A"B,key,,,,,,,,,', "2:1: this is not CSV"),
    "open quote": (
        'c1,"A,key,,,,,,,,,',
        "2:1: this is not CSV: unexpected end of data (a quote is opened here and not",
    ),
    "NUL": ("c1,\x00,key,,,,,,,,,", "2:4: name: `\ufffd` has control characters (remove them)"),
    "in the second line of a cell": ('c1,A,key,"+79160000101\n12",,,,,,,,', "numbers: `12` is no telephone number"),
    "after a cell of two lines": ('c1,A,key,"\n+79160000101",anna,x,,,,,,', "3:20: department: the rules have no"),
}


@pytest.mark.parametrize(("row", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place(directory: Directory, customers_from: Import, row: str, told: str) -> None:
    report = customers_from((HEADER + row + "\n").encode(errors="surrogateescape"))
    (mistake,) = report.mistakes
    assert told in str(mistake)
    assert str(mistake).startswith("customers.csv:")
    assert report.rows == 1
    assert str(report) == "customers.csv: 1 mistake in 1 rows"


HEADERS = {
    "empty": ("", ["the file is empty (its first row names the columns: `id`, `name`, `type`"]),
    "blank": ("\n\n", ["the file is empty"]),
    "missing": ("id,name\nc1,A\n", ["1:1: there is no column `type` (the columns are `id`"]),
    "misspelt": ("id,name,type,manger\nc1,A,key,\n", ["1:14: no column is called `manger` (did you mean `manager`?)"]),
    "twice": ("id,name,type,name\nc1,A,key,B\n", ["1:14: name: this column is there twice (remove one of them)"]),
    "utf-16": ("id,name,type\n".encode("utf-16"), ["1:1: the file is UTF-16 (save it as CSV UTF-8)"]),
    "old Mac": (b"id,name,type\rc1,A,key\r", ["1:1: this is not CSV", "lines must end with LF or CR LF"]),
}


@pytest.mark.parametrize(("written", "told"), HEADERS.values(), ids=HEADERS)
def test_a_wrong_header_is_told(
    directory: Directory, customers_from: Import, written: str | bytes, told: list[str]
) -> None:
    mistakes = [str(mistake) for mistake in customers_from(written).mistakes]
    assert all(any(part in mistake for mistake in mistakes) for part in told)


def test_a_missing_file_is_told(database: Database, rulebook: Rulebook, tmp_path: Path) -> None:
    (mistake,) = import_customers(database, tmp_path / "none.csv", rulebook).mistakes
    assert "the file cannot be read: No such file or directory" in str(mistake)


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(directory: Directory, customers_from: Import) -> None:
    rows = ["c1,A,kay,,ana,,,,,,,", "c2,B,key,,,,,,,,,", "c3,C,key,12,,,x,,,,,", "c2,D,key,,,,,,,,,"]
    report = customers_from(HEADER + "\n".join(rows) + "\n")
    assert [(mistake.line, mistake.column) for mistake in report.mistakes] == [
        (2, "type"),
        (2, "manager"),
        (4, "numbers"),
        (4, "overdue"),
        (5, "id"),
    ]
    assert str(report) == "customers.csv: 5 mistakes in 4 rows"


def test_a_file_that_is_wrong_all_over_is_not_read_to_its_end(directory: Directory, customers_from: Import) -> None:
    report = customers_from("id,name,type\n" + "c1,A,kay\n" * (MOST_KEPT * 2))
    assert len(report.mistakes) == MOST_KEPT
    assert report.rows == MOST_KEPT
    assert str(report) == "customers.csv: 1000 mistakes in 1000 rows, and the rest was not read"


def test_a_file_with_a_mistake_changes_nothing(directory: Directory, customers_from: Import) -> None:
    customers_from(HEADER + GOLDEN)
    before = directory.customer("+79160000101")
    report = customers_from(HEADER + GOLDEN.replace("Golden", "Silver") + "c2,B,kay,,,,,,,,,\n")
    assert (len(report.mistakes), report.added) == (1, 0)
    assert directory.customer("+79160000101") == before


def test_importing_again_changes_nothing(directory: Directory, customers_from: Import) -> None:
    customers_from(HEADER + GOLDEN)
    before = directory.customer("+79160000101")
    report = customers_from(HEADER + GOLDEN)
    assert (report.mistakes, report.rows, report.added) == ((), 1, 0)
    assert directory.customer("+79160000101") == before


def test_a_later_file_changes_only_the_columns_that_it_has(directory: Directory, customers_from: Import) -> None:
    customers_from(HEADER + GOLDEN)
    before = directory.customer("+79160000101")
    assert before is not None
    assert customers_from("id,name,type,overdue\nc1,New Name,retail,0\n").mistakes == ()
    after = directory.customer("+74952220101")
    assert after is not None
    assert (after.name, after.type, after.debt.overdue) == ("New Name", "retail", Decimal(0))
    assert (after.manager, after.code, after.debt.balance) == (before.manager, before.code, before.debt.balance)


def test_an_empty_cell_empties_what_was_there(directory: Directory, customers_from: Import) -> None:
    customers_from(HEADER + GOLDEN)
    customers_from("id,name,type,numbers,manager,code\nc1,A,key,+79160000101,,\n")
    found = directory.customer("+79160000101")
    assert found is not None
    assert (found.manager, found.code) == (None, None)
    assert directory.customer("+74952220101") is None


def test_what_is_overdue_is_owed(directory: Directory, customers_from: Import) -> None:
    customers_from("id,name,type,numbers,overdue,balance,limit\nc1,A,key,+79160000101,20,,10\n")
    found = directory.customer("+79160000101")
    assert found is not None
    assert found.debt == Debt(overdue=Decimal(20), balance=Decimal(20), limit=Decimal(10))
    assert found.debt.is_over_limit


def test_a_number_may_go_from_one_customer_to_another(directory: Directory, customers_from: Import) -> None:
    header = "id,name,type,numbers\n"
    customers_from(header + "c1,A,key,+79160000101\nc2,B,key,+79160000102\n")
    assert customers_from(header + "c2,B,key,+79160000101\nc1,A,key,+79160000102\n").mistakes == ()
    found = [directory.customer(number) for number in ("+79160000101", "+79160000102")]
    assert [customer and customer.id for customer in found] == ["c2", "c1"]


def test_one_number_at_two_customers_is_told(directory: Directory, customers_from: Import) -> None:
    header = "id,name,type,numbers\n"
    customers_from(header + "c9,Z,key,+79160000109\n")
    report = customers_from(header + "c1,A,key,+79160000101\nc2,B,key,+79160000109\nc3,C,key,89160000101\n")
    assert [str(mistake).partition(": ")[2] for mistake in report.mistakes] == [
        "numbers: `+79160000109` is the number of customer `c9` (leave it to one of them, or import both together)",
        "numbers: `+79160000101` is the number in line 2 too (leave it to one)",
    ]


def test_a_number_that_a_customer_has_twice_is_no_mistake(directory: Directory, customers_from: Import) -> None:
    assert customers_from("id,name,type,numbers\nc1,A,key,+79160000101;89160000101\n").mistakes == ()
    assert directory.customer("+79160000101") is not None


def test_customers_who_are_not_in_the_file_stay_unless_told_otherwise(
    directory: Directory, customers_from: Import
) -> None:
    header = "id,name,type,numbers\n"
    customers_from(header + "c1,A,key,+79160000101\nc2,B,key,+79160000102\n")
    customers_from(header + "c3,C,key,+79160000103\n")
    assert directory.customer("+79160000102") is not None
    report = customers_from(header + "c3,C,key,+79160000103 +79160000102\n", remove=True)
    assert (report.mistakes, report.removed) == ((), 2)
    assert str(report) == "customers.csv: 1 rows, 0 new, 2 removed"
    found = directory.customer("+79160000102")
    assert found is not None
    assert found.id == "c3"
    assert directory.customer("+79160000101") is None


def test_progress_is_told(database: Database, rulebook: Rulebook, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("id,name,type\n" + "".join(f"c{number},A,key\n" for number in range(12_000)))
    told: list[int] = []
    assert import_customers(database, file, rulebook, told.append).mistakes == ()
    assert told == [5000, 10_000, 12_000]


def test_the_sample_company_is_without_a_mistake(database: Database, rulebook: Rulebook) -> None:
    company = ROOT / "demo" / "company"
    assert import_people(database, company / "people.csv", rulebook).mistakes == ()
    report = import_customers(database, company / "customers.csv", rulebook)
    assert report.mistakes == ()
    assert report.added == report.rows > 10


@given(st.lists(st.lists(st.text(alphabet=st.characters(), max_size=8), max_size=5), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=lasting(16, 40))
def test_no_file_at_all_breaks_it(directory: Directory, customers_from: Import, cells: list[list[str]]) -> None:
    written = "id,name,type,numbers\n" + "\n".join(",".join(row) for row in cells)
    customers_from(written.encode(errors="surrogatepass"))
