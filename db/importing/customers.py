"""Customers from a CSV file into the directory."""

import json
import re
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, select

from db.database import Database
from db.importing import cells
from db.importing.report import Findings, Progress, Report, quoted, silent
from db.importing.sheet import Columns, Sheet, SheetRow
from db.importing.staging import Line, Staging, staging
from db.tables import People
from routing.facts import PersonId
from routing.rulebook import Rulebook

CUSTOMERS = Columns(
    required=("id", "name", "type"),
    optional=(
        "other_names",
        "numbers",
        "manager",
        "department",
        "overdue",
        "balance",
        "limit",
        "language",
        "code",
    ),
)
_ID = re.compile(r"\S+")
_BATCH = 5000
_FIELDS = {"limit": "credit_limit"}
"""Columns that the directory's table names otherwise."""


def import_customers(
    database: Database, path: Path, rulebook: Rulebook, progress: Progress = silent, *, remove: bool = False
) -> Report:
    """Read customers; ``remove``: those that the file does not have leave the directory.

    Their managers must be in the directory, their types, departments and languages in the rule file. No number may
    belong to two customers.
    """
    findings = Findings(path.name)
    sheet = Sheet(path, CUSTOMERS, findings)
    added = removed = 0
    with staging(database) as stage:
        with stage.loading() as connection:
            _stage(stage, sheet, rulebook, _people_ids(connection), progress)
        with stage.merging():
            _compare(stage, findings, remove=remove)
            if not findings:
                added = stage.new()
                removed = stage.remove_others() if remove else 0
                stage.merge({_FIELDS.get(name, name) for name in sheet.present}, rulebook.departments)
                if "numbers" in sheet.present:
                    stage.merge_numbers()
                stage.changed()
    return Report(file=path.name, rows=sheet.rows, added=added, removed=removed, mistakes=findings.in_order())


def _people_ids(connection: Connection) -> frozenset[PersonId]:
    return frozenset(connection.execute(select(People.id)).scalars())


def _stage(
    stage: Staging, sheet: Sheet, rulebook: Rulebook, managers: Collection[PersonId], progress: Progress
) -> None:
    """Load the file, wrong rows too: whose number it is can only be told when all customers are there."""
    customers: list[Line] = []
    numbers: list[Line] = []
    for row in sheet:
        customer = _read_customer(row, rulebook, managers)
        customers.append((row.line, *customer))
        found = cells.numbers(row, "numbers", rulebook.company.country)
        numbers.extend((row.line, number, customer[0]) for number in found)
        if len(customers) == _BATCH:
            stage.load(customers, numbers)
            customers, numbers = [], []
            progress(sheet.rows)
    stage.load(customers, numbers)
    progress(sheet.rows)


def _read_customer(row: SheetRow, rulebook: Rulebook, managers: Collection[PersonId]) -> tuple[str | None, ...]:
    """The texts of `db.importing.staging.FIELDS`."""
    overdue, balance, limit = _read_debt(row)
    return (
        cells.key(row, _ID, "an id has no spaces"),
        cells.text(row, "name", cells.LONGEST_NAME, required=True),
        json.dumps(cells.names(row, "other_names", cells.LONGEST_NAME), ensure_ascii=False),
        cells.word(row, "type", rulebook.customers, "the rules have no customer type", required=True),
        cells.word(row, "manager", managers, "nobody in the directory has the id"),
        cells.word(row, "department", rulebook.departments, "the rules have no department"),
        str(overdue),
        str(balance),
        None if limit is None else str(limit),
        cells.word(row, "language", rulebook.company.languages, "the rules have no language"),
        cells.digits(row, "code", 4, 12),
    )


def _read_debt(row: SheetRow) -> tuple[Decimal, Decimal, Decimal | None]:
    """What is overdue is owed, too: it is the balance where that is not written, and never more than it."""
    overdue = cells.money(row, "overdue") or Decimal(0)
    balance = cells.money(row, "balance", below_zero=True)
    if balance is None:
        balance = overdue
    elif overdue > max(balance, Decimal(0)) and row["balance"]:
        row.wrong("overdue", f"{overdue} are overdue, and only {balance} are owed", "the balance has the overdue in it")
    return overdue, balance, cells.money(row, "limit")


def _compare(stage: Staging, findings: Findings, *, remove: bool) -> None:
    """What only all rows together can show, and the directory beside them."""
    for line, customer, other in stage.repeated_ids():
        findings.add(line, 1, "id", f"{quoted(customer)} is the id in line {other} too", "write one row for each")
    for line, number, other in stage.shared_numbers():
        findings.add(line, 1, "numbers", f"{quoted(number)} is the number in line {other} too", "leave it to one")
    for line, number, customer in () if remove else stage.taken_numbers():
        advice = "leave it to one of them, or import both together"
        findings.add(line, 1, "numbers", f"{quoted(number)} is the number of customer {quoted(customer)}", advice)
