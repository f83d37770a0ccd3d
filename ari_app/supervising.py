"""What runs in one installation: Asterisk, an engine, the stand-in. Whichever ends by itself is started again.

Each is a process of its own, so that one can die without the others: calls that are under way live in Asterisk. All of
them end with us, however we end: they run on a leash (`ari_app.leash`).
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import NoReturn

import structlog

from ari_app import leash
from ari_app.pbx import Asterisk, NotListeningError, PbxError, program
from ari_app.planning import own_ports, plan
from ari_app.rules import Rules
from db.database import opened
from db.directory import Directory
from db.lookup import LookUp
from db.snapshot import Snapshot
from dialplan.plan import Pbx
from premises.installation import Endpoints, Installation

PORT_TRIES = 3
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
"""Seconds before what ended is started again: doubled each time, until it has lasted."""
LASTED = 10.0
STOP_SECONDS = 20.0
"""For an engine to end its calls and keep their recordings."""

log = structlog.get_logger()
Tell = Callable[[str], None]


class NotServingError(Exception):
    """The engine ended before it served; it has said why."""


@asynccontextmanager
async def supervised(installation: Installation, tell: Tell, *, quiet: bool) -> AsyncIterator[None]:
    """Have everything running until the block ends; it begins once calls are served.

    ``quiet``: the engine's log goes to a file. Raises `AlreadyRunning`, `RulesRefused`, `PbxError`, `DatabaseError`,
    `BadSettings`, `NotServingError`.
    """
    installation.prepare()
    with installation.in_use():
        planned = await _planned(installation)
        tell("starting Asterisk")
        async with _listening(installation, planned) as asterisk, asyncio.TaskGroup() as tasks:
            engine = Kept("engine", *_engine(installation, quiet=quiet))
            stand_in = Kept("stand-in", "-m", "agi", "--data", str(installation.folder))
            keeping = [tasks.create_task(one.keep()) for one in (engine, stand_in)]
            keeping.append(tasks.create_task(_keep_asterisk(asterisk)))
            tell("starting the engine")
            try:
                await _until_served(installation, engine)
                yield
            finally:
                for task in keeping:
                    task.cancel()
                await asyncio.wait(keeping)
                await engine.end()
                await stand_in.end()
                installation.endpoints_file.unlink(missing_ok=True)


class Kept:
    """A Python process that is started again whenever it ends."""

    def __init__(self, name: str, *arguments: str) -> None:
        self._name = name
        self._command = leash.command(sys.executable, "-P", *arguments)
        self._process: asyncio.subprocess.Process | None = None
        self.ends = 0
        """How often it has ended by itself."""

    @property
    def pid(self) -> int | None:
        """Of the process that runs now, or ran last."""
        return self._process.pid if self._process else None

    async def keep(self) -> NoReturn:
        """Start it, and start it again; cancel this before `end`."""
        loop, pauses = asyncio.get_running_loop(), _pauses()
        while True:
            began = loop.time()
            # In a session of its own, so that Ctrl-C reaches us alone.
            self._process = await asyncio.create_subprocess_exec(*self._command, start_new_session=True)
            status = await self._process.wait()
            self.ends += 1
            log.error("ended by itself, is started again", what=self._name, status=status)
            pauses = _pauses() if loop.time() - began > LASTED else pauses
            await asyncio.sleep(next(pauses))

    async def end(self) -> None:
        """Stop it."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            log.error("does not end, is killed", what=self._name)  # noqa: TRY400 - the time limit is no news
            self._process.kill()
            await self._process.wait()


async def _planned(installation: Installation) -> Callable[[bool], Pbx]:
    """The PBX of this installation's people and rules, for own ports or (True) others."""
    with (
        contextlib.closing(opened(installation.settings.database or "")) as database,
        contextlib.closing(Snapshot(installation.snapshot)) as snapshot,
    ):
        staff = (await LookUp(Directory(database), snapshot=snapshot).start()).people
    rules = Rules(installation.rule_file, installation.rules, lambda: staff)
    await asyncio.to_thread(rules.read)
    return lambda others: plan(installation, staff, rules(), own_ports(installation, others=others))


@asynccontextmanager
async def _listening(installation: Installation, planned: Callable[[bool], Pbx]) -> AsyncIterator[Asterisk]:
    """Asterisk, at other ports if somebody took one of ours between the choice and the start."""
    async with contextlib.AsyncExitStack() as stack:
        for attempt in range(1, PORT_TRIES + 1):
            asterisk = Asterisk(program(os.environ), planned(attempt > 1), installation.pbx)
            try:
                await stack.enter_async_context(asterisk)
            except NotListeningError:
                if attempt == PORT_TRIES:
                    raise
            else:
                yield asterisk
                return


async def _keep_asterisk(asterisk: Asterisk) -> NoReturn:
    """Start it again, at the ports that it had, whenever it ends."""
    pauses = _pauses()
    while True:
        status = await asterisk.ended()
        log.error("ended by itself, is started again", what="Asterisk", status=status)
        while True:
            await asyncio.sleep(next(pauses))
            try:
                await asterisk.start()
            except PbxError as why:
                log.error("Asterisk not started", why=str(why))  # noqa: TRY400 - its own words say it all
            else:
                pauses = _pauses()
                break


async def _until_served(installation: Installation, engine: Kept) -> None:
    """Until ``endpoints.json`` is the engine's. `NotServingError` if it ends before that."""
    while True:
        if engine.ends:
            raise NotServingError("the engine did not start")
        with contextlib.suppress(FileNotFoundError):
            endpoints: Endpoints = installation.endpoints()
            if endpoints.engine == engine.pid:
                return
        await asyncio.sleep(0.02)


def _engine(installation: Installation, *, quiet: bool) -> tuple[str, ...]:
    return ("-m", "ari_app", "engine", "--data", str(installation.folder), *(("--log",) if quiet else ()))


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)
