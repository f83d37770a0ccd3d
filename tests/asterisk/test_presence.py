"""Who is rung changes by what people say and do at their telephones, and two engines ring one person once (T3)."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from ari_app.demonstration import RunningSwitchboard
from demo.endpoints import read
from demo.phone import Phone
from demo.scenario import Answers, Away, Declines
from demo.scenarios.cast import KEY, MAIN, MARKET, OPERATORS, OUTLET, OVER_LIMIT, REGIONAL
from premises.installation import Installation
from tests.asterisk.conftest import switchboard
from tests.asterisk.faults.engines import engines, served_by
from tests.asterisk.faults.scene import Scene, scene

pytestmark = pytest.mark.timeout(120)

CALLERS = (MARKET, OUTLET, REGIONAL, OVER_LIMIT)
"""All of them wait for an operator."""


async def dial(one: Scene, person: str, code: str) -> None:
    """Dial a feature code, and hear what is answered to its end."""
    where = read(one.installation.endpoints_file)
    async with Phone(person, where.secrets[person], server=where.server) as phone:
        call = await phone.dial(code)
        await call.answered()
        await call.prompt_began()
        await call.ended()


@asynccontextmanager
async def restored(one: Scene, *people: str) -> AsyncIterator[None]:
    """Afterwards these people are at work again."""
    try:
        yield
    finally:
        for person in people:
            await one.switchboard.set_away(person, None)
        await one.switchboard.until_seen(dict.fromkeys(people))


async def why(one: Scene, person: str) -> str:
    """What the command line says, while the telephones go on: Asterisk soon asks whether they are there."""
    told = await asyncio.to_thread(switchboard, one.installation.folder, "people", person, "--why")
    return told.stdout


async def test_feature_codes_change_who_is_rung(installation: Installation) -> None:
    async with scene(installation) as one, restored(one, *OPERATORS):
        await dial(one, "olga", "*471")
        await dial(one, "oleg", "*46")
        await one.switchboard.until_seen({"olga": "away", "oleg": "signed out"})
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            assert await call.who(OPERATORS, 20) == "omid"
        assert "gets no calls: away (lunch); *48 at the telephone" in await why(one, "olga")
        assert "state: signed out since" in await why(one, "oleg")
        await dial(one, "omid", "*479")
        await dial(one, "olga", "*48")
        await dial(one, "oleg", "*45")
        await one.switchboard.until_seen(dict.fromkeys(OPERATORS))


async def test_who_declines_three_times_is_away_until_said_to_be_back(installation: Installation) -> None:
    async with scene(installation, {"anna": Declines()}) as one, restored(one, "anna"):
        for _ in range(3):
            async with one.calling(KEY, MAIN) as call:
                await call.press("1")
                assert await call.who(("boris",), 20) == "boris"
        await one.switchboard.until_seen({"anna": "away", "boris": None})
        told = await why(one, "anna")
        assert "away (did not answer three times)" in told
        assert told.count("declined after") == 3
        await dial(one, "anna", "*48")
        await one.switchboard.until_seen({"anna": None})


async def test_two_engines_ring_one_person_once(installation: Installation) -> None:
    async with (
        scene(installation, {"olga": Answers(talks=1.0)}) as one,
        restored(one, *OPERATORS),
        engines(installation) as them,
    ):
        await them.beside()
        beside = RunningSwitchboard(one.endpoints.api["people"], one.database)
        for person in ("oleg", "omid"):
            await one.switchboard.set_away(person, Away().reason)
        for engine in (one.switchboard, beside):
            await engine.until_seen({"olga": None, "oleg": "away", "omid": "away"})
        calls = 0
        while len(served_by(installation.folder, one.began)) < 2:  # who is first to claim a call, has it
            await call_all(one)
            calls += len(CALLERS)
        stories = await one.all_stories(calls)
    legs = sorted((leg for story in stories for leg in story.legs), key=lambda leg: leg.rang)
    assert {leg.person for leg in legs} == {"olga"}
    assert len([leg for leg in legs if leg.answered]) >= 2
    for before, after in itertools.pairwise(legs):
        assert before.ended is not None
        assert before.ended <= after.rang, "she was rung for one while another one had her"


async def call_all(one: Scene) -> None:
    """All call at once, and are talked with, or leave a message after all, until nobody is there any more."""
    async with AsyncExitStack() as stack:
        calls = [await stack.enter_async_context(one.calling(number, MAIN)) for number in CALLERS]
        await asyncio.gather(*(call.press("2") for call in calls))
        await asyncio.gather(*(call.ended(60) for call in calls))
