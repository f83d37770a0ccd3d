"""What the register remembers of calls that are taken over, if it says so in time: they do not wait for a database."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import structlog

from db.records import CallRow
from db.stories import CallStory, Stories

STORY_SECONDS = 0.5
"""For the register to tell what it knows of a call."""
Read = TypeVar("Read")

log = structlog.get_logger()


class Remembered:
    """Asks the register; never raises, never takes longer than `STORY_SECONDS`."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories

    async def story(self, call: str) -> CallStory | None:
        """A call as the register has it; None: it does not know it, or does not answer."""
        return await _in_time(partial(self._stories.story, call), None)

    async def open_calls(self) -> Iterable[CallRow]:
        """Calls that nobody has closed yet; none where the register does not answer."""
        return await _in_time(self._stories.open_calls, ())


async def _in_time(ask: Callable[[], Read], otherwise: Read) -> Read:
    try:
        async with asyncio.timeout(STORY_SECONDS):
            return await asyncio.to_thread(ask)
    except Exception as why:  # whatever is wrong with the database
        log.warning("register not read", why=str(why) or type(why).__name__)
        return otherwise
