"""Asterisk at its limits: which one kept a call from being served, found in its own log.

It refuses a caller by a SIP code alone, and a person who cannot be rung counts as unreachable; only its log tells why
(22.10.1). What is read there is told to people and decides nothing, for a caller's text may stand in it, too.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NoReturn

import msgspec
import structlog

from ari_app.pbx.tail import Tail

LOOK_SECONDS = 2.0
TOLD_SECONDS = 900.0
"""So long after the last time a limit stays an alarm."""

log = structlog.get_logger()


class Limit(msgspec.Struct, frozen=True):
    """Something of which Asterisk has only so much."""

    name: str
    sign: re.Pattern[str]
    """What its log has when there is no more of it."""
    to_do: str


LIMITS = (
    Limit(
        "RTP ports",
        re.compile(r" res_rtp_asterisk\.c: Oh dear\.\.\. we couldn't allocate a port for RTP"),
        "a call takes two and a talk four: widen rtp_first to rtp_last in pbx/ports.json and start 'up' anew",
    ),
    Limit(
        "maxcalls",
        re.compile(r" pbx\.c: Maximum call limit of \d+ calls exceeded"),
        "raise it in asterisk.conf, or leave it out",
    ),
    Limit(
        "file descriptors",
        re.compile(r": Too many open files$"),
        "a call takes four and a talk ten: start 'up' with more (ulimit -n; systemd: LimitNOFILE)",
    ),
)


class Capacity:
    """Reads what is added to one log; `watch` is a task of its own. ``count`` is told the limit's name, each time."""

    def __init__(self, file: Path, count: Callable[[str], None]) -> None:
        self._file = file
        self._count = count
        self._reached: dict[str, float] = {}

    async def watch(self) -> NoReturn:
        """Look now and then, for ever, from what is added from now on."""
        with Tail(self._file) as added:
            await asyncio.to_thread(added.skip)
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                for limit in reached(await asyncio.to_thread(added.lines)):
                    self._note(limit)

    def alarms(self) -> list[str]:
        """Which limits were reached lately, each with what to do."""
        now = time.monotonic()
        lately = {name for name, at in self._reached.items() if now - at < TOLD_SECONDS}
        return [f"Asterisk had no more {limit.name}: {limit.to_do}" for limit in LIMITS if limit.name in lately]

    def _note(self, limit: Limit) -> None:
        self._count(limit.name)
        now = time.monotonic()
        if now - self._reached.get(limit.name, float("-inf")) >= TOLD_SECONDS:
            log.error("Asterisk at its limit", limit=limit.name, to_do=limit.to_do)
        self._reached[limit.name] = now


def reached(lines: Iterable[bytes]) -> Iterator[Limit]:
    """The limit that each line tells of, where it tells of one."""
    for line in lines:
        text = line.decode(errors="replace")
        yield from (limit for limit in LIMITS if limit.sign.search(text))
