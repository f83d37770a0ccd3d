"""Reading the register back: calls, the story of one call, who was rung. Everything here waits for the database."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, Unpack

import msgspec
from sqlalchemy import Select, select

from db import rows
from db.database import Database
from db.paging import Place, newest
from db.records import ActRow, CallRow, LegRow, MessageRow, RecordingRow, RemarkRow
from db.sounds import Sounds
from db.which import Which, of_calls, within
from routing.facts import PersonId
from routing.limits import Attempt
from routing.outgoing import OUTGOING, who_calls
from routing.outside import PLUS
from routing.transfers import BACK

_CALLS, _LEGS = rows.table_of(CallRow), rows.table_of(LegRow)
_RECORDINGS, _MESSAGES = rows.table_of(RecordingRow), rows.table_of(MessageRow)
_REMARKS, _ACTS = rows.table_of(RemarkRow), rows.table_of(ActRow)
_LONGEST_CALL = dt.timedelta(days=2)
_LOT = 50
"""Calls asked for at a time, never fewer: every connection keeps the last 128 statements that it has seen, and those of
two lengths are two."""


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

    @property
    def people(self) -> frozenset[PersonId]:
        """Who was rung, outside numbers among them, and who of ours has called outside."""
        calling = who_calls(self.call.dialled)
        return frozenset(leg.person for leg in self.legs) | ({calling} if calling else set())


class Stories:
    """Calls as the register has them, for any number of threads. Raises SQLAlchemy's errors when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sounds = Sounds(database)
        """What was said in them."""

    def calls(
        self, *, limit: int | None = None, beyond: Place | None = None, **which: Unpack[Which]
    ) -> tuple[CallRow, ...]:
        """Calls, the newest first; those ``beyond`` the end of an earlier page."""
        query = newest(select(_CALLS).where(*of_calls(which)), _CALLS.c.arrived, _CALLS.c.id, beyond)
        return self._read(CallRow, query.limit(limit))

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
        query = select(_CALLS).where(*within(_CALLS.c.arrived, since, None), _CALLS.c.ended.is_(None))
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

    def outside_legs(self, since: dt.datetime) -> tuple[LegRow, ...]:
        """Every ringing of an outside number that began since then, and of callers who were called back."""
        legs = select(_LEGS).where(_LEGS.c.rang >= since, _LEGS.c.person.startswith(PLUS))
        called = select(_CALLS).where(_CALLS.c.arrived >= since, _CALLS.c.dialled.startswith(BACK))
        return (*self._read(LegRow, legs), *map(as_outside_leg, self._read(CallRow, called)))

    def calls_of(self, keys: Collection[str]) -> tuple[CallRow, ...]:
        """Those of these calls that the register has, the oldest first."""
        return self._read(CallRow, select(_CALLS).where(_CALLS.c.id.in_(keys)).order_by(_CALLS.c.arrived, _CALLS.c.id))

    def last_talk(self, person: PersonId, since: dt.datetime) -> CallRow | None:
        """The call that this person talked in last, if that talk goes on or ended since then."""
        talked = (_LEGS.c.person == person, _LEGS.c.answered.is_not(None))
        last = newest(select(_LEGS).where(*talked), _LEGS.c.rang, _LEGS.c.id).limit(1)
        with self._database.reading() as connection:
            legs = rows.read(LegRow, connection, last)
            if not legs or (legs[0].ended or since) < since:
                return None
            found = rows.read(CallRow, connection, select(_CALLS).where(_CALLS.c.id == legs[0].call))
        return found[0] if found else None

    def _read(self, kind: type[rows.Kind], query: Select[Any]) -> tuple[rows.Kind, ...]:
        with self._database.reading() as connection:
            return rows.read(kind, connection, query)


def as_outside_leg(row: CallRow) -> LegRow:
    """The ringing of a caller who is called back, who is the caller of that call."""
    return LegRow(
        id=row.id, call=row.id, person=row.number or PLUS, rang=row.arrived, answered=row.answered, ended=row.ended
    )


def as_own_leg(leg: LegRow, call: CallRow, key: str) -> LegRow:
    """The part of whoever of ours has called outside (T1): as long as that of the one who was called."""
    return msgspec.structs.replace(leg, id=key, person=call.dialled.removeprefix(OUTGOING))


def attempt(leg: LegRow, now: dt.datetime) -> Attempt:
    """The leg as limits count it; a talk that goes on counts up to now."""
    talked = ((leg.ended or now) - leg.answered).total_seconds() if leg.answered else 0.0
    return Attempt(leg.rang, max(0.0, talked))


def _lots(calls: list[str]) -> Iterator[list[str]]:
    """All of them, in lots of one length: the last one is filled up with calls that are in it anyway."""
    for start in range(0, len(calls), _LOT):
        lot = calls[start : start + _LOT]
        yield lot + lot[:1] * (_LOT - len(lot))
