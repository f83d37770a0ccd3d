"""One call as the stand-in's script holds it: channel, keys pressed so far, rows for the register."""

import asyncio
import time
from collections import deque
from typing import Literal

import msgspec
import structlog

from agi.books import Books
from agi.channel import Channel
from agi.presence import Presence
from db.records import CallRow, LegRow
from premises import ids
from premises.clock import now
from premises.voice import Voice
from routing.facts import PersonId

Hear = Literal["ringing", "music"]


class Call:
    """A caller who is here now."""

    def __init__(
        self, channel: Channel, row: CallRow, books: Books, voice: Voice, presence: Presence, loop: asyncio.Runner
    ) -> None:
        self.channel = channel
        self.row = row
        self.keys: deque[str] = deque()
        """Pressed and not yet asked for: digits typed ahead."""
        self.log = structlog.get_logger().bind(call=row.id)
        self.voice = voice
        self.books = books
        self.presence = presence
        self.loop = loop
        """What the engine's own parts, the voice and the look-up, run in."""
        self._legs = 0
        self._messages = 0

    @property
    def id(self) -> str:
        """The call's id: Asterisk's UNIQUEID of the caller's channel."""
        return self.row.id

    def answer(self) -> None:
        """Answer the caller, if that has not been done."""
        if self.row.answered is None:
            self.channel.answer()
            self.note(answered=now())

    def note(self, **known: object) -> None:
        """Keep something in the call's row; the register has it at the latest when the call ends."""
        self.row = msgspec.structs.replace(self.row, **known)

    def write(self) -> None:
        """Give the row as it stands to the register."""
        self.books.put(self.row)

    def next_leg(self, person: PersonId, rule: str | None) -> LegRow:
        """The row of somebody who is about to be rung."""
        self._legs += 1
        leg = ids.leg_id(self.id, ids.by_stand_in(self._legs))
        return LegRow(id=leg, call=self.id, person=person, rule=rule, rang=now())

    def next_message(self) -> str:
        """An id for a message that the caller leaves."""
        self._messages += 1
        return ids.message_id(self.id, ids.by_stand_in(self._messages))

    def listen(self, seconds: float) -> None:
        """Let so many seconds pass; keys pressed meanwhile are kept. Raises `CallerLeft`."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if key := self.channel.wait_for_key(left):
                self.keys.append(key)
