"""``switchboard engine``: serve calls at a PBX that runs; `up` starts this, and starts it again whenever it ends."""

import argparse
import asyncio
import gc
import signal
import sys

import uvloop
from rich.console import Console

from ari_app.ami import AmiError
from ari_app.ari.errors import AriError
from ari_app.commands.faults import told
from ari_app.pbx.asterisk import PbxError
from ari_app.processes.stopping import when_told
from ari_app.rules import RulesRefused
from ari_app.serving import serving
from db.errors import DatabaseError
from premises.installation import Installation
from premises.log import set_up

FAULTS = (RulesRefused, PbxError, DatabaseError, AriError, AmiError)


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--name", help="the ARI application, to replace the engine that has it (default: a new one)")
    parser.add_argument("--log", action="store_true", help="write the log to log/engine.log in the data folder")
    parser.add_argument("--spare", action="store_true", help="wait for a line on standard input, then serve at once")


def run(given: argparse.Namespace) -> int:
    """Serves until SIGINT, SIGTERM or SIGHUP, which end its calls, or SIGUSR1, which leaves them to another engine."""
    if given.spare and not sys.stdin.readline():
        return 0
    installation = Installation(given.data)
    installation.prepare()
    set_up(installation.logs / "engine.log" if given.log else None)
    with told(*FAULTS):
        return uvloop.run(_serve(installation, given.name))


async def _serve(installation: Installation, name: str | None) -> int:
    stop, hand_over = asyncio.Event(), asyncio.Event()
    when_told(stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, hand_over.set)
    async with serving(installation, name, Console(stderr=True, log_path=False).log) as house:
        # What is there now stays: looking through it for garbage would stop all calls for 60 ms, now and then.
        gc.freeze()
        # A call leaves nothing to be looked for, a library now and then does, which is to be found soon. Python looks
        # through everything only once there is a quarter more than it saw last time: after this, next to nothing.
        gc.collect()
        waits = [asyncio.create_task(stop.wait()), asyncio.create_task(hand_over.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await (house.engine.hand_over() if hand_over.is_set() else house.engine.stop())
    return 0
