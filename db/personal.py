"""All that is kept of one customer: to be handed out when the customer asks for it, or to be erased.

Of an erased customer nothing stays in the directory. The calls stay as numbers without a person: when, how long, which
line, who answered, how it ended, what it was about; not who called, nor what was noted in words, nor the facts and the
trail, in which the customer can be recognised. What was still owed to the customer is owed to nobody then.
No number is kept, hashed neither: there are so few numbers that whoever has the key, or guesses it, reads them back.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, or_, select, update

from db import changes, rows
from db.changes import Had
from db.database import Database
from db.records import (
    ActRow,
    AttendanceRow,
    CallRow,
    DutyRow,
    LegRow,
    MessageRow,
    PresenceRow,
    RecordingRow,
    RemarkRow,
    Row,
    TaskRow,
)
from db.stories import CallStory
from db.tables import CUSTOMERS, CustomerNumbers, Customers, Letters, Versions
from routing.outgoing import OUTGOING
from routing.outside import PLUS

_CALLS, _LEGS = rows.table_of(CallRow), rows.table_of(LegRow)
_RECORDINGS, _MESSAGES = rows.table_of(RecordingRow), rows.table_of(MessageRow)
_REMARKS, _TASKS, _ACTS = rows.table_of(RemarkRow), rows.table_of(TaskRow), rows.table_of(ActRow)

Sound = RecordingRow | MessageRow
Kept = Sound | RemarkRow
"""What files may have been made of."""


class CallsGoOnError(Exception):
    """A customer cannot be erased while one of its calls is not closed: it would be written anew at its end."""

    def __init__(self, calls: tuple[str, ...]) -> None:
        super().__init__(f"calls of this customer are in progress: {', '.join(calls)}")
        self.calls = calls


class Known(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All that is known of one customer."""

    id: str
    entry: dict[str, Any] | None
    """The directory's columns but the code (D26), which proves to us who calls and is the customer's own; None: it is
    not in the directory."""
    numbers: tuple[str, ...]
    calls: tuple[CallStory, ...]
    """By the customer's id, and those from its numbers of which it was not known whose they were; the oldest first."""

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing of it."""
        return self.entry is None and not self.calls

    @property
    def open_calls(self) -> tuple[str, ...]:
        """The ids of those that are not closed."""
        return tuple(story.call.id for story in self.calls if story.call.ended is None)

    @property
    def sounds(self) -> tuple[Sound, ...]:
        """Recordings and messages whose files are there."""
        recordings: list[Sound] = [story.recording for story in self.calls if story.recording]
        messages = [message for story in self.calls for message in story.messages]
        return tuple(one for one in (*recordings, *messages) if one.removed is None)

    @property
    def remarks(self) -> tuple[RemarkRow, ...]:
        """What was noted about its calls."""
        return tuple(remark for story in self.calls for remark in story.remarks)

    def has(self, row: Row) -> bool:
        """Whether this row tells of the customer or of one of its calls."""
        if isinstance(row, CallRow) and (row.customer == self.id or _is_unknown_from(row, self.numbers)):
            return True
        return _call_of(row) in self._keys

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(story.call.id for story in self.calls)


def known_of(database: Database, customer: str) -> Known:
    """All that is known of the customer with this id, as of one moment."""
    with database.reading_together() as connection:
        return _known(connection, customer)


def erase(database: Database, customer: str, at: dt.datetime, remove: Callable[[Kept], None]) -> Known:
    """Erase the customer, in one transaction; gives what there was. Doing it again finds nothing and does no harm.

    ``remove`` deletes the files of a row before it is marked: whatever it raises, the rows stay as they were, and the
    next time finds them again. Raises CallsGoOnError.
    """
    with database.writing() as connection:
        if database.is_sqlite:  # else the file keeps what was erased until the room is used again
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        known = _known(connection, customer)
        if known.open_calls:
            raise CallsGoOnError(known.open_calls)
        for kept in (*known.sounds, *known.remarks):
            remove(kept)
        whose = _whose(customer, known.numbers)
        _mark_removed(connection, whose, at)
        is_owed = _TASKS.c.call.in_(select(_CALLS.c.id).where(whose))
        owed = rows.read(TaskRow, connection, select(_TASKS).where(is_owed))
        connection.execute(delete(_TASKS).where(is_owed))
        _silence(connection, whose, at)
        _forget_numbers(connection, whose)
        connection.execute(update(_CALLS).where(whose).values({**_NOBODYS, "erased": at}))
        _remove_entry(connection, customer)
        changes.note(connection, [story.call for story in known.calls], chain.from_iterable(map(_had, owed)))
    if database.is_sqlite:  # what was erased is in the log of changes, too
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return known


def _had(task: TaskRow) -> Iterator[Had]:
    yield Had(task.id, task.owner)
    if task.taken_by is not None:
        yield Had(task.id, task.taken_by)


_NOBODYS = {"number": None, "name": None, "customer": None, "facts": b"", "trail": b""}


def _known(connection: Connection, customer: str) -> Known:
    found = connection.execute(select(Customers.__table__).where(Customers.id == customer)).mappings().one_or_none()
    entry = {name: value for name, value in found.items() if name != "code"} if found else None
    query = select(CustomerNumbers.number).where(CustomerNumbers.customer == customer)
    numbers = tuple(connection.scalars(query.order_by(CustomerNumbers.number)))
    return Known(id=customer, entry=entry, numbers=numbers, calls=_stories(connection, _whose(customer, numbers)))


def _stories(connection: Connection, whose: ColumnElement[bool]) -> tuple[CallStory, ...]:
    calls = rows.read(CallRow, connection, select(_CALLS).where(whose).order_by(_CALLS.c.arrived, _CALLS.c.id))
    recordings = rows.read(RecordingRow, connection, _of_calls(_RECORDINGS, whose))
    recorded = {recording.call: recording for recording in recordings}
    legs = _by_call(LegRow, connection, whose, _LEGS.c.rang, _LEGS.c.id)
    messages = _by_call(MessageRow, connection, whose, _MESSAGES.c.left)
    remarks = _by_call(RemarkRow, connection, whose, _REMARKS.c.at, _REMARKS.c.id)
    acts = _by_call(ActRow, connection, whose, _ACTS.c.began, _ACTS.c.id)
    return tuple(
        CallStory(
            call=call,
            legs=tuple(legs[call.id]),
            recording=recorded.get(call.id),
            messages=tuple(messages[call.id]),
            remarks=tuple(remarks[call.id]),
            acts=tuple(acts[call.id]),
        )
        for call in calls
    )


def _by_call(
    kind: type[rows.OfCall], connection: Connection, whose: ColumnElement[bool], *order: ColumnElement[Any]
) -> Mapping[str, Sequence[rows.OfCall]]:
    return rows.by_call(rows.read(kind, connection, _of_calls(rows.table_of(kind), whose).order_by(*order)))


def _of_calls(table: Table, whose: ColumnElement[bool]) -> Any:
    return select(table).where(table.c.call.in_(select(_CALLS.c.id).where(whose)))


def _whose(customer: str, numbers: tuple[str, ...]) -> ColumnElement[bool]:
    """A number that was another customer's at the time tells of that one."""
    of_nobody = func.coalesce(_CALLS.c.customer, "") == ""  # not IS NULL: SQLite would go through all such calls for it
    return or_(_CALLS.c.customer == customer, and_(of_nobody, _CALLS.c.number.in_(numbers)))


def _is_unknown_from(row: CallRow, numbers: tuple[str, ...]) -> bool:
    return row.customer is None and row.number in numbers


def _call_of(row: Row) -> str | None:
    if isinstance(row, DutyRow | PresenceRow | AttendanceRow):
        return None  # it tells of our own people
    return row.id if isinstance(row, CallRow) else row.call


def _mark_removed(connection: Connection, whose: ColumnElement[bool], at: dt.datetime) -> None:
    for table in (_RECORDINGS, _MESSAGES):
        of_calls = table.c.call.in_(select(_CALLS.c.id).where(whose))
        connection.execute(update(table).where(of_calls).values(removed=func.coalesce(table.c.removed, at)))


def _silence(connection: Connection, whose: ColumnElement[bool], at: dt.datetime) -> None:
    """What was noted stays to be counted, without its words; nobody is told of it any more."""
    of_calls = _REMARKS.c.call.in_(select(_CALLS.c.id).where(whose))
    connection.execute(delete(Letters).where(Letters.remark.in_(select(_REMARKS.c.id).where(of_calls))))
    connection.execute(update(_REMARKS).where(of_calls).values(text=None, erased=at))


def _forget_numbers(connection: Connection, whose: ColumnElement[bool]) -> None:
    """Whom our people called outside (T1): that somebody outside was rung stays, and counts for limits."""
    called = select(_CALLS.c.id).where(whose, _CALLS.c.dialled.startswith(OUTGOING))
    rung = and_(_LEGS.c.call.in_(called), _LEGS.c.person.startswith(PLUS))
    connection.execute(update(_LEGS).where(rung).values(person=PLUS))


def _remove_entry(connection: Connection, customer: str) -> None:
    connection.execute(delete(CustomerNumbers).where(CustomerNumbers.customer == customer))
    connection.execute(delete(Customers).where(Customers.id == customer))
    # By its version a snapshot is known to be out of date, should this process not come to renew it.
    connection.execute(update(Versions).where(Versions.name == CUSTOMERS).values(number=Versions.number + 1))
