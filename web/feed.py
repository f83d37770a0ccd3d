"""What happens, looked up once for all who follow it."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import msgspec

from db.changes import Change
from web.calls import CallTold, call_told
from web.office import Office
from web.people import PersonTold, everybody
from web.problems import Problem

LOOK_SECONDS = 0.2
"""Between two looks whether something has changed; none while nobody follows."""
AWAY_SECONDS = 2.0
"""Before the next look, when the database is away."""
MOST_CHANGES = 100
"""So many transactions are told at once to somebody who is behind, unless they were about very many calls."""
_REMEMBERED = 32
"""Who follows closely asks for the same thing as all others who do."""


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """What has changed; a call or a person is told as it is now, and replaces what was told of it before."""

    sequence: int
    """To resume after, once this was taken in."""
    calls: tuple[CallTold, ...] = ()
    people: tuple[PersonTold, ...] = ()


class Feed:
    """One installation's changes."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._last = 0
        self._moved = asyncio.Condition()
        self._followers = 0
        self._looking: asyncio.Task[NoReturn] | None = None
        self._told: OrderedDict[int, asyncio.Task[Happening]] = OrderedDict()

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Have changes looked for until the block ends."""
        self._followers += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            self._followers -= 1
            if not self._followers and self._looking is not None:
                self._looking.cancel()
                self._looking = None
                self._told.clear()

    async def after(self, sequence: int) -> Happening:
        """What came after that number; waits until something has. Raises `Problem` 503, Forgotten."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._last > sequence)
        reading = self._told.get(sequence)
        if reading is None or (reading.done() and reading.exception() is not None):
            reading = self._told[sequence] = asyncio.create_task(self._read(sequence))
            if len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)
        return await asyncio.shield(reading)

    async def _read(self, sequence: int) -> Happening:
        changes = self._office.changes
        change = await self._office.ask(lambda: changes.after(sequence, MOST_CHANGES))
        return Happening(sequence=change.sequence, calls=await self._calls(change), people=await self._people(change))

    async def _calls(self, change: Change) -> tuple[CallTold, ...]:
        if not change.calls:
            return ()
        stories = self._office.stories
        rows = await self._office.ask(lambda: stories.calls_of(change.calls))
        legs = await self._office.ask(lambda: stories.legs(change.calls))
        return tuple(call_told(row, legs.get(row.id, ())) for row in rows)

    async def _people(self, change: Change) -> tuple[PersonTold, ...]:
        if not change.people:
            return ()
        return tuple(one for one in await everybody(self._office) if one.id in change.people)

    async def _look(self) -> NoReturn:
        while True:
            pause = LOOK_SECONDS
            try:
                last = await self._office.ask(self._office.changes.last)
            except Problem:  # whoever follows waits with us
                pause = AWAY_SECONDS
            else:
                await self._note(last)
            await asyncio.sleep(pause)

    async def _note(self, last: int) -> None:
        async with self._moved:
            if last != self._last:
                self._last = last
                self._told.clear()  # somebody who comes back is told no old state, say of a customer erased meanwhile
                self._moved.notify_all()
