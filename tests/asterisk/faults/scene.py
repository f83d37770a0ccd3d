"""A scene for one fault: the sample company is served, its staff is at their phones, and something will break."""

import asyncio
import contextlib
import datetime as dt
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from ari_app.demonstration import RunningSwitchboard
from db.database import Database, connect
from db.stories import CallStory, Stories
from demo.desk import Desk, Staff
from demo.endpoints import read
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.rules import NIGHT
from demo.scenario import Answers, Declines, Habit, OnThePhone, RingsOut
from demo.scenarios.cast import MAIN, MARKET, OPERATORS
from demo.stage import until_rung
from premises.installation import Endpoints, Installation

BACK_SECONDS = 20.0
"""For an engine to be there again; it takes about two seconds, on a busy machine more."""
SEEN_SECONDS = 15.0


class Scene:
    """A running installation and everybody around it; used by `scene`."""

    def __init__(self, installation: Installation, staff: Staff, database: Database) -> None:
        self.installation = installation
        self.staff = staff
        self.stories = Stories(database)
        self.database = database
        self.switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
        self.began = dt.datetime.now(dt.UTC)

    answers = Answers()
    """The usual habit."""

    @property
    def endpoints(self) -> Endpoints:
        """As the engine that serves now announced it."""
        return self.installation.endpoints()

    def desk(self, person: str) -> Desk:
        """Somebody's desk."""
        (desk,) = self.staff.desks([person])
        return desk

    @asynccontextmanager
    async def calling(self, number: str, dialled: str) -> AsyncIterator[Outgoing]:
        """A caller who has been answered; hangs up with the block."""
        where = read(self.installation.endpoints_file)
        async with Phone(number, server=where.server, at=(where.trunk, 0)) as phone:
            call = await phone.dial(dialled)
            await call.answered()
            yield call
            await call.hang_up()

    @asynccontextmanager
    async def all_calling(self, numbers: Sequence[str]) -> AsyncIterator[list[Outgoing]]:
        """The same for several callers at once."""
        async with AsyncExitStack() as stack:
            yield [await stack.enter_async_context(self.calling(number, MAIN)) for number in numbers]

    @asynccontextmanager
    async def at_the_box(self) -> AsyncIterator[Outgoing]:
        """A caller who is about to hear the tone of a message box."""
        async with self.calling(MARKET, NIGHT) as call:
            await call.press("3")
            yield call

    async def rings(self, person: str) -> None:
        """Wait until somebody's phone rings."""
        await until_rung(self.staff, person)

    async def kill_engine(self) -> None:
        """As `kill -9` does."""
        os.kill(self.endpoints.engine, signal.SIGKILL)

    async def replaced(self, engine: int) -> None:
        """Wait until another engine than this one serves."""
        await until(lambda: self._serves_instead_of(engine), BACK_SECONDS, "another engine to serve")
        self.switchboard = RunningSwitchboard(self.endpoints.api["people"], self.database)

    def _serves_instead_of(self, engine: int) -> bool:
        with contextlib.suppress(FileNotFoundError):
            return self.endpoints.engine != engine
        return False

    async def story(self) -> CallStory:
        """The story of the only call since the scene began, once it is closed and its recording kept."""
        (story,) = await self.all_stories(1)
        return story

    async def all_stories(self, calls: int) -> list[CallStory]:
        """The stories of all calls since the scene began, once there are so many and all are closed and kept."""
        found: list[CallStory] = []

        def closed() -> bool:
            rows = self.stories.calls(since=self.began)
            found[:] = [story for row in rows if (story := self.stories.story(row.id))]
            kept = (one.call.ended and (one.recording or not one.call.answered) for one in found)
            return len(found) >= calls and all(kept)

        await until(closed, SEEN_SECONDS, f"{calls} closed calls")
        return found


@asynccontextmanager
async def scene(installation: Installation, habits: Mapping[str, Habit] | None = None) -> AsyncIterator[Scene]:
    """Everybody is at the phone and behaves so; whoever is not named answers."""
    database = connect(installation.settings.database or "")
    try:
        async with Staff(read(installation.endpoints_file)) as staff:
            one = Scene(installation, staff, database)
            await staff.adopt(dict.fromkeys(staff.people, Answers()) | dict(habits or {}))
            for person, habit in (habits or {}).items():
                if isinstance(habit, Declines | RingsOut):  # what was not answered in scenes before does not count
                    await one.switchboard.set_away(person, None)
            busy = {person: "busy" for person, habit in (habits or {}).items() if isinstance(habit, OnThePhone)}
            await one.switchboard.until_seen(dict.fromkeys(staff.people) | busy)
            yield one
    finally:
        database.close()


async def talk(one: Scene) -> None:
    """Call, and be connected to an operator."""
    async with one.calling(MARKET, MAIN) as call:
        await call.press("1")
        assert await call.who(OPERATORS, 20) is not None


async def until(true: Callable[[], bool], within: float, what: str) -> None:
    """Wait until it is true; raises TimeoutError with ``what``."""
    end = time.monotonic() + within
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain for {what}")
        await asyncio.sleep(0.02)
