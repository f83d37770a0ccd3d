"""What happens, looked up once for all who follow it."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import msgspec

from db.changes import Change, Had
from web.calls import CallTold, call_told
from web.office import Office
from web.people import PersonTold, everybody
from web.problems import Problem
from web.queues import QueueTold, queues_now
from web.queues_seen import SeenQueues
from web.tasks import TaskNow, task_now

LOOK_SECONDS = 0.2
"""Between two looks whether something has changed; none while nobody follows."""
AWAY_SECONDS = 2.0
"""Before the next look, when the database is away."""
MOST_CHANGES = 100
"""So many transactions are told at once to somebody who is behind, unless they were about very many calls."""
_REMEMBERED = 32
"""Who follows closely asks for the same thing as all others who do."""


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """What has changed; a call, person or task is told as it is now, and replaces what was told of it before."""

    sequence: int
    """To resume after, once this was taken in."""
    calls: tuple[CallTold, ...] = ()
    people: tuple[PersonTold, ...] = ()
    tasks: tuple[TaskNow, ...] = ()
    """Those that are done are told as done."""
    gone: tuple[str, ...] = ()
    """Ids of tasks that whoever follows could see and can see no more: somebody else has them, or they were erased."""
    queues: tuple[QueueTold, ...] = ()
    """Each as it is now; at first all of them. They have no part in the sequence: see `web.queues_seen`."""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """What has changed, for whoever may see it."""

    all: Happening
    had: frozenset[Had] = frozenset()
    """Who had the tasks that somebody else has now, or nobody."""
    queues_seen: int | None = None
    """To be told of the queues after, once this was taken in; None: as before."""


class Feed:
    """One installation's changes."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._last = 0
        self._moved = asyncio.Condition()
        self._followers = 0
        self._looking: tuple[asyncio.Task[NoReturn], ...] = ()
        self._queues = SeenQueues()
        self._told: OrderedDict[int, asyncio.Task[Happened]] = OrderedDict()

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Have changes looked for until the block ends."""
        self._followers += 1
        if not self._looking:
            self._looking = asyncio.create_task(self._look()), asyncio.create_task(self._look_at_queues())
        try:
            yield
        finally:
            self._followers -= 1
            if not self._followers:
                for task in self._looking:
                    task.cancel()
                self._looking = ()
                self._told.clear()
                self._queues.forget()

    async def after(self, sequence: int, queues_seen: int) -> Happened:
        """What came after that number, or of the queues; waits until something has. Raises `Problem` 503, Forgotten.

        ``queues_seen``: what was taken in of the queues; 0: nothing.
        """
        async with self._moved:
            await self._moved.wait_for(lambda: self._last > sequence or self._queues.after(queues_seen))
        if changed := self._queues.after(queues_seen):
            told = Happening(sequence=sequence, queues=changed)
            return Happened(all=told, queues_seen=self._queues.number)
        reading = self._told.get(sequence)
        if reading is None or (reading.done() and reading.exception() is not None):
            reading = self._told[sequence] = asyncio.create_task(self._read(sequence))
            if len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)
        return await asyncio.shield(reading)

    async def _read(self, sequence: int) -> Happened:
        changes = self._office.changes
        change = await self._office.ask(lambda: changes.after(sequence, MOST_CHANGES))
        all_of_it = Happening(
            sequence=change.sequence,
            calls=await self._calls(change),
            people=await self._people(change),
            tasks=await self._tasks(change),
        )
        return Happened(all=all_of_it, had=change.had)

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

    async def _tasks(self, change: Change) -> tuple[TaskNow, ...]:
        if not change.tasks:
            return ()
        return tuple(map(task_now, await self._office.ask(lambda: self._office.tasks.named(change.tasks))))

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

    async def _look_at_queues(self) -> NoReturn:
        while True:
            pause = LOOK_SECONDS
            try:
                queues = await queues_now(self._office)
            except Problem:  # no engine serves, or one stands still: what was known last is told no more anew
                pause = AWAY_SECONDS
            else:
                async with self._moved:
                    if self._queues.see(queues):
                        self._moved.notify_all()
            await asyncio.sleep(pause)

    async def _note(self, last: int) -> None:
        async with self._moved:
            if last != self._last:
                self._last = last
                self._told.clear()  # somebody who comes back is told no old state, say of a customer erased meanwhile
                self._moved.notify_all()
