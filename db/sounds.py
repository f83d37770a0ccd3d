"""What callers said, as the register has it: recordings, and messages in boxes."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, Unpack

from sqlalchemy import Column, Select, select

from db import rows
from db.database import Database
from db.paging import Place, newest, oldest
from db.records import MessageRow, RecordingRow
from db.which import Which, of_recordings, within

_RECORDINGS, _MESSAGES = rows.table_of(RecordingRow), rows.table_of(MessageRow)
_PAGE = 1000
"""Rows read at a time where all of a table are gone through."""


class Sounds:
    """Recordings and messages, for any number of threads. Raises SQLAlchemy's errors when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recordings(
        self, *, call: str | None = None, limit: int | None = None, **which: Unpack[Which]
    ) -> tuple[RecordingRow, ...]:
        """Recordings, the newest first. One whose call never reached the register is found by its id and its time."""
        query = select(_RECORDINGS).where(*of_recordings(which))
        if call is not None:
            query = query.where(_RECORDINGS.c.call == call)
        return self._read(RecordingRow, newest(query, _RECORDINGS.c.started, _RECORDINGS.c.call).limit(limit))

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
        query = select(_MESSAGES).where(_MESSAGES.c.removed.is_(None))
        if heard is not None:
            query = query.where(_MESSAGES.c.heard.is_not(None) if heard else _MESSAGES.c.heard.is_(None))
        if owners is not None:
            query = query.where(_MESSAGES.c.owner.in_(owners) | _MESSAGES.c.owner.is_(None))
        return self._read(MessageRow, newest(query, _MESSAGES.c.left, _MESSAGES.c.id, beyond).limit(limit))

    def message(self, key: str) -> MessageRow | None:
        """One message by its id; None: there is none."""
        found = self._read(MessageRow, select(_MESSAGES).where(_MESSAGES.c.id == key))
        return found[0] if found else None

    def every_recording(self, *, until: dt.datetime | None = None) -> Iterator[RecordingRow]:
        """All of them, the oldest first and a page at a time: neither the memory nor a transaction lasts for all."""
        return self._pages(RecordingRow, _RECORDINGS.c.started, _RECORDINGS.c.call, until)

    def every_message(self, *, until: dt.datetime | None = None) -> Iterator[MessageRow]:
        """All of them, the oldest first and a page at a time."""
        return self._pages(MessageRow, _MESSAGES.c.left, _MESSAGES.c.id, until)

    def _pages(
        self, kind: type[rows.Kind], time: Column[dt.datetime], key: Column[str], until: dt.datetime | None
    ) -> Iterator[rows.Kind]:
        query = select(rows.table_of(kind)).where(*within(time, None, until)).limit(_PAGE)
        page = self._read(kind, oldest(query, time, key))
        while page:
            yield from page
            end = (getattr(page[-1], time.name), getattr(page[-1], key.name))
            page = self._read(kind, oldest(query, time, key, end))

    def _read(self, kind: type[rows.Kind], query: Select[Any]) -> tuple[rows.Kind, ...]:
        with self._database.reading() as connection:
            return rows.read(kind, connection, query)
