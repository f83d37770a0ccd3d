"""The file of each day's figures, written by a process of its own: counting is no work for who serves calls."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import structlog

from ari_app.processes import leash
from ari_app.reporting import due_days
from premises.clock import now
from premises.installation import Installation
from premises.settings import BadSettings

LOOK_SECONDS = 600.0
"""Between two looks whether a day is over, and before a day is tried again that could not be written."""

log = structlog.get_logger()


async def keep_reports(installation: Installation, timezone: Callable[[], str]) -> NoReturn:
    """Have the files written that are due, where the settings name a folder for them; for ever."""
    while True:
        try:
            if installation.settings.daily_reports and due_days(installation, timezone(), now()):
                await _write(installation)
        except (BadSettings, OSError, ValueError) as why:  # a file that somebody has just edited, say
            log.error("daily report not written", why=str(why))  # noqa: TRY400 - the reason says it all
        await asyncio.sleep(LOOK_SECONDS)


async def _write(installation: Installation) -> None:
    command = leash.command(sys.executable, "-P", "-m", "ari_app", "report", "due", "--data", str(installation.folder))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe)
    try:
        written, fault = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            process.kill()  # where this is cancelled; what it has begun is written anew next time
    if process.returncode:
        log.error("daily report not written", why=fault.decode(errors="replace").strip())
    for file in written.decode().splitlines():
        log.info("daily report written", file=file)
