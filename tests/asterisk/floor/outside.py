"""The telephones of callers who are called back: what their owners do when it rings, and where the trunk leads to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from demo.endpoints import Endpoints
from demo.errors import Gone, NotInTime
from demo.incoming import Incoming
from demo.phone import Phone
from demo.sip import read_address
from dialplan.plan import LOOPBACK
from premises.installation import Installation
from tests.asterisk.floor.ears import Ears

if TYPE_CHECKING:
    from tests.asterisk.floor.callers import Caller

REACTS = 0.2, 2.5
"""Seconds for which a telephone rings before anything is done."""


async def _answers(caller: "Caller", call: Incoming) -> None:
    await call.answer()
    call.play_tone(caller.hum)
    await caller.talks(call)
    await call.hang_up()


async def _is_busy(_: "Caller", call: Incoming) -> None:
    await call.decline(486)


async def _declines(_: "Caller", call: Incoming) -> None:
    await call.decline(603)


async def _lets_it_ring(_: "Caller", __: Incoming) -> None:
    pass


async def _hangs_up_at_once(_: "Caller", call: Incoming) -> None:
    await call.answer()
    await call.hang_up()


WHEN_CALLED_BACK: Mapping[Callable[["Caller", Incoming], Awaitable[None]], float] = {
    _answers: 70,
    _is_busy: 8,
    _declines: 5,
    _lets_it_ring: 12,
    _hangs_up_at_once: 5,
}


async def is_called_back(caller: "Caller", call: Incoming) -> None:
    """What comes of it when this caller's telephone rings; who is in a call of its own meanwhile is busy."""
    chance = caller.chance
    with suppress(Gone):  # whoever calls may leave at any moment
        if caller.is_on_the_phone:
            await call.decline(486)
            return
        await call.ring()
        await asyncio.sleep(chance.uniform(*REACTS))
        doings = {_answers: 1.0} if caller.calm else WHEN_CALLED_BACK
        await chance.choices(list(doings), list(doings.values()))[0](caller, call)


@asynccontextmanager
async def reachable(
    installation: Installation, endpoints: Endpoints, callers: Iterable["Caller"]
) -> AsyncIterator[None]:
    """Each caller's telephone rings when the trunk brings a call for its number, until the block ends."""
    by_number = {caller.line: caller for caller in callers}
    port = int(str(installation.settings.trunk.contact).rpartition(":")[2])
    async with Phone("outside", server=endpoints.server, at=(LOOPBACK, port), audio=Ears) as trunk:
        ringing = asyncio.create_task(_let_ring(trunk, by_number))
        try:
            yield
        finally:
            ringing.cancel()
            with suppress(asyncio.CancelledError):
                await ringing


async def _let_ring(trunk: Phone, by_number: Mapping[str, "Caller"]) -> None:
    async with asyncio.TaskGroup() as telephones:
        while True:
            with suppress(NotInTime):
                call = await trunk.incoming()
                telephones.create_task(by_number[read_address(call.invite.uri).user].is_called(call))
