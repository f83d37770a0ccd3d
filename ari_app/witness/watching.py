"""The live alarm: a call that Asterisk has put on its list, and of which the register knows nothing."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import NoReturn, Protocol

import msgspec
import structlog

from ari_app.pbx.tail import Tail
from ari_app.witness import cdr
from ari_app.witness.cdr import Cdr
from ari_app.witness.repairing import row_from_cdr
from ari_app.witness.rotation import rotate
from db.records import CallRow
from dialplan.plan import OFFER_MILLISECONDS
from premises.clock import now

log = structlog.get_logger()


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Times are seconds."""

    patience: float = 5.0
    """From a call's being found on Asterisk's list until the register must have it."""
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
    """Reads what is added to the list, and looks for the calls; `keep` is a task of its own.

    Callers who were refused, or left at once, are known from there alone: ``put`` gives their rows to the register.

    ``known``: of these calls, those that the register has; it waits for the database, and raises if that fails.
    ``delivering``: whether rows still wait to be written since the database is, or was, away.
    """

    def __init__(
        self,
        folder: Path,
        known: Callable[[Collection[str]], set[str]],
        put: Callable[[CallRow], None],
        delivering: Callable[[], bool],
        count: Count,
        pace: Pace = Pace(),  # noqa: B008 - it is frozen
    ) -> None:
        self._folder = folder
        self._known = known
        self._put = put
        self._delivering = delivering
        self._count = count
        self._pace = pace
        self._due: dict[str, tuple[float, Cdr]] = {}

    async def keep(self) -> NoReturn:
        """Look again and again, from what is added from now on: of what was before, `catch_up` takes care."""
        rotated = float("-inf")
        with Tail(self._folder / cdr.FILE) as added:
            await asyncio.to_thread(added.skip)
            while True:
                if time.monotonic() >= rotated + self._pace.rotate:
                    await self._rotate()
                    rotated = time.monotonic()
                self._expect(await asyncio.to_thread(added.lines))
                await self._look()
                await asyncio.sleep(self._pace.look)

    async def _rotate(self) -> None:
        try:
            await asyncio.to_thread(rotate, self._folder, now())
        except OSError as why:  # the list grows until the next time
            log.warning("Asterisk's list of calls not cut", why=str(why))

    def _expect(self, lines: Iterable[bytes]) -> None:
        for record in cdr.records(lines):
            if record.refused:
                self._put(row_from_cdr(record))
            self._due[record.call] = time.monotonic() + self._pace.patience, record
            if len(self._due) > self._pace.most:
                del self._due[next(iter(self._due))]

    async def _look(self) -> None:
        due = {call: record for call, (at, record) in self._due.items() if at <= time.monotonic()}
        if not due or self._delivering():
            return
        try:
            known = await asyncio.to_thread(self._known, due.keys())
        except Exception as error:  # whatever the database has: they are looked for again
            log.warning("register not asked for calls", calls=len(due), why=str(error))
            return
        for call in due:
            del self._due[call]
        for call in sorted(due.keys() - known):
            self._missed(due[call])

    def _missed(self, record: Cdr) -> None:
        """Nobody is at fault where the caller left while the call was still being offered: no engine had it yet."""
        if record.answer is None and record.end - record.start < OFFER_MILLISECONDS / 1000:
            self._put(row_from_cdr(record))
            return
        self._count.call_missing()
        log.error("call not in the register", call=record.call, to_do="switchboard audit --repair")
