"""On duty: callers are let in and offered to engines for as long as there is one that takes them (T4).

A caller whom no engine takes in the dialplan's time leaves a mark in Asterisk. Whoever comes while it is there goes to
the stand-in at once, instead of waiting in vain, too: so a frozen engine keeps only the first callers waiting. Each
engine that takes calls removes the mark again and again.

How long Asterisk takes to answer to that tells whether there is too much to do, see `ari_app.admission`. Of several
engines each tells what it finds; it is the same Asterisk, whose slowness all of them see.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from typing import NoReturn

import structlog

from ari_app.admission import Admission
from ari_app.ari.errors import AriError
from ari_app.ari.link import Link
from dialplan.plan import REFUSED, UNCLAIMED
from premises.clock import now

BEAT_SECONDS = 0.25
"""For so long at most callers go to the stand-in although an engine is there again."""
TOLD_BEATS = 8
"""After so many it is told again how many callers are refused."""
HOLDS_SECONDS = 10
"""For so long that word holds, lest the one of an engine that is gone stays: under load it comes late, too."""

log = structlog.get_logger()


async def be_on_duty(
    link: Callable[[], Link | None], takes_calls: Callable[[], bool], admission: Admission
) -> NoReturn:
    """Remove the mark again and again, for ever; ``link`` gives the one that is up, if one is."""
    for beat in itertools.count():
        up = link()
        if up is not None and takes_calls():
            with contextlib.suppress(AriError):  # the next time will do
                await _beat(up, admission, tell=beat % TOLD_BEATS == 0)
        await asyncio.sleep(BEAT_SECONDS)
    raise AssertionError  # there is always another beat


async def _beat(link: Link, admission: Admission, *, tell: bool) -> None:
    clock, before = asyncio.get_running_loop().time, admission.refused
    began = clock()
    await link.asterisk.set_global(UNCLAIMED, "")
    admission.answered(clock() - began, link.waiting)
    if admission.refused != before or tell:
        await link.asterisk.set_global(REFUSED, _word(admission.refused))
    if admission.refused and not before:
        log.error("callers are refused, there is too much to do")
    elif before and not admission.refused:
        log.info("all callers are let in again")


def _word(refused: int) -> str:
    """What the dialplan reads; nothing: nobody is refused."""
    return f"{refused}/{int(now().timestamp()) + HOLDS_SECONDS}" if refused else ""
