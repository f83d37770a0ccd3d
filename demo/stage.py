"""Setting the stage for a scenario: everybody's phone behaves as it should, and the engine has seen it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from demo.desk import Staff
from demo.endpoints import Endpoints
from demo.errors import NotInTime
from demo.phone import Phone
from demo.scenario import Answers, Away, Declines, Habit, OnThePhone, RingsOut, RungByAnother, Scenario, Unplugged
from demo.talk import LOOK, WITHIN

OTHERS_LINE = "+74950000001"
"""What an earlier caller dials, who occupies somebody."""


class Switchboard(Protocol):
    """What a play needs of the running engine, besides its phones."""

    async def set_away(self, person: str, reason: str | None) -> None:
        """Note that somebody is away, or back (None)."""

    async def until_seen(self, states: Mapping[str, str | None]) -> None:
        """Return when the engine knows of each of these people: the `routing.outcomes.Absence`, or None for free."""


@asynccontextmanager
async def stage(
    scenario: Scenario, endpoints: Endpoints, staff: Staff, switchboard: Switchboard
) -> AsyncIterator[None]:
    """Let everybody behave as the scenario says; at the end of the block they answer again."""
    async with AsyncExitStack() as stack:
        await staff.adopt(dict.fromkeys(scenario.alone, Answers()) | dict(scenario.staff))
        stack.push_async_callback(staff.adopt, dict.fromkeys(scenario.staff, Answers()))
        for person, habit in scenario.staff.items():
            if isinstance(habit, Away):
                await switchboard.set_away(person, habit.reason)
            if isinstance(habit, Away | Declines | RingsOut):  # who does not answer three times is away, too
                stack.push_async_callback(switchboard.set_away, person, None)
        before = dict.fromkeys(scenario.alone) | {person: _absence(habit) for person, habit in scenario.staff.items()}
        await switchboard.until_seen(before)
        for person, habit in scenario.staff.items():
            if isinstance(habit, RungByAnother):
                await stack.enter_async_context(_another(person, habit, endpoints, staff))
                await switchboard.until_seen({person: "ringing elsewhere"})
        yield


def _absence(habit: Habit) -> str | None:
    """How the engine sees it before anybody calls."""
    match habit:
        case Away():
            return "away"
        case Unplugged():
            return "not registered"
        case OnThePhone():
            return "busy"
        case _:
            return None


@asynccontextmanager
async def _another(person: str, habit: RungByAnother, endpoints: Endpoints, staff: Staff) -> AsyncIterator[None]:
    """An earlier caller, for whom this person is being rung until the end of the block."""
    async with Phone(habit.caller, server=endpoints.server, at=(endpoints.trunk, 0), name="earlier") as phone:
        call = await phone.dial(OTHERS_LINE)
        await call.answered()
        await call.press(habit.keys)
        await until_rung(staff, person)
        yield


async def until_rung(staff: Staff, *people: str) -> None:
    """Wait until the phone of one of them rings.

    Raises:
        NotInTime: it does not.
    """
    end = asyncio.get_running_loop().time() + WITHIN
    while not any(desk.calls for desk in staff.desks(people)):
        if asyncio.get_running_loop().time() >= end:
            raise NotInTime(f"nobody rang {' or '.join(people)}")
        await asyncio.sleep(LOOK)
