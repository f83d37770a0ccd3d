"""The caller's part: each act of a script, done on a real call."""

import asyncio
from typing import assert_never

from demo.desk import Staff
from demo.errors import NotInTime
from demo.outgoing import Outgoing
from demo.overhearing import hear_along
from demo.result import Result, hum_of
from demo.scenario import Act, HeardAlong, Press, Speak, Stay, Talk, UntilHandedOver, UntilRinging, Wait
from demo.stage import until_rung
from demo.tones import BEEP, tone_of

PAUSE = 0.5
"""Seconds without somebody's tone after which it is heard no more."""


async def act(part: Act, call: Outgoing, staff: Staff, result: Result) -> None:
    """Do one act; what is heard goes into the result.

    Raises:
        PhoneError: it cannot be done, or what is waited for does not come.
    """
    match part:
        case Press():
            await _press(part, call)
        case Talk():
            await _talk(part, call, staff, result)
        case Speak():
            await _speak(part, call, result)
        case Wait():
            await asyncio.sleep(part.seconds)
        case UntilRinging():
            await until_rung(staff, *result.scenario.people)
        case UntilHandedOver():
            await _handed_over(part, call, result)
        case HeardAlong():
            await hear_along(part, call, staff, result)
        case Stay():
            await call.ended(part.within)
        case _:
            assert_never(part)


async def _press(part: Press, call: Outgoing) -> None:
    if part.when == "during the prompt":
        await call.prompt_began()
    elif part.when == "after the prompt":
        await call.prompt_ended()
    await call.press(part.keys)


async def _talk(part: Talk, call: Outgoing, staff: Staff, result: Result) -> None:
    person = await call.who(staff.people, part.within)
    if person is None:
        raise NotInTime("nobody was heard")
    result.heard.append(person)
    call.play_tone(hum_of(result))
    await asyncio.sleep(part.seconds)
    call.be_silent()


async def _handed_over(part: UntilHandedOver, call: Outgoing, result: Result) -> None:
    try:
        async with asyncio.timeout(part.within):
            while await call.hears(tone_of(result.heard[-1]), PAUSE):
                pass
    except TimeoutError:
        raise NotInTime(f"{result.heard[-1]} is still heard") from None


async def _speak(part: Speak, call: Outgoing, result: Result) -> None:
    if not await call.hears(BEEP, part.within):
        raise NotInTime("the beep was not heard")
    if part.seconds:
        call.play_tone(hum_of(result))
        await asyncio.sleep(part.seconds)
        call.be_silent()
