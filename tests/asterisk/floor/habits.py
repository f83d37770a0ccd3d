"""What people at telephones do: when they are rung, in a talk, and between calls; each thing about so often."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from demo.errors import Gone, PhoneError
from demo.incoming import Incoming
from demo.outgoing import Outgoing
from tests.asterisk.floor.company import LUNCH, NOBODY
from tests.asterisk.floor.seat import Seat
from tests.form import lasting

SIGNS_IN, SIGNS_OUT, IS_BACK, NOTES = "*45", "*46", "*48", "*491"
TALKS = lasting(4.0, 6.0), lasting(12.0, 20.0)
"""Seconds of a talk that the person ends, if the caller does not."""
BEFORE = 1.5, 5.0
"""Seconds of a talk until the person does something else in it."""
ABSENT = 1.0, 5.0
"""Seconds."""
ANSWERS = 8.0
"""Seconds for a colleague to answer."""

# -------------------------------------------------------------------------------------------------------- when it rings


async def answers(one: Seat, call: Incoming) -> None:
    await call.answer()
    call.play_tone(one.tone)
    await (_talks if one.calm else chosen(IN_TALK, one.chance))(one, call)


async def _is_busy(_: Seat, call: Incoming) -> None:
    await call.decline(486)


async def _declines(_: Seat, call: Incoming) -> None:
    await call.decline(603)


async def _lets_it_ring(_: Seat, __: Incoming) -> None:
    pass


async def _hangs_up_at_once(_: Seat, call: Incoming) -> None:
    await call.answer()
    await call.hang_up()


async def _pulls_cable_while_rung(one: Seat, _: Incoming) -> None:
    await one.pull_cable()


async def _unplugs_while_rung(one: Seat, call: Incoming) -> None:
    if one.is_out:
        return
    await one.unplug()
    await call.decline(480)
    await _plugs_in_again(one)


# ------------------------------------------------------------------------------------------------------------ in a talk


async def _talks(one: Seat, call: Incoming) -> None:
    await one.listen(call, TALKS)
    await call.hang_up()


async def _hands_over(one: Seat, call: Incoming) -> None:
    await _hands_over_to(one, call, one.colleague)


async def _hands_over_to_group(one: Seat, call: Incoming) -> None:
    await _hands_over_to(one, call, one.some_group)


async def _hands_over_to_nobody(one: Seat, call: Incoming) -> None:
    await _hands_over_to(one, call, NOBODY)


async def _hands_over_to(one: Seat, call: Incoming, to: str) -> None:
    await one.listen(call, BEFORE)
    if not await one.hand_over(call, to):
        await _talks(one, call)


async def _asks_and_joins(one: Seat, call: Incoming) -> None:
    async with _asking(one, call) as own:
        if own and await one.hand_over(call, own):
            return
    await _goes_on(one, call)


async def _asks_and_returns(one: Seat, call: Incoming) -> None:
    async with _asking(one, call):
        pass
    await _goes_on(one, call)


async def _asks_and_drops_out(one: Seat, call: Incoming) -> None:
    async with _asking(one, call) as own:
        if own:
            await call.hang_up()
            return
    await _goes_on(one, call)


@asynccontextmanager
async def _asking(one: Seat, call: Incoming) -> AsyncIterator[Outgoing | None]:
    """Talk with a colleague while the caller waits; None: nobody answers."""
    await one.listen(call, BEFORE)
    call.be_silent()
    own = await one.phone.dial(one.colleague)
    try:
        yield own if await _is_answered(own, one.tone) else None
    finally:
        await own.hang_up()


async def _is_answered(own: Outgoing, tone: int) -> bool:
    """Whether the colleague answers, and talks a second with somebody who hums this."""
    with suppress(PhoneError):
        await own.answered(ANSWERS)
        own.play_tone(tone)
        await asyncio.sleep(1)
        return True
    return False


async def _goes_on(one: Seat, call: Incoming) -> None:
    call.play_tone(one.tone)
    await _talks(one, call)


async def _signs_out_meanwhile(one: Seat, call: Incoming) -> None:
    await one.listen(call, BEFORE)
    await one.tell(SIGNS_OUT)
    with suppress(Gone):
        await _talks(one, call)
    await asyncio.sleep(one.chance.uniform(*ABSENT))
    await one.tell(SIGNS_IN)


async def _pulls_cable_in_talk(one: Seat, call: Incoming) -> None:
    await one.listen(call, BEFORE)
    await one.pull_cable()


# -------------------------------------------------------------------------------------------------------- between calls


async def _signs_out(one: Seat) -> None:
    await one.tell(SIGNS_OUT)
    await asyncio.sleep(one.chance.uniform(*ABSENT))
    await one.tell(SIGNS_IN)


async def _goes_to_lunch(one: Seat) -> None:
    await one.tell(LUNCH)
    await asyncio.sleep(one.chance.uniform(*ABSENT))
    await is_back(one)


async def is_back(one: Seat) -> None:
    await one.tell(IS_BACK)


async def _notes(one: Seat) -> None:
    await one.tell(NOTES)


async def _unplugs(one: Seat) -> None:
    await one.unplug()
    await _plugs_in_again(one)


async def _plugs_in_again(one: Seat) -> None:
    await asyncio.sleep(one.chance.uniform(*ABSENT))
    await one.plug_in()


async def _pulls_cable(one: Seat) -> None:
    await one.pull_cable()


async def _rests(_: Seat) -> None:
    pass


# ------------------------------------------------------------------------------------------------------------ how often

WithCall = Callable[[Seat, Incoming], Awaitable[None]]
Alone = Callable[[Seat], Awaitable[None]]
Doing = TypeVar("Doing", WithCall, Alone)
WHEN_RUNG: Mapping[WithCall, float] = {
    answers: 84,
    _is_busy: 4,
    _declines: 3,
    _lets_it_ring: 4,
    _hangs_up_at_once: 3,
    _pulls_cable_while_rung: 1,
    _unplugs_while_rung: 1,
}
IN_TALK: Mapping[WithCall, float] = {
    _talks: 62,
    _hands_over: 12,
    _hands_over_to_group: 6,
    _hands_over_to_nobody: 3,
    _asks_and_joins: 6,
    _asks_and_returns: 4,
    _asks_and_drops_out: 3,
    _signs_out_meanwhile: 2,
    _pulls_cable_in_talk: 2,
}
BETWEEN: Mapping[Alone, float] = {
    _signs_out: 20,
    _goes_to_lunch: 20,
    _unplugs: 13,
    _pulls_cable: 7,
    _notes: 13,
    _rests: 27,
}


def chosen(doings: Mapping[Doing, float], chance: random.Random) -> Doing:
    """One of these things to do."""
    return chance.choices(list(doings), list(doings.values()))[0]
