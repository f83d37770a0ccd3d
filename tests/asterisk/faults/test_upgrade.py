"""Another `up` is started beside the one that serves: calls go on, and the old one goes."""

import asyncio

import pytest

from demo.scenarios.cast import MAIN, MARKET, OPERATORS, OUTLET
from demo.tones import tone_of
from premises.installation import Installation
from tests.asterisk.conftest import up
from tests.asterisk.faults.scene import scene
from tests.asterisk.faults.supervisor import Supervisor
from tests.asterisk.faults.unbroken import whole

pytestmark = pytest.mark.timeout(120)


async def test_calls_go_on_while_another_up_takes_over(supervisor: Supervisor, installation: Installation) -> None:
    pbx = installation.endpoints().pbx
    async with (
        scene(installation) as one,
        one.calling(MARKET, MAIN) as talker,
        one.calling(OUTLET, MAIN) as chooser,
    ):
        await talker.press("1")
        person = await talker.who(OPERATORS, 20)
        assert person is not None
        engine = one.endpoints.engine
        process = await asyncio.to_thread(up, installation.folder)
        old, supervisor.process = supervisor.process, process
        await one.replaced(engine)
        assert await asyncio.to_thread(old.wait, 30) == 0
        await asyncio.sleep(3)  # a key that nobody hears while engines change is asked for again
        await chooser.press("1")
        others = [other for other in OPERATORS if other != person]
        assert await chooser.who(others, 20) in others
        await asyncio.sleep(0.5)
        await talker.hang_up()
        await chooser.hang_up()
        assert whole(talker, tone_of(person), talker.ended_at)
        stories = await one.all_stories(2)
    assert [(story.call.end, story.call.served_by) for story in stories] == [("talk", "engine")] * 2
    assert installation.endpoints().pbx == pbx
