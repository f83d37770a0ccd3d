"""Waiting for the end of a process that may be somebody else's child."""

import asyncio
import os


async def gone(pid: int) -> None:
    """Wait until there is no process with this id, which may be so at once."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    gone, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(process, gone.set)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(process)
        os.close(process)
