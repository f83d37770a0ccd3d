"""What only one engine of an installation does, behind the calls: whoever has the lock, until that engine is gone."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import NoReturn

import msgspec

from db.alarm import Alarm
from premises.alone import AlreadyRunning


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How often, in seconds."""

    look: float = 1.0
    """Whether there is something to do."""
    turn: float = 2.0
    """Whether the engine that does it is gone."""


async def by_one_engine(
    lock: Callable[[], AbstractContextManager[None]], look: Callable[[], Awaitable[None]], alarm: Alarm, pace: Pace
) -> NoReturn:
    """Look again and again, for ever, with the lock; as long as another engine has it, wait.

    ``lock`` raises `AlreadyRunning` then. Whatever else goes wrong, in locking or looking, is told by ``alarm`` and
    tried again: calls go on.
    """
    while True:
        try:
            with lock():
                await _with_the_lock(look, alarm, pace)
        except AlreadyRunning:
            pass
        except OSError as error:  # the disk takes no lock
            alarm.begin(error)
        await asyncio.sleep(pace.turn)


async def _with_the_lock(look: Callable[[], Awaitable[None]], alarm: Alarm, pace: Pace) -> NoReturn:
    while True:
        try:
            await look()
            alarm.end()
        except Exception as error:  # the database may be away, the settings may be wrong
            alarm.begin(error)
        await asyncio.sleep(pace.look)
