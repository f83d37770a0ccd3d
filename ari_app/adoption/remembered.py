"""What register and Asterisk's list remember of calls that are taken over, if they tell it in time."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar

import structlog

from ari_app.witness.cdr import Cdr
from db.records import CallRow
from db.stories import CallStory, Stories

STORY_SECONDS = 0.5
"""For the register to tell what it knows of a call."""
LIST_SECONDS = 10.0
"""For Asterisk's list of calls to be read, of which a file has up to 16 MiB."""
Read = TypeVar("Read")

log = structlog.get_logger()


class Remembered:
    """Asks; never raises, never waits for ever. ``listed``: see `ari_app.witness.auditing.listed`."""

    def __init__(self, stories: Stories, listed: Callable[[dt.datetime], Mapping[str, Cdr]]) -> None:
        self._stories = stories
        self._listed = listed

    async def story(self, call: str) -> CallStory | None:
        """A call as the register has it; None: it does not know it, or does not answer."""
        return await _in_time(partial(self._stories.story, call), None, STORY_SECONDS)

    async def open_calls(self) -> Iterable[CallRow]:
        """Calls that nobody has closed yet; none where the register does not answer."""
        return await _in_time(self._stories.open_calls, (), STORY_SECONDS)

    async def listed(self, since: dt.datetime) -> Mapping[str, Cdr]:
        """Asterisk's own list of the calls that ended since then; empty where it cannot be read."""
        return await _in_time(partial(self._listed, since), {}, LIST_SECONDS)


async def _in_time(ask: Callable[[], Read], otherwise: Read, within: float) -> Read:
    try:
        async with asyncio.timeout(within):
            return await asyncio.to_thread(ask)
    except Exception as why:  # whatever is wrong with the database
        log.warning("calls not read", why=str(why) or type(why).__name__)
        return otherwise
