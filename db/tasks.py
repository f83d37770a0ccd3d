"""What is owed to callers: who has to see to it, who does, and when it was done (T4).

Everything here waits for the database.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, or_, select, update

from db import changes, rows
from db.changes import Had
from db.database import Database
from db.paging import Place, oldest
from db.records import TaskRow
from db.tables import Calls, Messages, Tasks
from db.text import clean
from routing.facts import PersonId

_TASKS = rows.table_of(TaskRow)
_OWED = select(_TASKS, func.coalesce(_TASKS.c.call_at, Calls.number).label("number"), Calls.customer).join_from(
    _TASKS, Calls, _TASKS.c.call == Calls.id, isouter=True
)


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """A task, and whom it is owed to."""

    task: TaskRow
    number: str | None
    """Where the caller is called; None: withheld, erased, or the call is not in the register yet."""
    customer: str | None


class TaskList:
    """The tasks of an installation, for any number of threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self,
        *,
        task: str | None = None,
        owners: Collection[str] | None = None,
        beyond: Place | None = None,
        limit: int | None = None,
    ) -> tuple[Owed, ...]:
        """What is not done: who has waited longest stands first; those ``beyond`` the end of an earlier page.

        ``task``: this one alone. ``owners``: what is for one of these, or for anybody, or is seen to by one of these.
        """
        query = _OWED.where(_TASKS.c.done.is_(None))
        if task is not None:
            query = query.where(_TASKS.c.id == task)
        if owners is not None:
            is_theirs = (_TASKS.c.owner.in_(owners), _TASKS.c.taken_by.in_(owners))
            query = query.where(or_(_TASKS.c.owner.is_(None), *is_theirs))
        return self._read(oldest(query, _TASKS.c.since, _TASKS.c.id, beyond).limit(limit))

    def named(self, tasks: Collection[str]) -> tuple[Owed, ...]:
        """These, be they done or not; of one that was erased there is nothing."""
        return self._read(_OWED.where(_TASKS.c.id.in_(tasks)))

    def _read(self, query: Select[Any]) -> tuple[Owed, ...]:
        with self._database.reading() as connection:
            found = [dict(row) for row in connection.execute(query).mappings()]
        return tuple(Owed(number=row.pop("number"), customer=row.pop("customer"), task=TaskRow(**row)) for row in found)

    def take(self, task: str, by: PersonId, at: dt.datetime) -> bool:
        """Somebody sees to it, instead of whoever did so far. False: there is no such task, or it is done."""
        with self._database.writing() as connection:
            if (before := _opened(connection, task)) is None:
                return False
            connection.execute(update(Tasks).where(Tasks.id == task).values(taken=at, taken_by=clean(by, 128)))
            changes.note(connection, [before], [Had(task, before.taken_by)] if before.taken_by else [])
            return True

    def do(self, task: str, by: PersonId, at: dt.datetime) -> bool:
        """It is done, and a message was heard by it. False: there is no such task, or it was done before."""
        who = clean(by, 128)
        with self._database.writing() as connection:
            if (before := _opened(connection, task)) is None:
                return False
            connection.execute(update(Tasks).where(Tasks.id == task).values(done=at, done_by=who))
            heard = update(Messages).where(Messages.id == task, Messages.heard.is_(None))
            connection.execute(heard.values(heard=at, heard_by=who))
            changes.note(connection, [before])
            return True

    def of_call(self, call: str) -> tuple[TaskRow, ...]:
        """What is owed in this call and not done."""
        query = select(_TASKS).where(_TASKS.c.call == call, _TASKS.c.done.is_(None))
        with self._database.reading() as connection:
            return rows.read(TaskRow, connection, query)


def _opened(connection: Connection, task: str) -> TaskRow | None:
    """One that is not done; nobody else changes it before the transaction's end."""
    query = select(_TASKS).where(_TASKS.c.id == task, _TASKS.c.done.is_(None)).with_for_update()
    return next(iter(rows.read(TaskRow, connection, query)), None)
