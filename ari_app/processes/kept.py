"""Processes that are started again whenever they end; at once where a spare one waits, loaded already."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator
from typing import NoReturn

import structlog

from ari_app.processes import leash

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
"""Seconds before what ended is started again: doubled each time, until it has lasted."""
LASTED = 10.0
"""Seconds after which what ends has lasted: it is started again without a pause."""
SPARE_SECONDS = 5.0
"""After a process has begun, until the next one is loaded: what has calls to take over, or just starts, goes first."""
STOP_SECONDS = 20.0
"""For an engine to end its calls and keep their recordings."""

log = structlog.get_logger()
Process = asyncio.subprocess.Process


class Kept:
    """A Python process that is started again whenever it ends.

    ``spare``: the program loads what it needs, waits for a line on standard input, and only then does anything; at the
    input's end it ends. One that waits is kept beside the one that runs: it takes memory, and begins in no time.
    """

    def __init__(self, name: str, *arguments: str, spare: bool = False) -> None:
        self._name = name
        self._command = leash.command(sys.executable, "-P", *arguments)
        self._has_spare = spare
        self._spare: Process | None = None
        self._process: Process | None = None
        self.failed = False
        """Whether it has ended by a fault of its own, which it has told."""

    @property
    def pid(self) -> int | None:
        """Of the process that runs now, or ran last."""
        return self._process.pid if self._process else None

    async def keep(self) -> NoReturn:
        """Start it, and start it again; cancel this before `end`."""
        loop, waits = asyncio.get_running_loop(), pauses()
        while True:
            began = loop.time()
            self._process = await self._begun()
            status = await self._status(self._process)
            self.failed = self.failed or status > 0
            log.error("ended by itself, is started again", what=self._name, status=status)
            if loop.time() - began > LASTED:
                waits = pauses()
            else:
                await asyncio.sleep(next(waits))

    async def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, by this signal."""
        await _end(self._spare, signal.SIGTERM, self._name)
        await _end(self._process, number, self._name)

    async def _begun(self) -> Process:
        """The next one, told to begin."""
        if not self._has_spare:
            return await self._started()
        process = await self._loaded()
        self._spare = None
        if process.stdin is not None:
            process.stdin.write(b"\n")
        return process

    async def _status(self, process: Process) -> int:
        """Wait for its end, with a spare one beside it."""
        if self._has_spare:
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(process.wait(), SPARE_SECONDS)
            await self._loaded()
        return await process.wait()

    async def _loaded(self) -> Process:
        """The spare one: it loads, or waits."""
        if self._spare is None or self._spare.returncode is not None:
            self._spare = await self._started()
        return self._spare

    async def _started(self) -> Process:
        # In a session of its own, so that Ctrl-C reaches us alone.
        standard_input = asyncio.subprocess.PIPE if self._has_spare else None
        return await asyncio.create_subprocess_exec(*self._command, stdin=standard_input, start_new_session=True)


async def _end(process: Process | None, number: signal.Signals, name: str) -> None:
    if process is None or process.returncode is not None:
        return
    process.send_signal(number)
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        log.error("does not end, is killed", what=name)  # noqa: TRY400 - the time limit is no news
        process.kill()
        await process.wait()


def pauses() -> Iterator[float]:
    """Seconds to wait before each attempt to start something again, for ever."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)
