"""Who calls, and where the call goes: among few customers and among a million."""

import asyncio
import random
import time
from collections.abc import Iterator
from functools import partial
from statistics import median

from bench.micro import books
from bench.micro.databases import databases
from bench.micro.runs import in_turn
from bench.results import Result
from db.database import Database
from db.directory import Directory
from db.lookup import LookUp

CUSTOMERS = (10, 1_000, 1_000_000)
CALLS = 500
RULES = 20
_COUNT = {
    "SQLite": "WITH RECURSIVE counted(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM counted WHERE n < {last})",
    "PostgreSQL": "WITH counted(n) AS (SELECT generate_series({first}, {last}))",
}
_NUMBER = {"SQLite": "'+7916' || printf('%07d', n)", "PostgreSQL": "'+7916' || lpad(n::text, 7, '0')"}
_CUSTOMERS = (
    "INSERT INTO customers (id, name, type, manager, overdue, balance) {counted} "
    "SELECT 'c' || n, 'Customer ' || n, 'market', 'manager00', '0', '0' FROM counted"
)
_NUMBERS = "INSERT INTO customer_numbers (number, customer) {counted} SELECT {number}, 'c' || n FROM counted"


def measures(quick: bool) -> Iterator[Result]:
    """By the clock, as the engine waits for it; each size is a database that has grown to it."""
    with databases() as found:
        for kind, database in found.items():
            if kind == "SQLite" or not quick:
                yield from _growing(kind, database, quick)


def _growing(kind: str, database: Database, quick: bool) -> Iterator[Result]:
    with database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO people (id, name, role, languages) VALUES ('manager00', 'M', 'manager', '[]')"
        )
    there = 0
    for customers in CUSTOMERS:
        _fill(kind, database, there, customers - 1)
        there = customers
        variant = f"{kind}, {customers:,} customers"
        yield from in_turn("look-up and decision", "µs", {variant: partial(_microseconds, database, customers)}, quick)


def _fill(kind: str, database: Database, first: int, last: int) -> None:
    counted = _COUNT[kind].format(first=first, last=last)
    with database.writing() as connection:
        for statement in (_CUSTOMERS, _NUMBERS):
            connection.exec_driver_sql(statement.format(counted=counted, number=_NUMBER[kind]))


def _microseconds(database: Database, customers: int) -> float:
    """The median of some calls from customers at random."""
    numbers = random.choices(range(customers), k=CALLS)
    return asyncio.run(_calls(LookUp(Directory(database)), [f"+7916{number:07}" for number in numbers]))


async def _calls(lookup: LookUp, numbers: list[str]) -> float:
    await lookup.caller(numbers[0])
    book, times = books.rulebook(RULES), []
    for number in numbers:
        began = time.perf_counter()
        caller = await lookup.caller(number)
        books.to_the_ring(book, books.facts(RULES, number, caller.customer))
        times.append(time.perf_counter() - began)
    return median(times) * 1e6
