"""``switchboard up``: start the PBX and the engine, and serve calls until stopped.

The sample calls and their telephones are loaded for ``--demo`` alone: a quarter of a second of every other start.
"""

import argparse
import asyncio
import os
import signal
from collections.abc import Coroutine

from rich.console import Console
from rich.table import Table

from ari_app.cli import Refused
from ari_app.commands.faults import told
from ari_app.pbx.asterisk import PbxError
from ari_app.processes.stopping import when_told
from ari_app.processes.supervising import NotServingError, Processes, supervised
from ari_app.rules import RulesRefused
from db.errors import DatabaseError
from premises.alone import AlreadyRunning
from premises.installation import Endpoints, Installation
from premises.log import set_up
from premises.settings import Settings

LONGEST_PATH = 89
"""Bytes of the data folder's: engines are asked at Unix sockets below it, whose names may have 107 (unix(7))."""
FAULTS = (AlreadyRunning, RulesRefused, PbxError, DatabaseError, NotServingError)


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--demo", action="store_true", help="serve the sample company and place the sample calls")
    parser.add_argument("--exit", action="store_true", help="with --demo: end after the last sample call")


def run(given: argparse.Namespace) -> int:
    """Serves until it is told to stop; with ``--demo --exit`` 0 only if each sample call went as its rule says."""
    installation = Installation(given.data)
    console = Console(stderr=True, log_path=False)
    if given.exit and not given.demo:
        raise Refused("--exit goes with --demo")
    if len(os.fsencode(installation.folder)) > LONGEST_PATH:
        raise Refused(f"{installation.folder}: the path is too long, take one of {LONGEST_PATH} bytes at most")
    if given.demo:
        from ari_app.demonstration import prepare

        prepare(installation)
    set_up(installation.logs / "up.log" if given.demo else None)
    with told(*FAULTS):
        return asyncio.run(_serve(installation, console, given))


async def _serve(installation: Installation, console: Console, given: argparse.Namespace) -> int:
    stop = asyncio.Event()
    when_told(stop.set)
    return await _until(stop, installation, console, given)


async def _until(stop: asyncio.Event, installation: Installation, console: Console, given: argparse.Namespace) -> int:
    async with supervised(installation, console.log, quiet=given.demo) as processes:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, lambda: _hand_over(processes, stop))
        endpoints = installation.endpoints()
        if given.demo:
            from ari_app.demonstration import demonstrate

            status = await _unless(stop, demonstrate(installation, endpoints, console))
            if given.exit or stop.is_set():
                return status
        _tell_phones(endpoints, console, installation.settings)
        console.log("[bold green]serving calls[/]; Ctrl-C ends it")
        await stop.wait()
    return 0


def _hand_over(processes: Processes, stop: asyncio.Event) -> None:
    """Another `up` has come, with an engine that serves beside ours."""
    processes.hands_over = True
    stop.set()


async def _unless(stop: asyncio.Event, work: Coroutine[None, None, int]) -> int:
    """The work's result; 1 if it was stopped before its end."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        working.cancel()
        await asyncio.wait((working,))
        return 1
    return working.result()


def _tell_phones(endpoints: Endpoints, console: Console, settings: Settings) -> None:
    """The address and the accounts, for whoever sets up telephones."""
    sip = endpoints.sip
    plain = "" if settings.phones == "encrypted" else f"UDP and TCP {sip['udp']}, "
    table = Table(title=f"SIP phones: server {sip['address']}, {plain}TLS {sip['tls']}")
    for column in ("extension", "name", "user", "secret"):
        table.add_column(column)
    for phone in (*endpoints.phones.values(), *endpoints.desks.values()):
        table.add_row(phone.extension, phone.name, phone.user, phone.secret)
    if not endpoints.phones:
        console.print("Nobody is in the directory yet: ./switchboard import people FILE.csv")
    elif console.is_terminal:
        console.print(table)
    else:  # this goes into somebody's log, where no secret belongs
        console.print("The accounts for SIP phones are in endpoints.json in the data folder")
    console.print(f"Callers dial in from {endpoints.trunk['address']}: sip:NUMBER@{sip['address']}:{sip['udp']}")
