"""What is asked for often uses an index, so that it stays quick with a million customers and calls."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import event, insert, text

from db.database import Database
from db.directory import BY_NUMBER
from db.personal import known_of
from db.sounds import Sounds
from db.stories import Stories
from db.tables import CustomerNumbers, Customers


def test_a_caller_is_found_by_the_index(database: Database) -> None:
    customers = [
        {"id": f"c{number}", "name": "A", "type": "key", "overdue": Decimal("12.50")} for number in range(5000)
    ]
    numbers = [{"number": f"+7916{number:07}", "customer": f"c{number}"} for number in range(5000)]
    with database.writing() as connection:
        connection.execute(insert(Customers), customers)
        connection.execute(insert(CustomerNumbers), numbers)
        connection.execute(text("ANALYZE"))
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        question = BY_NUMBER.prefix_with(text(""))
        sql = str(question.compile(database.engine, compile_kwargs={"literal_binds": False}))
        plan = str(connection.exec_driver_sql(f"{explain} {sql}", _parameters(database)).all())
    for scan in ("SCAN", "Seq Scan"):
        assert scan not in plan
    assert plan.count("SEARCH") == 2 or plan.count("Index Scan") == 2


RUNG = "USING INDEX legs_call (call=? AND person=?)"
"""Not by the person, who may have had a hundred thousand."""


@pytest.mark.parametrize(
    ("ask", "by"),
    [
        pytest.param(lambda one: Stories(one).calls(limit=50, person="anna"), RUNG, id="a person's calls"),
        pytest.param(lambda one: Stories(one).calls(limit=50, among=["anna", "boris"]), RUNG, id="calls of some"),
        pytest.param(
            lambda one: Sounds(one).messages(heard=False, limit=50),
            "USING INDEX messages_unheard",
            id="messages that nobody has heard",
        ),
        pytest.param(
            lambda one: known_of(one, "c1"), "SEARCH calls USING INDEX calls_number (number=?)", id="a customer's calls"
        ),
    ],
)
def test_what_is_asked_for_most_is_found_by_its_index(
    database: Database, ask: Callable[[Database], object], by: str
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL counts what is in its tables, and chooses by that")
    asked: list[tuple[str, tuple[str, ...]]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    ask(database)
    sql, parameters = asked[-1]
    with database.reading() as connection:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all())
    assert by in plan


def _parameters(database: Database) -> tuple[str] | dict[str, str]:
    return ("+79160000042",) if database.is_sqlite else {"number": "+79160000042"}
