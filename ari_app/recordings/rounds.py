"""The recordings of calls that are over, kept in rounds.

A round is one trip to a thread, one wait for the register and one for each folder of the disk, however many calls it
has: on a busy day each of them costs less.
"""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec
import structlog

from ari_app.recordings import sealing
from ari_app.recordings.faults import Faults
from ari_app.recordings.places import NotRegistered, Places, RecordingFault, StillWritten
from ari_app.recordings.tally import Tally
from db.errors import RegisterClosedError
from db.records import RecordingRow, Row

MOST = 50
"""Recordings of one round: their files are open together."""

log = structlog.get_logger()


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait for Asterisk, which closes its files some time after the channel has left us.

    Usually it does within 0.1 s (22.10.1, measured); with every processor busy it may take longer.
    """

    seconds: float = 10.0
    """Then the files are left for the next sweep."""
    look_every: float = 0.05
    """Between two looks at a message, for whose length the caller waits."""
    gather: float = 0.5
    """Between two rounds."""


class Register(Protocol):
    """The side of `db.register.Register` that the archive needs."""

    def put(self, *rows: Row) -> None:
        """Take rows; never waits. Raises RegisterClosedError."""

    def flush(self) -> None:
        """Wait until all that was put is there for good. Raises TimeoutError."""


async def registered(register: Register, rows: Iterable[Row]) -> str | None:
    """Have these rows in the register for good, so that what they were made of may go; gives why not, if not."""
    try:
        register.put(*rows)
        await asyncio.to_thread(register.flush)
    except (TimeoutError, RegisterClosedError) as error:
        return f"the register does not take it: {error}"
    return None


class Rounds:
    """Keeps recordings. What goes wrong is told, never raised."""

    def __init__(self, places: Places, register: Register, tally: Tally, faults: Faults, patience: Patience) -> None:
        self._places = places
        self._register = register
        self._tally = tally
        self._faults = faults
        self._patience = patience
        self._due: dict[str, float] = {}
        self._swept: deque[str] = deque(maxlen=MOST)
        """The last ones that a sweep took: whose end Asterisk told it before it told us of it."""
        self._task: asyncio.Task[None] | None = None

    def add(self, call: str) -> None:
        """Have this call's recording kept in the next round, unless a sweep has taken it; returns at once."""
        if call in self._swept:
            return
        self._due.setdefault(call, time.monotonic() + self._patience.seconds)
        if self._task is None:
            self._task = asyncio.create_task(self._go(), name="keep recordings")

    async def sweep(self, call: str) -> None:
        """Keep this call's recording now, unless a round has it, or had; what Asterisk still writes is left there."""
        if call in self._due or not any(piece.exists() for piece in self._places.pieces(call)):
            return
        self._swept.append(call)
        await self.keep({call: 0.0})

    async def settled(self) -> None:
        """Until no round is left to be done."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def keep(self, due: Mapping[str, float]) -> list[str]:
        """One round now. ``due``: each call and until when (`time.monotonic`) to wait for Asterisk.

        Gives those that Asterisk still writes and that are to be waited for.
        """
        made = await asyncio.to_thread(sealing.seal_all, due, self._places)
        rows = {call: row for call, row in made.items() if isinstance(row, RecordingRow)}
        unregistered = await registered(self._register, rows.values()) if rows else None
        if unregistered is not None:
            made |= {call: NotRegistered(call, unregistered) for call in rows}
        elif rows:
            made |= await asyncio.to_thread(sealing.discard_all, rows, self._places)
        return [call for call, came in made.items() if self._waits(call, came, due[call])]

    async def _go(self) -> None:
        try:
            while self._due:
                await asyncio.sleep(self._patience.gather)
                due = dict(itertools.islice(self._due.items(), MOST))
                still = await self._kept(due)
                for call in due.keys() - set(still):
                    del self._due[call]
        finally:
            self._task = None

    async def _kept(self, due: Mapping[str, float]) -> list[str]:
        """`keep`; after a fault of ours the next round goes on with other calls, and the sweep tries these again."""
        try:
            return await self.keep(due)
        except Exception:  # one recording must not keep all others from being kept
            log.exception("recordings not kept", calls=len(due))
            return []

    def _waits(self, call: str, came: RecordingRow | RecordingFault, until: float) -> bool:
        if isinstance(came, StillWritten) and time.monotonic() < until:
            return True
        if isinstance(came, RecordingFault):
            self._faults.tell(call, came)
            return False
        self._faults.over(call)
        self._tally.recording_sealed(repaired=came.repaired)
        log.info("recording kept", call=call, file=came.file, seconds=came.seconds, repaired=came.repaired)
        return False
