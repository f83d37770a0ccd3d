"""The outbox: a letter for each department that is told of a remark, kept until it is sent.

A letter is written in its remark's transaction (`db.writing.batch`), so that no crash leaves one without the other. It
says only which remark is told to whom: what it says is read when it is sent, so that nothing of an erased customer
leaves the house. Its id follows from the remark's and the department's: writing a remark again sends no second letter,
and a letter that is sent again, since a crash came between sending and noting it, bears the same id.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, select, update

from db import rows
from db.database import Database, Upsert
from db.records import CallRow, RemarkRow
from db.tables import Letters
from db.text import clean

_CALLS, _REMARKS = rows.table_of(CallRow), rows.table_of(RemarkRow)
_LONGEST_WHY = 256


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A remark on its way to one department."""

    id: str
    """Letters, digits and ``_`` only: it is signed and goes into headers."""
    department: str
    attempts: int
    """How often sending it failed."""
    remark: RemarkRow
    call: CallRow | None
    """None: its row is not in the register yet."""


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that was not sent at the first attempt."""

    id: str
    department: str
    remark: str
    attempts: int
    due: dt.datetime | None
    """When it is tried again; None: it was given up."""
    why: str


def letters(remark: RemarkRow) -> list[dict[str, Any]]:
    """The letters of a remark, as rows of their table: each is due at once."""
    return [
        {"id": letter_id(remark, department), "remark": remark.id, "department": department, "due": remark.at}
        for department in remark.tell
    ]


def letter_id(remark: RemarkRow, department: str) -> str:
    """The id of the letter that tells this department of the remark."""
    return f"letter_{hashlib.sha256(f'{remark.id} {department}'.encode()).hexdigest()[:24]}"


def insertion(database: Database) -> Upsert:
    """The statement that writes letters; one that is known stays as it is."""
    return database.upsert(Letters).on_conflict_do_nothing()


class Outbox:
    """What is to be sent, and what became of it. Every method waits for the database, and raises its errors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, at: dt.datetime, limit: int) -> tuple[Letter, ...]:
        """So many letters at most that are to be sent by now, the longest due first."""
        query = select(Letters.__table__).where(Letters.due <= at).order_by(Letters.due, Letters.id).limit(limit)
        with self._database.reading() as connection:
            found = connection.execute(query).mappings().all()
            return tuple(_with_remarks(connection, found)) if found else ()

    def sent(self, letter: str, at: dt.datetime) -> None:
        """Note that it is sent: it is not sent again."""
        self._note(Letters.id == letter, due=None, sent=at, why=None)

    def failed(self, letter: Letter, why: str, due: dt.datetime | None) -> None:
        """Note that it could not be sent, and when it is tried again; None: it is given up."""
        self._note(Letters.id == letter.id, due=due, attempts=letter.attempts + 1, why=clean(why, _LONGEST_WHY))

    def unsent(self) -> tuple[Unsent, ...]:
        """All that were tried in vain, those that wait and those that were given up."""
        columns = (Letters.id, Letters.department, Letters.remark, Letters.attempts, Letters.due, Letters.why)
        query = select(*columns).where(Letters.sent.is_(None), Letters.why.is_not(None)).order_by(Letters.id)
        with self._database.reading() as connection:
            return tuple(Unsent(**row) for row in connection.execute(query).mappings())

    def send_again(self, at: dt.datetime) -> int:
        """Let all that were given up be tried anew from then on; gives how many."""
        given_up = and_(Letters.sent.is_(None), Letters.due.is_(None))
        return self._note(given_up, due=at, attempts=0)

    def _note(self, which: ColumnElement[bool], **what: object) -> int:
        with self._database.writing() as connection:
            return connection.execute(update(Letters).where(which).values(what)).rowcount


def _with_remarks(connection: Connection, found: Iterable[Any]) -> Iterator[Letter]:
    wanted = select(_REMARKS).where(_REMARKS.c.id.in_({row["remark"] for row in found}))
    remarks = {remark.id: remark for remark in rows.read(RemarkRow, connection, wanted)}
    of_calls = select(_CALLS).where(_CALLS.c.id.in_({remark.call for remark in remarks.values()}))
    calls = {call.id: call for call in rows.read(CallRow, connection, of_calls)}
    for row in found:
        remark = remarks[row["remark"]]
        yield Letter(
            id=row["id"],
            department=row["department"],
            attempts=row["attempts"],
            remark=remark,
            call=calls.get(remark.call),
        )
