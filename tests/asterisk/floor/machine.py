"""When the machine itself stood still: on every processor somebody sleeps and notes how late it is woken.

A processor that is lent out elsewhere, as a virtual machine's may be, is nobody's fault here; but Asterisk and
telephones then say and hear late what they should, also where the telephones' own process has noticed nothing.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PAUSE = 0.1
"""Seconds by which somebody who sleeps is woken late, where a processor has stood still."""
_NAP = 0.02


@asynccontextmanager
async def watched() -> AsyncIterator[list[tuple[float, float]]]:
    """Watch until the block ends; then the list has from when to when a processor stood still, by the loop's clock."""
    pauses: list[tuple[float, float]] = []
    watchers = [await _watcher(processor) for processor in sorted(os.sched_getaffinity(0))]
    try:
        yield pauses
    finally:
        for watcher in watchers:
            watcher.terminate()
            told, _ = await watcher.communicate()
            pauses += [(float(begin), float(end)) for begin, end in map(str.split, told.decode().splitlines())]


async def _watcher(processor: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(Path(__file__)), str(processor), stdout=asyncio.subprocess.PIPE
    )


def _watch(processor: int) -> None:
    """Be a watcher, until this is ended."""
    os.sched_setaffinity(0, {processor})
    while True:
        begin = time.monotonic()
        time.sleep(_NAP)
        end = time.monotonic()
        if end - begin > _NAP + PAUSE:
            print(begin, end, flush=True)


if __name__ == "__main__":
    _watch(int(sys.argv[1]))
