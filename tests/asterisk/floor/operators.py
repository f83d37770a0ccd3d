"""Everybody who works on the floor, each at a telephone, taking calls and now and then doing something else."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from demo.endpoints import Endpoints
from demo.errors import Gone, NotInTime, PhoneError
from demo.incoming import Incoming
from tests.asterisk.floor.company import Floor
from tests.asterisk.floor.habits import ABSENT, BETWEEN, WHEN_RUNG, answers, chosen, is_back
from tests.asterisk.floor.seat import Seat, now

REACTS = 0.2, 1.5
"""Seconds for which a telephone rings before anything is done."""
MUSES = 8.0
"""Seconds without a call, on average, until a person does something of its own accord."""
FORGOTTEN = 15.0
"""Seconds without a call after which a person says that it is back: who does not take three calls in a row is away."""


class Operator(Seat):
    """One person of the floor."""

    def __init__(self, person: str, endpoints: Endpoints, floor: Floor, seed: int) -> None:
        super().__init__(person, endpoints, floor, random.Random(f"{seed} {person}"))
        self._tasks: set[asyncio.Task[None]] = set()

    async def work(self) -> None:
        """Sit at one telephone after another, for ever."""
        try:
            while True:
                async with self.new_phone():
                    await self.plug_in()
                    await self._sit()
                await asyncio.sleep(self.chance.uniform(*ABSENT))
        finally:
            for task in self._tasks:
                task.cancel()

    async def _sit(self) -> None:
        """Take calls, and do something else when none comes, until the cable is pulled."""
        phone = self.phone
        while phone.is_open:
            try:
                call = await phone.incoming(self.chance.expovariate(1 / MUSES))
            except NotInTime:
                if self.is_idle and not self.calm:
                    await (is_back if self._is_forgotten() else chosen(BETWEEN, self.chance))(self)
            else:
                task = asyncio.create_task(self._take(call))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _take(self, call: Incoming) -> None:
        phone = self.phone
        try:
            await call.ring()
            await asyncio.sleep(self.chance.uniform(*REACTS))
            await (answers if self.calm else chosen(WHEN_RUNG, self.chance))(self, call)
        except Gone:
            pass  # whoever calls may leave at any moment
        except PhoneError as why:
            if phone.is_open:
                self.troubles.append(f"{self.person}, with {call.caller.name}: {why}")

    def _is_forgotten(self) -> bool:
        """Whether it looks as if the switchboard did not count on the person any more."""
        last = self.rung[-3:]
        refused = len(last) == 3 and not any(call.was_answered for call in last)
        return refused or not last or now() - last[-1].ended_at > FORGOTTEN


@asynccontextmanager
async def at_work(endpoints: Endpoints, floor: Floor, seed: int) -> AsyncIterator[Sequence[Operator]]:
    """Everybody is at a telephone until the block ends."""
    operators = [Operator(person, endpoints, floor, seed) for person in floor.people]
    tasks = [asyncio.create_task(operator.work()) for operator in operators]
    try:
        yield operators
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [end for end in ends if isinstance(end, Exception)] == []
