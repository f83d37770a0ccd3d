"""The live alarm: a call that Asterisk says is over, and of which the register knows nothing."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from ari_app.ami import AmiEvent
from ari_app.witness import cdr
from ari_app.witness.rotation import rotate

log = structlog.get_logger()


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Times are seconds."""

    patience: float = 5.0
    """From Asterisk's word that a call is over until the register must have it."""
    look: float = 1.0
    """Between two looks."""
    rotate: float = 3600.0
    """Between two looks at the size of Asterisk's list."""
    most: int = 10_000
    """Calls that wait to be looked for, while the database is away; beyond it the oldest are left to the audit."""


class Count(Protocol):
    """Who counts: `ari_app.metrics.Metrics`."""

    def call_missing(self) -> None:
        """Asterisk had a call that the register lacks."""


class Witness:
    """`hear` takes events and never waits; `keep` looks for the calls, and is a task of its own.

    ``known``: of these calls, those that the register has; it waits for the database, and raises if that fails.
    ``delivering``: whether rows still wait to be written since the database is, or was, away.
    """

    def __init__(
        self,
        folder: Path,
        known: Callable[[Collection[str]], set[str]],
        delivering: Callable[[], bool],
        count: Count,
        pace: Pace = Pace(),  # noqa: B008 - it is frozen
    ) -> None:
        self._folder = folder
        self._known = known
        self._delivering = delivering
        self._count = count
        self._pace = pace
        self._due: dict[str, float] = {}

    def hear(self, event: AmiEvent) -> None:
        """Take an event: a hint that a call is over, by the form of its id; others are none of its business."""
        call = event.fields.get("UniqueID", "")
        if event.name == "Cdr" and cdr.is_call(call, event.fields.get("DestinationContext", "")):
            self._due[call] = time.monotonic() + self._pace.patience
            if len(self._due) > self._pace.most:
                del self._due[next(iter(self._due))]

    async def keep(self) -> None:
        """Look again and again. Never returns."""
        rotated = float("-inf")
        while True:
            if time.monotonic() >= rotated + self._pace.rotate:
                await asyncio.to_thread(rotate, self._folder, dt.datetime.now(dt.UTC))
                rotated = time.monotonic()
            await self._look()
            await asyncio.sleep(self._pace.look)

    async def _look(self) -> None:
        now = time.monotonic()
        due = [call for call, at in self._due.items() if at <= now]
        if not due or self._delivering():
            return
        try:
            missing = await asyncio.to_thread(self._missing, due)
        except Exception as error:  # whatever the database has: they are looked for again
            log.warning("register not asked for calls", calls=len(due), why=str(error))
            return
        for call in due:
            del self._due[call]
        for call in missing:
            self._count.call_missing()
            log.error("call not in the register", call=call, to_do="switchboard audit --repair")

    def _missing(self, calls: Collection[str]) -> list[str]:
        """Those that the register lacks, and that are in the list that no caller can write into."""
        lacking = set(calls) - self._known(calls)
        return sorted(lacking & cdr.read(self._folder, time.time() - 3600).keys()) if lacking else []
