"""What ringing outside numbers has cost of late, so that nobody can make it cost more than the rules allow.

The register knows it, also what other engines and the stand-in rang, and what was rung before a restart. While it does
not answer, what this engine has learnt so far and has rung itself counts.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence

import structlog

from db.errors import first_line
from db.records import CallRow, LegRow, Row
from db.stories import as_outside_leg, attempt
from db.threads import Threads
from premises.clock import now
from routing.limits import UNLIMITED, Limits, longest, reached
from routing.outside import is_limited
from routing.transfers import BACK

ANSWER_SECONDS = 0.5
"""How long a caller waits for the register."""
KEPT = dt.timedelta(days=1)
"""No limit looks further back."""

log = structlog.get_logger()


class Tolls:
    """The attempts of the last day; for one event loop. It is told every leg by `note`."""

    def __init__(self, ask: Callable[[dt.datetime], Sequence[LegRow]], refused: Callable[[], None]) -> None:
        self._ask = ask
        self._refused = refused
        self._threads = Threads(1, "outside legs")
        self._legs: dict[str, LegRow] = {}

    async def allow(self, limits: Limits) -> bool:
        """Whether an outside number may be rung now. Never raises, never takes longer than `ANSWER_SECONDS`.

        Who is told so must begin the leg before anything else is awaited: so that of two callers one is the last.
        """
        at = now()
        self._forget(at - KEPT)
        if limits == UNLIMITED:
            return True
        await self._learn(at - longest(limits))
        if not reached(limits, (attempt(leg, at) for leg in self._legs.values()), at):
            return True
        self._refused()
        return False

    def note(self, row: Row) -> None:
        """Learn of a leg of this engine, or of a caller whom it calls back."""
        if isinstance(row, CallRow) and row.dialled.startswith(BACK):
            row = as_outside_leg(row)
        if isinstance(row, LegRow) and is_limited(row.person):
            self._legs[row.id] = row

    async def _learn(self, since: dt.datetime) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                legs = await self._threads.run(lambda: self._ask(since))
        except Exception as error:  # whatever is wrong with the database, the caller is served (T4)
            log.warning("outside legs not read, those known count", why=first_line(error))
            return
        for leg in legs:
            known = self._legs.get(leg.id)
            if known is None or (known.ended is None and leg.ended is not None):  # our own are as new, or newer
                self._legs[leg.id] = leg

    def _forget(self, before: dt.datetime) -> None:
        self._legs = {key: leg for key, leg in self._legs.items() if leg.rang > before}
