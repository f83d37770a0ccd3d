"""What runs in one installation: Asterisk, an engine, the stand-in, the HTTP API.

Whichever ends by itself is started again. Each is a process of its own, so that one can die without the others: calls
that are under way live in Asterisk. All of them end with us, however we end: they run on a leash (`leash.py`).
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NoReturn

import structlog

from ari_app.pbx.asterisk import Asterisk, NotListeningError, PbxError, program
from ari_app.pbx.planning import kept_ports, own_ports, plan
from ari_app.processes.kept import Kept, pauses
from ari_app.rules import Rules
from db.database import opened
from db.directory import Directory
from db.errors import SnapshotError
from db.lookup import LookUp
from db.snapshot import Snapshot
from dialplan.plan import Pbx, Ports
from premises.alone import AlreadyRunning
from premises.installation import Endpoints, Installation
from premises.rulebooks import NoRules, Rulebooks
from premises.settings import BadSettings

PORT_TRIES = 3
CUT_SECONDS = 600.0
"""Between two looks at the length of Asterisk's log."""
HAND_OVER_SECONDS = 30.0
"""For the `up` before us to go."""

log = structlog.get_logger()
Tell = Callable[[str], None]


class NotServingError(Exception):
    """The engine ended before it served; it has said why."""


@asynccontextmanager
async def supervised(installation: Installation, tell: Tell, *, quiet: bool) -> AsyncIterator["Processes"]:
    """Have everything running until the block ends; it begins once calls are served.

    Where another `up` serves already, its Asterisk goes on, a new engine is started beside its own, and it is told to
    hand over and go: so a new version comes into force without a call being lost.

    ``quiet``: their logs go to files. Raises `RulesRefused`, `PbxError`, `DatabaseError`, `BadSettings`,
    `NotServingError`, and `AlreadyRunning` when the other one does not go.
    """
    installation.prepare()
    with contextlib.ExitStack() as stack:
        before = _begin(installation, stack)
        planned = await _planned(installation)
        tell("taking Asterisk over from the 'up' that runs" if before else "starting Asterisk")
        async with _listening(installation, planned, running=before is not None) as asterisk:
            processes = Processes(installation, asterisk, quiet=quiet)
            async with asyncio.TaskGroup() as tasks:
                keeping = [
                    tasks.create_task(processes.engine.keep()),
                    tasks.create_task(_keep_asterisk(installation, asterisk)),
                    tasks.create_task(_cut_log(asterisk)),
                ]
                try:
                    tell("starting the engine")
                    if before:  # whose stand-in goes with it
                        await _until_served(installation, processes.engine)
                        await _succeed(before, installation, stack)
                    keeping.append(tasks.create_task(processes.stand_in.keep()))
                    if installation.settings.web.serve:
                        keeping.append(tasks.create_task(processes.web.keep()))
                    await _until_served(installation, processes.engine)
                    yield processes
                finally:
                    for task in keeping:
                        task.cancel()
                    await asyncio.wait(keeping)
                    await processes.end()


class Processes:
    """What an `up` runs."""

    def __init__(self, installation: Installation, asterisk: Asterisk, *, quiet: bool) -> None:
        folder = str(installation.folder)
        to_file = ("--log",) if quiet else ()
        engine = ("-m", "ari_app", "engine", "--spare", "--data", folder, *to_file)
        self.engine = Kept("engine", *engine, spare=True)
        self.stand_in = Kept("stand-in", "-m", "agi", "--data", folder, *to_file)
        self.web = Kept("HTTP API", "-m", "web", "--data", folder, *to_file)
        self.hands_over = False
        """Whether another `up` goes on: calls are left to its engine, and Asterisk is left running."""
        self._asterisk = asterisk
        self._installation = installation

    async def end(self) -> None:
        """End them in their order, so that calls are closed, or handed over, while Asterisk is there."""
        await self.web.end()
        await self.engine.end(signal.SIGUSR1 if self.hands_over else signal.SIGTERM)
        await self.stand_in.end()
        if self.hands_over:
            self._asterisk.leave()
        else:
            self._installation.endpoints_file.unlink(missing_ok=True)


def _begin(installation: Installation, stack: contextlib.ExitStack) -> int | None:
    """Serve from this folder alone, or (its process id) after the `up` that does so."""
    try:
        stack.enter_context(installation.in_use())
    except AlreadyRunning as other:
        if not other.process:
            raise
        return other.process
    return None


async def _succeed(before: int, installation: Installation, stack: contextlib.ExitStack) -> None:
    """Tell the other `up` to hand over and go, and wait until it has gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(before, signal.SIGUSR1)
    deadline = asyncio.get_running_loop().time() + HAND_OVER_SECONDS
    while True:
        try:
            stack.enter_context(installation.in_use())
        except AlreadyRunning:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            return


async def _planned(installation: Installation) -> Callable[[Ports], Pbx]:
    """The PBX of this installation's people and rules, at any ports."""
    with (
        contextlib.closing(opened(installation.settings.database or "")) as database,
        contextlib.closing(Snapshot(installation.snapshot)) as snapshot,
    ):
        staff = (await LookUp(Directory(database), snapshot=snapshot).start()).people
    rules = Rules(installation.rule_file, installation.rules, lambda: staff)
    await asyncio.to_thread(rules.begin)
    return lambda ports: plan(installation, staff, rules(), ports)


def _planned_anew(installation: Installation) -> Pbx | None:
    """The PBX of the people and rules that engines have told Asterisk of since; None: nobody can say.

    Without the database and without a proof: callers wait for Asterisk.
    """
    try:
        with contextlib.closing(Snapshot(installation.snapshot)) as snapshot:
            staff = snapshot.staff()
        return plan(installation, staff, Rulebooks(installation).now(), kept_ports(installation))
    except (SnapshotError, NoRules, BadSettings, PbxError, OSError, ValueError) as why:
        log.warning("Asterisk is started for the people of before", why=str(why))
        return None


@asynccontextmanager
async def _listening(
    installation: Installation, planned: Callable[[Ports], Pbx], *, running: bool
) -> AsyncIterator[Asterisk]:
    """Asterisk, be it ``running`` or not; at other ports if somebody took one of ours between choice and start."""
    async with contextlib.AsyncExitStack() as stack:
        if running:
            asterisk = Asterisk(program(os.environ), planned(kept_ports(installation)), installation.pbx)
            asterisk.attach()
            stack.push_async_exit(asterisk)
        else:
            asterisk = await _started(installation, planned, stack)
        yield asterisk


async def _started(
    installation: Installation, planned: Callable[[Ports], Pbx], stack: contextlib.AsyncExitStack
) -> Asterisk:
    for attempt in range(PORT_TRIES):
        ports = own_ports(installation, others=attempt > 0)
        with contextlib.suppress(*((NotListeningError,) if attempt < PORT_TRIES - 1 else ())):
            return await stack.enter_async_context(Asterisk(program(os.environ), planned(ports), installation.pbx))
    raise AssertionError("the last attempt raises")


async def _keep_asterisk(installation: Installation, asterisk: Asterisk) -> NoReturn:
    """Start it again, at the ports that it had, whenever it ends; a full disk only makes that later."""
    while True:
        status = await asterisk.ended()
        log.error("ended by itself, is started again", what="Asterisk", status=status)
        for pause in pauses():
            await asyncio.sleep(pause)
            try:
                await asterisk.start(await asyncio.to_thread(_planned_anew, installation))
            except (PbxError, OSError) as why:
                log.error("Asterisk not started", why=str(why))  # noqa: TRY400 - its own words say it all
            else:
                break


async def _cut_log(asterisk: Asterisk) -> NoReturn:
    """Have its log fill no disk, for ever."""
    while True:
        await asyncio.sleep(CUT_SECONDS)
        try:
            await asterisk.cut_log()
        except (PbxError, OSError) as why:  # the next time will do
            log.warning("Asterisk's log not cut", why=str(why))


async def _until_served(installation: Installation, engine: Kept) -> None:
    """Until ``endpoints.json`` is the engine's. `NotServingError` if it ends before that."""
    while True:
        if engine.failed:
            raise NotServingError("the engine did not start")
        with contextlib.suppress(FileNotFoundError):
            endpoints: Endpoints = installation.endpoints()
            if endpoints.engine == engine.pid:
                return
        await asyncio.sleep(0.02)
