"""Callers who come after one whom no engine took go to the stand-in, until an engine says that it takes calls."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ari_app import admission, on_duty
from ari_app.admission import Admission
from ari_app.ari import connect
from dialplan.plan import REFUSED, UNCLAIMED
from tests.unit.ari_peer import QUICK, Peer, peer
from tests.until import until


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_duty, "BEAT_SECONDS", 0.01)


@asynccontextmanager
async def an_engine(asterisk: Peer, *, takes_calls: bool) -> AsyncIterator[None]:
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        duty = asyncio.create_task(on_duty.be_on_duty(lambda: link, lambda: takes_calls, Admission()))
        yield
        duty.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await duty


def told(asterisk: Peer) -> list[dict[str, str]]:
    return [json.loads(one["message_body"]) for one in asterisk.requests if one["uri"] == "asterisk/variable"]


def refused(asterisk: Peer) -> list[int]:
    """How many of a hundred, each time that it was said: by the slow lane, beside the commands that wait."""
    words = [json.loads(one.partition("{")[1] + one.partition("{")[2]) for one in asterisk.slow if REFUSED in one]
    return [int(word["value"].partition("/")[0] or 0) for word in words]


async def test_an_engine_says_again_and_again_that_it_takes_calls() -> None:
    async with peer() as asterisk, an_engine(asterisk, takes_calls=True):
        await until(lambda: len(told(asterisk)) >= 3)
    assert [one for one in told(asterisk) if one["variable"] == UNCLAIMED][:2] == [
        {"variable": UNCLAIMED, "value": ""}
    ] * 2


async def test_an_engine_that_comes_takes_back_what_one_that_is_gone_had_refused() -> None:
    async with peer() as asterisk, an_engine(asterisk, takes_calls=True):
        await until(lambda: refused(asterisk) == [0])


async def test_while_asterisk_is_slow_callers_are_refused_and_then_let_in_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "LATE", 0.05)
    monkeypatch.setattr(admission, "IN_TIME", 0.02)
    monkeypatch.setattr(admission, "MANY", 0)
    slow = True

    async def answer(asterisk: Peer, request: dict[str, str]) -> None:
        await asyncio.sleep(0.06 if slow else 0)
        await asterisk.answer(request, 204)

    async with peer() as asterisk:
        asterisk.deeds["asterisk/variable"] = answer
        async with an_engine(asterisk, takes_calls=True):
            await until(lambda: refused(asterisk)[-1:] > [40])
            slow = False
            await until(lambda: refused(asterisk)[-1] == 0)
