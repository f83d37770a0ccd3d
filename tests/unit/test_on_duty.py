"""Callers who come after one whom no engine took go to the stand-in, until an engine says that it takes calls."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ari_app import on_duty
from ari_app.ari import connect
from dialplan.plan import UNCLAIMED
from tests.integration.until import until
from tests.unit.ari_peer import QUICK, Peer, peer


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_duty, "BEAT_SECONDS", 0.01)


@asynccontextmanager
async def an_engine(asterisk: Peer, *, takes_calls: bool) -> AsyncIterator[None]:
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        duty = asyncio.create_task(on_duty.be_on_duty(lambda: link, lambda: takes_calls))
        yield
        duty.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await duty


def told(asterisk: Peer) -> list[dict[str, str]]:
    return [json.loads(one["message_body"]) for one in asterisk.requests if one["uri"] == "asterisk/variable"]


async def test_an_engine_says_again_and_again_that_it_takes_calls() -> None:
    async with peer() as asterisk, an_engine(asterisk, takes_calls=True):
        await until(lambda: len(told(asterisk)) >= 3)
    assert told(asterisk)[:3] == [{"variable": UNCLAIMED, "value": ""}] * 3


async def test_an_engine_that_is_about_to_go_does_not() -> None:
    async with peer() as asterisk, an_engine(asterisk, takes_calls=False):
        await asyncio.sleep(0.05)
    assert told(asterisk) == []


async def test_an_asterisk_that_refuses_is_told_again() -> None:
    async def refuse(asterisk: Peer, request: dict[str, str]) -> None:
        await asterisk.answer(request, 500)

    async with peer() as asterisk:
        asterisk.deeds["asterisk/variable"] = refuse
        async with an_engine(asterisk, takes_calls=True):
            await until(lambda: len(told(asterisk)) >= 2)
