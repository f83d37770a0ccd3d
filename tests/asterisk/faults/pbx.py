"""What is done to Asterisk itself in the midst of its work: killed, frozen, asked, restarted."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from ari_app.pbx.asterisk import Asterisk, program
from ari_app.pbx.planning import kept_ports
from dialplan.plan import Account, Pbx
from tests.asterisk.faults.scene import Scene

NOTICED_SECONDS = 3.0 + 1.0
"""For the engine to know that it has no Asterisk; the second is for a busy machine."""
BACK_SECONDS = 20.0
"""For another Asterisk to serve; it takes about one second, and eleven after an orderly end (22.10.1)."""


def kill(one: Scene) -> float:
    """End Asterisk as `kill -9` does; gives the time in seconds since 1970."""
    os.kill(one.endpoints.pbx, signal.SIGKILL)
    return time.time()


@asynccontextmanager
async def frozen(one: Scene) -> AsyncIterator[None]:
    """Asterisk does nothing at all until the block ends."""
    process = one.endpoints.pbx
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def asterisk(one: Scene) -> Asterisk:
    """The Asterisk that runs there, to be asked."""
    nobody = Account("", "")
    pbx = Pbx(ports=kept_ports(one.installation), ari=nobody, ami=nobody)
    return Asterisk(program(os.environ), pbx, one.installation.pbx)


async def until_ready(one: Scene, ready: bool, within: float) -> None:
    """Wait until the engine's own page says that it can take calls, or that it cannot, and then why."""
    async with asyncio.timeout(within), aiohttp.ClientSession() as session:
        while True:
            async with session.get(one.endpoints.api["ready"]) as answer:
                told = await answer.json()
                if (answer.status, told["troubles"]) == ((200, []) if ready else (503, ["no link to Asterisk"])):
                    return
            await asyncio.sleep(0.05)


def edited(file: Path, old: str, new: str) -> None:
    """Change a setting of Asterisk until it is started again by `up`."""
    text = file.read_text()
    assert old in text, f"{file.name} has no {old!r}"
    file.write_text(text.replace(old, new))
