"""What is owed to callers: who has to see to it, who does, and when it was done (T4).

Everything here waits for the database.
"""

import datetime as dt
from collections.abc import Collection

import msgspec
from sqlalchemy import func, or_, select, update

from db import rows
from db.database import Database
from db.paging import Place, oldest
from db.records import TaskRow
from db.tables import Calls, Messages, Tasks
from db.text import clean
from routing.facts import PersonId

_TASKS = rows.table_of(TaskRow)


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
        number = func.coalesce(_TASKS.c.call_at, Calls.number).label("number")
        query = select(_TASKS, number, Calls.customer).join_from(_TASKS, Calls, _TASKS.c.call == Calls.id, isouter=True)
        query = query.where(_TASKS.c.done.is_(None))
        if task is not None:
            query = query.where(_TASKS.c.id == task)
        if owners is not None:
            is_theirs = (_TASKS.c.owner.in_(owners), _TASKS.c.taken_by.in_(owners))
            query = query.where(or_(_TASKS.c.owner.is_(None), *is_theirs))
        query = oldest(query, _TASKS.c.since, _TASKS.c.id, beyond).limit(limit)
        with self._database.reading() as connection:
            found = [dict(row) for row in connection.execute(query).mappings()]
        return tuple(Owed(number=row.pop("number"), customer=row.pop("customer"), task=TaskRow(**row)) for row in found)

    def take(self, task: str, by: PersonId, at: dt.datetime) -> bool:
        """Somebody sees to it, instead of whoever did so far. False: there is no such task, or it is done."""
        with self._database.writing() as connection:
            statement = update(Tasks).where(Tasks.id == task, Tasks.done.is_(None))
            return connection.execute(statement.values(taken=at, taken_by=clean(by, 128))).rowcount == 1

    def do(self, task: str, by: PersonId, at: dt.datetime) -> bool:
        """It is done, and a message was heard by it. False: there is no such task, or it was done before."""
        who = clean(by, 128)
        with self._database.writing() as connection:
            statement = update(Tasks).where(Tasks.id == task, Tasks.done.is_(None))
            if connection.execute(statement.values(done=at, done_by=who)).rowcount != 1:
                return False
            heard = update(Messages).where(Messages.id == task, Messages.heard.is_(None))
            connection.execute(heard.values(heard=at, heard_by=who))
            return True

    def of_call(self, call: str) -> tuple[TaskRow, ...]:
        """What is owed in this call and not done."""
        query = select(_TASKS).where(_TASKS.c.call == call, _TASKS.c.done.is_(None))
        with self._database.reading() as connection:
            return rows.read(TaskRow, connection, query)
