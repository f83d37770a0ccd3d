"""What the register has of the calls that a test placed."""

import asyncio
import datetime as dt

from db.database import Database
from db.stories import CallStory, Stories

REGISTERED = 10.0
"""Seconds after which every call is in the register, and its recording is sealed."""


async def registered(database: Database, since: dt.datetime, calls: int) -> list[CallStory]:
    """The stories of the calls since then, once there are so many and all are over and kept; else a TimeoutError."""
    register = Stories(database)
    async with asyncio.timeout(REGISTERED):
        while True:
            stories = [story for call in register.calls(since=since) if (story := register.story(call.id))]
            if len(stories) >= calls and all(story.call.ended and story.recording for story in stories):
                return stories
            await asyncio.sleep(0.1)
