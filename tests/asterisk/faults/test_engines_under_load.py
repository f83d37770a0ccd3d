"""Engines are frozen, killed and replaced while callers come at a fixed rate: hardly anybody waits for a second."""

import asyncio
import datetime as dt
import os
import random
import signal
import statistics
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from demo.audio import metronome
from demo.endpoints import read
from premises.installation import Installation
from tests.asterisk.faults.callcentre import served
from tests.asterisk.faults.engines import Engines, engines, twice_owned
from tests.asterisk.faults.load import due, placed, staffed
from tests.asterisk.faults.reckoning import reckoned
from tests.form import lasting

pytestmark = pytest.mark.timeout(lasting(120, 900))
USUAL_SECONDS = 1.0
"""Within which half of all callers are answered, whatever happens."""
SERVED_SECONDS = 3.0
"""Within which every caller is answered, but for the telephones' own pauses. It takes one on a quiet machine."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The company for load, being served."""
    with served(tmp_path_factory.mktemp("load")) as installation:
        yield installation


@asynccontextmanager
async def calls_coming(installation: Installation, rate: float, seconds: float) -> AsyncIterator[Engines]:
    """Callers come while the block does its worst; when it ends, all of them must have been served."""
    since = dt.datetime.now(dt.UTC)
    async with staffed(installation) as staff, engines(installation) as them:
        coming = asyncio.create_task(placed(read(installation.endpoints_file), staff, due(rate, seconds)))
        yield them
        load = await coming
        print(load.told())
        wrong = await reckoned(installation, load, since) + twice_owned(installation.folder, since, them.killed)
        assert not wrong, "\n".join(wrong)
        assert statistics.median(load.answer_seconds) < USUAL_SECONDS
        assert load.answer_seconds[-1] < SERVED_SECONDS + metronome().latest


async def test_a_frozen_engine_keeps_nobody_waiting(installation: Installation) -> None:
    frozen = lasting(3.0, 10.0)
    async with calls_coming(installation, lasting(3.0, 5.0), frozen + 5) as them:
        await asyncio.sleep(2)
        os.kill(them.serving[0].pid, signal.SIGSTOP)
        await asyncio.sleep(frozen)
        os.kill(them.serving[0].pid, signal.SIGCONT)
        await asyncio.sleep(5)
        await them.beside()  # it looks at once for recordings that nobody keeps, and the first only now and then


async def test_of_two_engines_one_is_killed_again_and_again(installation: Installation) -> None:
    chance, kills, seconds = random.Random(4), lasting(2, 10), lasting(11.0, 300.0)
    async with calls_coming(installation, lasting(5.0, 10.0), seconds) as them:
        await them.beside()
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0.2, 0.8) * seconds / kills - 2)
            await them.kill(chance.choice(them.serving))


async def test_an_upgrade_goes_unnoticed(installation: Installation) -> None:
    async with calls_coming(installation, lasting(5.0, 10.0), lasting(8.0, 60.0)) as them:
        old, new = them.serving[0], await them.beside()
        assert await them.hand_over(old) == 0
        await asyncio.sleep(lasting(1.0, 20.0))
        assert await them.hand_over(new) == 0
