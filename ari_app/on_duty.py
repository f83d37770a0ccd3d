"""On duty: callers are offered to engines for as long as there is one that takes them (T4).

A caller whom no engine takes in the dialplan's time leaves a mark in Asterisk. Whoever comes while it is there goes to
the stand-in at once, instead of waiting in vain, too: so a frozen engine keeps only the first callers waiting. Each
engine that takes calls removes the mark again and again. No clocks are compared: Asterisk's may be another than ours.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import NoReturn

from ari_app.ari.errors import AriError
from ari_app.ari.link import Link
from dialplan.plan import UNCLAIMED

BEAT_SECONDS = 0.5
"""For so long at most callers go to the stand-in although an engine is there again."""


async def be_on_duty(link: Callable[[], Link | None], takes_calls: Callable[[], bool]) -> NoReturn:
    """Remove the mark again and again, for ever; ``link`` gives the one that is up."""
    while True:
        up = link()
        if up is not None and up.lost is None and takes_calls():
            with contextlib.suppress(AriError):  # the next time will do
                await up.asterisk.set_global(UNCLAIMED, "")
        await asyncio.sleep(BEAT_SECONDS)
