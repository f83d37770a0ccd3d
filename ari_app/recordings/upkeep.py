"""What is done about recordings again and again while an engine serves: sweep up, and delete what is too old."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import NoReturn

import msgspec
import structlog

from ari_app.recordings.archive import Archive, Box
from ari_app.recordings.retention import Deleted

log = structlog.get_logger()


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How often, in seconds."""

    sweep: float = 10.0
    """The recordings of callers whom the stand-in served are kept by this alone."""
    delete: float = 3600.0


async def upkeep(
    archive: Archive,
    open_calls: Callable[[], Awaitable[Collection[str]]],
    lost: Box,
    delete: Callable[[], Deleted],
    pace: Pace,
) -> NoReturn:
    """Sweep and delete for ever, first at once; see `Archive.sweep`. ``delete`` runs in a thread.

    Asterisk or the database may be away at any moment: then the next time will do, and nothing else ends by it.
    """
    loop = asyncio.get_running_loop()
    next_delete = loop.time()
    while True:
        try:
            await archive.sweep(open_calls, lost)
            if loop.time() >= next_delete:
                next_delete = loop.time() + pace.delete
                _tell(await asyncio.to_thread(delete))
        except Exception as fault:  # whatever it is, calls go on and the next round comes
            log.warning("recordings not looked after", why=str(fault) or type(fault).__name__)
        await asyncio.sleep(pace.sweep)


def _tell(deleted: Deleted) -> None:
    if deleted.files:
        log.info("old recordings deleted", files=deleted.files)
    for fault in deleted.faults:
        log.error("recording not deleted", why=str(fault))
