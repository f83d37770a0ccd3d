"""Several engines die, one after another, in the midst of one talk, while another one looks on."""

import asyncio

import pytest

from ari_app.adoption.succession import LOOK_SECONDS
from demo.scenarios.cast import COMPLAINTS, OUTLET
from premises.installation import Installation
from tests.asterisk.faults.engines import engines
from tests.asterisk.faults.scene import scene

pytestmark = pytest.mark.timeout(120)


async def test_a_talk_goes_on_whoever_looks_at_what_the_dead_have_left(installation: Installation) -> None:
    async with scene(installation) as one, engines(installation) as them:
        await them.beside()
        async with one.calling(OUTLET, COMPLAINTS) as call:
            assert await call.who(["mark"], 20) == "mark"
            for _ in range(2):
                await them.kill(them.serving[0])
                await asyncio.sleep(2 * LOOK_SECONDS)
                assert await call.who(["mark"], 10) == "mark"
        story = await one.story()
    assert [(leg.person, leg.why) for leg in story.legs] == [("mark", None)]
    assert story.call.end == "talk"
