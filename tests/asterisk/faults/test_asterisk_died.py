"""Asterisk dies, freezes or restarts: all of it is in the register, with the true cause, and calls are served again."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator

import aiohttp
import pytest

from demo.scenario import OnThePhone, RingsOut
from demo.scenarios.cast import FINANCE, KEY, MAIN, MARKET, OPERATORS, OUTLET, OVERDUE, REGIONAL
from demo.tones import BEEP, spans, tone_of
from premises.installation import Installation
from tests.asterisk.faults.scene import Scene, scene, until

pytestmark = pytest.mark.timeout(120)


async def ready(one: Scene) -> int:
    async with aiohttp.ClientSession() as session, session.get(one.endpoints.api["ready"]) as answer:
        print(time.monotonic(), answer.status, await answer.text())
        return answer.status


async def test_exp(installation: Installation) -> None:
    async with scene(installation, dict.fromkeys(OPERATORS[1:], OnThePhone(600))) as one:
        async with one.calling(MARKET, MAIN) as talk, one.at_the_box() as box, one.calling(OUTLET, MAIN) as menu:
            await talk.press("1")
            assert await talk.who(OPERATORS, 20)
            assert await box.hears(BEEP, 60)
            box.play_tone(1050)
            await asyncio.sleep(3)
            pbx = one.endpoints.pbx
            t = time.monotonic()
            os.kill(pbx, signal.SIGKILL)
            while await ready(one) == 200:
                await asyncio.sleep(0.05)
            print("noticed", time.monotonic() - t)
            while await ready(one) != 200:
                await asyncio.sleep(0.1)
            print("back", time.monotonic() - t)
            async with one.calling(KEY, MAIN) as call:
                print("answered", time.monotonic() - t)
                await call.press("1")
                print("who", await call.who(["anna", "boris", "viktor"], 20))
                print("who", time.monotonic() - t)
        for s in await one.all_stories(4):
            print(s)
        await asyncio.sleep(1)
        print((installation.folder / "up.log").read_text()[-6000:])
