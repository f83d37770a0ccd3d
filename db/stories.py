"""Reading the register back: calls, the story of one call, recordings, messages to listen to.

Everything here waits for the database. Who asks gives any of: ``since`` (which belongs to the span), ``until`` (which
does not), ``person``, ``number``, ``customer`` and ``dialled``; no condition means all of them.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, TypedDict, Unpack

import msgspec
from sqlalchemy import Column, ColumnElement, Select, exists, literal, select, tuple_

from db import rows
from db.database import Database
from db.records import ActRow, CallRow, LegRow, MessageRow, PresenceRow, RecordingRow, RemarkRow
from db.tables import Calls, Legs, Recordings
from routing.facts import PersonId
from routing.limits import Attempt
from routing.outside import PLUS
from routing.transfers import BACK

_CALLS, _LEGS = rows.table_of(CallRow), rows.table_of(LegRow)
_RECORDINGS, _MESSAGES = rows.table_of(RecordingRow), rows.table_of(MessageRow)
_PRESENCE, _REMARKS = rows.table_of(PresenceRow), rows.table_of(RemarkRow)
_ACTS = rows.table_of(ActRow)
_LONGEST_CALL = dt.timedelta(days=2)
_PAGE = 1000
"""Rows read at a time where all of a table are gone through."""
_LOT = 50
"""Calls asked for at a time, never fewer: every connection keeps the last 128 statements that it has seen, and those of
two lengths are two."""


class Which(TypedDict, total=False):
    """Which calls are meant; all conditions hold together."""

    since: dt.datetime | None
    until: dt.datetime | None
    person: PersonId | None
    """Somebody who was rung; for recordings: who talked."""
    number: str | None
    """The caller's, as `db.numbers.normalise` gives it."""
    customer: str | None
    """The customer's id."""
    dialled: str | None
    among: Collection[PersonId] | None
    """One of these was rung; for recordings: talked. None: whoever was, or nobody."""


Place = tuple[dt.datetime, str]
"""Where a page of calls or messages ended: its last one's time and id."""


class CallStory(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one call."""

    call: CallRow
    legs: tuple[LegRow, ...]
    """In the order of their ringing."""
    recording: RecordingRow | None
    messages: tuple[MessageRow, ...]
    remarks: tuple[RemarkRow, ...] = ()
    """What was noted once it was over, in that order."""
    acts: tuple[ActRow, ...] = ()
    """What supervisors and others did in its talks, in that order."""


class Stories:
    """The register's reading side, for any number of threads. Raises SQLAlchemy's errors when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def calls(
        self, *, limit: int | None = None, beyond: Place | None = None, **which: Unpack[Which]
    ) -> tuple[CallRow, ...]:
        """Calls, the newest first; those ``beyond`` the end of an earlier page."""
        query = _newest(select(_CALLS).where(*_conditions(which)), _CALLS.c.arrived, _CALLS.c.id)
        return self._read(CallRow, _behind(query, beyond, _CALLS.c.arrived, _CALLS.c.id).limit(limit))

    def story(self, call: str) -> CallStory | None:
        """One call by its id; None: the register has no such call."""
        legs = select(_LEGS).where(_LEGS.c.call == call).order_by(_LEGS.c.rang, _LEGS.c.id)
        messages = select(_MESSAGES).where(_MESSAGES.c.call == call).order_by(_MESSAGES.c.left)
        remarks = select(_REMARKS).where(_REMARKS.c.call == call).order_by(_REMARKS.c.at, _REMARKS.c.id)
        acts = select(_ACTS).where(_ACTS.c.call == call).order_by(_ACTS.c.began, _ACTS.c.id)
        with self._database.reading() as connection:
            found = rows.read(CallRow, connection, select(_CALLS).where(_CALLS.c.id == call))
            if not found:
                return None
            recordings = rows.read(RecordingRow, connection, select(_RECORDINGS).where(_RECORDINGS.c.call == call))
            return CallStory(
                call=found[0],
                legs=rows.read(LegRow, connection, legs),
                recording=recordings[0] if recordings else None,
                messages=rows.read(MessageRow, connection, messages),
                remarks=rows.read(RemarkRow, connection, remarks),
                acts=rows.read(ActRow, connection, acts),
            )

    def open_calls(self) -> tuple[CallRow, ...]:
        """Calls of the last days that are in progress, or of which nobody saw the end; the oldest first."""
        since = dt.datetime.now(dt.UTC) - _LONGEST_CALL
        query = select(_CALLS).where(*_within(_CALLS.c.arrived, since, None), _CALLS.c.ended.is_(None))
        return self._read(CallRow, query.order_by(_CALLS.c.arrived))

    def legs(self, calls: Collection[str]) -> dict[str, tuple[LegRow, ...]]:
        """The legs of each of these calls that has any, in the order of their ringing."""
        query = select(_LEGS).where(_LEGS.c.call.in_(calls)).order_by(_LEGS.c.rang, _LEGS.c.id)
        return {call: tuple(legs) for call, legs in rows.by_call(self._read(LegRow, query)).items()}

    def known(self, calls: Collection[str]) -> set[str]:
        """Those of these calls that are in the register."""
        with self._database.reading() as connection:
            return {
                known
                for lot in _lots(list(calls))
                for known in connection.scalars(select(_CALLS.c.id).where(_CALLS.c.id.in_(lot)))
            }

    def recordings(
        self, *, call: str | None = None, limit: int | None = None, **which: Unpack[Which]
    ) -> tuple[RecordingRow, ...]:
        """Recordings, the newest first. One whose call never reached the register is found by its id and its time."""
        query = select(_RECORDINGS).where(*_of_recordings(which))
        if call is not None:
            query = query.where(_RECORDINGS.c.call == call)
        query = _newest(query, _RECORDINGS.c.started, _RECORDINGS.c.call)
        return self._read(RecordingRow, query.limit(limit))

    def every_recording(self, *, until: dt.datetime | None = None) -> Iterator[RecordingRow]:
        """All of them, the oldest first and a page at a time: neither the memory nor a transaction lasts for all."""
        return self._pages(RecordingRow, _RECORDINGS.c.started, _RECORDINGS.c.call, until)

    def every_message(self, *, until: dt.datetime | None = None) -> Iterator[MessageRow]:
        """All of them, the oldest first and a page at a time."""
        return self._pages(MessageRow, _MESSAGES.c.left, _MESSAGES.c.id, until)

    def outside_legs(self, since: dt.datetime) -> tuple[LegRow, ...]:
        """Every ringing of an outside number that began since then, and of callers who were called back."""
        legs = select(_LEGS).where(_LEGS.c.rang >= since, _LEGS.c.person.startswith(PLUS))
        called = select(_CALLS).where(_CALLS.c.arrived >= since, _CALLS.c.dialled.startswith(BACK))
        return (*self._read(LegRow, legs), *map(as_outside_leg, self._read(CallRow, called)))

    def offers(self, person: PersonId, limit: int) -> tuple[LegRow, ...]:
        """The last times that this person was rung, with what came of it: the newest first."""
        query = _newest(select(_LEGS).where(_LEGS.c.person == person), _LEGS.c.rang, _LEGS.c.id)
        return self._read(LegRow, query.limit(limit))

    def presences(self) -> dict[PersonId, PresenceRow]:
        """What everybody was doing, as of the last change of it, who was ever seen by an engine."""
        return {row.person: row for row in self._read(PresenceRow, select(_PRESENCE))}

    def calls_of(self, keys: Collection[str]) -> tuple[CallRow, ...]:
        """Those of these calls that the register has, the oldest first."""
        return self._read(CallRow, select(_CALLS).where(_CALLS.c.id.in_(keys)).order_by(_CALLS.c.arrived, _CALLS.c.id))

    def last_talk(self, person: PersonId, since: dt.datetime) -> CallRow | None:
        """The call that this person talked in last, if that talk goes on or ended since then."""
        talked = (_LEGS.c.person == person, _LEGS.c.answered.is_not(None))
        last = _newest(select(_LEGS).where(*talked), _LEGS.c.rang, _LEGS.c.id).limit(1)
        with self._database.reading() as connection:
            legs = rows.read(LegRow, connection, last)
            if not legs or (legs[0].ended or since) < since:
                return None
            found = rows.read(CallRow, connection, select(_CALLS).where(_CALLS.c.id == legs[0].call))
        return found[0] if found else None

    def presence(self, person: PersonId) -> PresenceRow | None:
        """What a person was doing, as of the last change of it; None: no engine has seen the person yet."""
        found = self._read(PresenceRow, select(_PRESENCE).where(_PRESENCE.c.person == person))
        return found[0] if found else None

    def messages(
        self,
        *,
        heard: bool | None = None,
        owners: Collection[str] | None = None,
        limit: int | None = None,
        beyond: Place | None = None,
    ) -> tuple[MessageRow, ...]:
        """Messages whose files are still there, the newest first; those ``beyond`` the end of an earlier page.

        ``heard``: only those that somebody has listened to, or nobody. ``owners``: only those that are for one of
        these, or for nobody in particular. Who has listened is known by the message's task (`db.tasks`).
        """
        query = _newest(select(_MESSAGES).where(_MESSAGES.c.removed.is_(None)), _MESSAGES.c.left, _MESSAGES.c.id)
        if heard is not None:
            query = query.where(_MESSAGES.c.heard.is_not(None) if heard else _MESSAGES.c.heard.is_(None))
        if owners is not None:
            query = query.where(_MESSAGES.c.owner.in_(owners) | _MESSAGES.c.owner.is_(None))
        return self._read(MessageRow, _behind(query, beyond, _MESSAGES.c.left, _MESSAGES.c.id).limit(limit))

    def message(self, key: str) -> MessageRow | None:
        """One message by its id; None: there is none."""
        found = self._read(MessageRow, select(_MESSAGES).where(_MESSAGES.c.id == key))
        return found[0] if found else None

    def _pages(
        self, kind: type[rows.Kind], time: Column[dt.datetime], key: Column[str], until: dt.datetime | None
    ) -> Iterator[rows.Kind]:
        query = select(rows.table_of(kind)).where(*_within(time, None, until)).order_by(time, key).limit(_PAGE)
        page = self._read(kind, query)
        while page:
            yield from page
            last = page[-1]
            reached = tuple_(literal(getattr(last, time.name), time.type), literal(getattr(last, key.name), key.type))
            page = self._read(kind, query.where(tuple_(time, key) > reached))

    def _read(self, kind: type[rows.Kind], query: Select[Any]) -> tuple[rows.Kind, ...]:
        with self._database.reading() as connection:
            return rows.read(kind, connection, query)


def as_outside_leg(row: CallRow) -> LegRow:
    """The ringing of a caller who is called back, who is the caller of that call."""
    return LegRow(
        id=row.id, call=row.id, person=row.number or PLUS, rang=row.arrived, answered=row.answered, ended=row.ended
    )


def attempt(leg: LegRow, now: dt.datetime) -> Attempt:
    """The leg as limits count it; a talk that goes on counts up to now."""
    talked = ((leg.ended or now) - leg.answered).total_seconds() if leg.answered else 0.0
    return Attempt(leg.rang, max(0.0, talked))


def _lots(calls: list[str]) -> Iterator[list[str]]:
    """All of them, in lots of one length: the last one is filled up with calls that are in it anyway."""
    for start in range(0, len(calls), _LOT):
        lot = calls[start : start + _LOT]
        yield lot + lot[:1] * (_LOT - len(lot))


def _newest(query: Select[Any], time: Column[dt.datetime], key: Column[str]) -> Select[Any]:
    return query.order_by(time.desc(), key.desc())


def _behind(query: Select[Any], end: Place | None, time: Column[dt.datetime], key: Column[str]) -> Select[Any]:
    """What an order by the newest has behind the end of a page."""
    if end is None:
        return query
    return query.where(tuple_(time, key) < tuple_(literal(end[0], time.type), literal(end[1], key.type)))


def _conditions(which: Which) -> Iterator[ColumnElement[bool]]:
    yield from _within(_CALLS.c.arrived, which.get("since"), which.get("until"))
    yield from _whose(which)
    for people in _asked_for(which):
        yield exists().where(Legs.call == Calls.id, Legs.person.in_(people))


def _of_recordings(which: Which) -> Iterator[ColumnElement[bool]]:
    yield from _within(_RECORDINGS.c.started, which.get("since"), which.get("until"))
    whose = list(_whose(which))
    if whose:
        yield exists().where(Calls.id == Recordings.call, *whose)
    for people in _asked_for(which):
        yield exists().where(Legs.call == Recordings.call, Legs.person.in_(people), Legs.answered.is_not(None))


def _asked_for(which: Which) -> Iterator[Collection[PersonId]]:
    """Of each of these at least one."""
    if person := which.get("person"):
        yield (person,)
    if (among := which.get("among")) is not None:
        yield among


def _whose(which: Which) -> Iterator[ColumnElement[bool]]:
    if number := which.get("number"):
        yield Calls.number == number
    if customer := which.get("customer"):
        yield Calls.customer == customer
    if dialled := which.get("dialled"):
        yield Calls.dialled == dialled


def _within(
    time: ColumnElement[dt.datetime], since: dt.datetime | None, until: dt.datetime | None
) -> Iterator[ColumnElement[bool]]:
    if since is not None:
        yield time >= since
    if until is not None:
        yield time < until
