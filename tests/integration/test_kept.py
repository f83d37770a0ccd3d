"""What `up` starts again whenever it ends: at once, where a spare one waits."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ari_app.processes import kept
from ari_app.processes.kept import Kept
from tests.until import until

PROGRAM = """
import os, sys
def tell(what):
    with open(sys.argv[1], "a") as log:
        log.write(f"{os.getpid()} {what}\\n")
tell("loaded")
if sys.stdin.readline():
    tell("begins")
    sys.stdin.read()
"""


class Told:
    """What the processes told: each its id, and what it does."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __call__(self, what: str) -> list[int]:
        """Who did this, in order."""
        text = self.file.read_text() if self.file.exists() else ""
        return [int(line.split()[0]) for line in text.splitlines() if line.endswith(what)]

    async def until(self, what: str, count: int) -> list[int]:
        await until(lambda: len(self(what)) >= count)
        return self(what)

    async def both(self) -> tuple[int, int]:
        """The one at work, and the spare one, once both have loaded."""
        (first,) = await self.until("begins", 1)
        (spare,) = {*await self.until("loaded", 2)} - {first}
        return first, spare


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setattr(kept, "SPARE_SECONDS", 0.0)
    return Told(tmp_path / "told")


@asynccontextmanager
async def running(told: Told) -> AsyncIterator[Kept]:
    it = Kept("it", "-c", PROGRAM, str(told.file), spare=True)
    keeping = asyncio.create_task(it.keep())
    yield it
    keeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await keeping
    await it.end()


async def test_what_is_killed_is_replaced_by_one_that_had_loaded_before(told: Told) -> None:
    async with running(told) as it:
        first, spare = await told.both()
        assert it.pid == first
        os.kill(first, signal.SIGKILL)
        assert await told.until("begins", 2) == [first, spare]
        assert it.pid == spare
        assert len(await told.until("loaded", 3)) == 3


async def test_a_spare_one_that_has_died_keeps_nobody_from_going_on(told: Told) -> None:
    async with running(told) as it:
        first, spare = await told.both()
        os.kill(spare, signal.SIGKILL)
        await asyncio.sleep(0.1)
        os.kill(first, signal.SIGKILL)
        await told.until("begins", 2)
        assert it.pid not in {first, spare}


async def test_at_the_end_neither_is_left(told: Told) -> None:
    async with running(told):
        both = await told.until("loaded", 2)
    assert not any(map(_lives, both))


async def test_a_spare_one_ends_when_nobody_can_tell_it_to_begin_any_more(tmp_path: Path) -> None:
    told = Told(tmp_path / "told")
    command = [sys.executable, "-c", PROGRAM, str(told.file)]
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.close()
    assert (await process.wait(), told("begins")) == (0, [])


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
