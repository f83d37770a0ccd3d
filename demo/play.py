"""Placing sample calls at a running switchboard, and telling what the phones heard and did."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Callable, Iterable

from demo.acting import act
from demo.desk import Staff
from demo.endpoints import Endpoints
from demo.errors import NotInTime, PhoneError, Refused
from demo.incoming import Incoming
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.result import Result, hum_of, unlike
from demo.scenario import Scenario
from demo.stage import Switchboard, stage
from demo.tones import spans

WITHHELD = '"Anonymous" <sip:anonymous@anonymous.invalid>'
"""RFC 3323."""
RELEASE = 1.0
"""Seconds after a call's end in which every phone must have stopped ringing."""


async def play(scenario: Scenario, endpoints: Endpoints, staff: Staff, switchboard: Switchboard) -> Result:
    """Place one call and see what comes of it. What goes wrong is in the result's troubles, never an exception."""
    result = Result(scenario=scenario, began=dt.datetime.now(dt.UTC))
    try:
        async with stage(scenario, endpoints, staff, switchboard):
            await _place(endpoints, staff, result)
    except (PhoneError, TimeoutError) as error:
        result.troubles.append(f"the stage was not set: {error}")
    result.troubles += unlike(result) if not result.troubles else ()
    return result


async def play_all(
    scenarios: Iterable[Scenario],
    endpoints: Endpoints,
    staff: Staff,
    switchboard: Switchboard,
    *,
    at_once: int = 4,
    began: Callable[[Scenario], None] = lambda scenario: None,
) -> AsyncGenerator[Result, None]:
    """Place these calls, several at once where they do not disturb each other; results as they come."""
    waiting, running = list(scenarios), dict[asyncio.Task[Result], Scenario]()
    try:
        while waiting or running:
            for scenario in startable(waiting, running.values(), at_once):
                waiting.remove(scenario)
                began(scenario)
                running[asyncio.create_task(play(scenario, endpoints, staff, switchboard))] = scenario
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                del running[task]
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def startable(waiting: Iterable[Scenario], running: Iterable[Scenario], at_once: int) -> list[Scenario]:
    """Which calls can begin now: who waits for many people is overtaken by those who want just one of them."""
    busy, chosen = list(running), list[Scenario]()
    for scenario in waiting:
        if len(busy) < at_once and not any(scenario.disturbs(other) for other in busy):
            busy.append(scenario)
            chosen.append(scenario)
    return chosen


async def _place(endpoints: Endpoints, staff: Staff, result: Result) -> None:
    scenario, clock = result.scenario, asyncio.get_running_loop().time
    result.began, start = dt.datetime.now(dt.UTC), clock()
    number = scenario.caller or "anonymous"
    async with Phone(number, server=endpoints.server, at=(endpoints.trunk, 0), name=scenario.id) as phone:
        call = await phone.dial(scenario.dialled, sender=_sender(scenario))
        await _perform(call, staff, result)
        result.dropped = call.ended_by == "them"
        await call.hang_up()
        result.seconds, result.pcm = clock() - start, call.heard
    await _look_around(staff, result)


async def _perform(call: Outgoing, staff: Staff, result: Result) -> None:
    try:
        await call.answered()
        for part in result.scenario.script:
            await act(part, call, staff, result)
    except Refused as refusal:
        result.code = refusal.code
    except PhoneError as error:
        result.troubles.append(str(error))


def _sender(scenario: Scenario) -> str | None:
    return WITHHELD if scenario.sender is None and scenario.caller is None else scenario.sender


async def _look_around(staff: Staff, result: Result) -> None:
    """What the staff's phones saw of this call."""
    for desk in staff.desks(result.scenario.people):
        for call in [call for call in desk.calls if _belongs(call, result.scenario)]:
            result.rang.append(desk.person)
            if call.was_answered:
                result.answered.append(desk.person)
                if spans(call.heard, hum_of(result)):
                    result.understood.append(desk.person)
            await _end_of(call, desk.person, result)


async def _end_of(call: Incoming, person: str, result: Result) -> None:
    try:
        await call.ended(RELEASE)
    except NotInTime:
        result.troubles.append(f"{person}'s phone is still {call.state}")


def _belongs(call: Incoming, scenario: Scenario) -> bool:
    """Whether a call at somebody's phone is this scenario's: the phone shows its name, where it has one."""
    if scenario.sender or scenario.caller is None:
        return True
    shown = call.caller.name
    return shown == scenario.id or shown.startswith(f"{scenario.id} ")  # and then who hands the caller over
