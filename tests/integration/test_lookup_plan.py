"""A look-up uses the index on both databases, so that it stays quick with a million customers."""

from decimal import Decimal

from sqlalchemy import insert, text

from db.database import Database
from db.directory import BY_NUMBER
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


def _parameters(database: Database) -> tuple[str] | dict[str, str]:
    return ("+79160000042",) if database.is_sqlite else {"number": "+79160000042"}
