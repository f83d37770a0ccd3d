"""People from a CSV file into the directory."""

import re
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from db import people
from db.database import Database
from db.importing import cells
from db.importing.report import Findings, Progress, Report, quoted, silent
from db.importing.sheet import Columns, Sheet, SheetRow
from db.importing.staging import put_departments
from db.tables import Customers
from routing.facts import Person, PersonId
from routing.rulebook import Rulebook

PEOPLE = Columns(
    required=("id", "name", "role"),
    optional=("departments", "hours", "leave", "languages", "extension"),
)
_ID = re.compile(r"[a-z][a-z0-9_]*")
TAKEN = "trunk"
"""No person's id: the PBX has it for the way to the outside world, and with it twice loads no telephone at all."""

Found = dict[PersonId, tuple[int, Person]]
"""People as the file has them, each with its line."""


def import_people(
    database: Database, path: Path, rulebook: Rulebook, progress: Progress = silent, *, remove: bool = False
) -> Report:
    """Read people; ``remove``: those that the file does not have leave the directory, unless they are managers.

    Roles, departments, hours and languages must be in the rule file. Who is away stays away.
    """
    findings = Findings(path.name)
    sheet = Sheet(path, PEOPLE, findings)
    found = _read_people(sheet, rulebook)
    progress(sheet.rows)
    added = 0
    gone: list[PersonId] = []
    with database.writing() as connection:
        known = {person.id: person for person in people.read(connection).people}
        gone = sorted(known.keys() - found.keys()) if remove else []
        _compare_people(connection, findings, found, known, gone)
        if not findings:
            put_departments(database, connection, rulebook.departments)
            people.remove(connection, gone)
            people.put(database, connection, [_updated(known.get(key), new, sheet) for key, (_, new) in found.items()])
            added = len(found.keys() - known.keys())
    return Report(
        file=path.name,
        rows=sheet.rows,
        added=added,
        removed=0 if findings else len(gone),
        mistakes=findings.in_order(),
    )


def _read_people(sheet: Sheet, rulebook: Rulebook) -> Found:
    found: Found = {}
    extensions: dict[str, int] = {}
    for row in sheet:
        person = _read_person(row, rulebook)
        if person.id in found:
            advice = "write one row for each"
            row.wrong("id", f"{quoted(person.id)} is the id in line {found[person.id][0]} too", advice)
        if person.id == TAKEN:
            row.wrong("id", f"{quoted(person.id)} is the way to the outside world", "choose another id")
        if person.extension and (other := extensions.setdefault(person.extension, row.line)) != row.line:
            row.wrong("extension", f"{quoted(person.extension)} is the extension in line {other} too")
        if person.id:
            found.setdefault(person.id, (row.line, person))
    return found


def _read_person(row: SheetRow, rulebook: Rulebook) -> Person:
    advice = "small letters, digits and _, a letter first: it is the telephone's user name"
    return Person(
        id=cells.key(row, _ID, advice),
        name=cells.text(row, "name", cells.LONGEST_NAME, required=True) or "",
        role=cells.word(row, "role", rulebook.roles, "the rules have no role", required=True) or "",
        departments=cells.words(row, "departments", rulebook.departments, "the rules have no department"),
        hours=cells.word(row, "hours", rulebook.hours, "the rules have no hours called"),
        leave=cells.leave(row, "leave"),
        languages=cells.words(row, "languages", rulebook.company.languages, "the rules have no language"),
        extension=cells.digits(row, "extension", 2, 8),
    )


def _updated(known: Person | None, new: Person, sheet: Sheet) -> Person:
    """What the file says, and for columns that it does not have what was known."""
    if known is None:
        return new
    return msgspec.structs.replace(known, **{name: getattr(new, name) for name in sheet.present})


def _compare_people(
    connection: Connection, findings: Findings, found: Found, known: dict[PersonId, Person], gone: list[PersonId]
) -> None:
    stay = known.keys() - found.keys() - set(gone)
    extensions = {known[person].extension: person for person in stay}
    for line, person in found.values():
        if person.extension and person.extension in extensions:
            message = f"{quoted(person.extension)} is the extension of {quoted(extensions[person.extension])}"
            findings.add(line, 1, "extension", message)
    managers = connection.execute(select(Customers.manager).distinct()).scalars() if gone else ()
    for manager in sorted({manager for manager in managers if manager in gone}):
        message = f"{quoted(manager)} is not in this file, but the manager of customers"
        findings.add(1, 1, "", message, "give these customers to somebody else first")
