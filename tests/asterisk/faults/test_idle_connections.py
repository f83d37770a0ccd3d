"""A program on this machine opens connections to ARI and AMI, and says nothing: nobody is kept out by that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dialplan.plan import LOOPBACK
from premises.installation import Installation
from tests.asterisk.faults.pbx import BACK_SECONDS, until_ready
from tests.asterisk.faults.scene import scene, talk

pytestmark = pytest.mark.timeout(120)
ARI, AMI = 110, 60
"""How many connections: with what Asterisk 22.10.1 allows where it is not told otherwise (100 and 50) nobody else gets
in."""


@asynccontextmanager
async def idle(installation: Installation) -> AsyncIterator[None]:
    """Have them open until the block ends, or Asterisk closes them."""
    ports = installation.endpoints().ports
    wanted = [ports["http"]] * ARI + [ports["ami"]] * AMI
    streams = await asyncio.gather(*(asyncio.open_connection(LOOPBACK, port) for port in wanted))
    try:
        yield
    finally:
        for _, writer in streams:
            writer.close()


async def test_idle_connections_keep_neither_callers_nor_a_new_engine_out(installation: Installation) -> None:
    async with scene(installation) as one:
        async with idle(installation):
            await talk(one)
        async with idle(installation):
            engine = one.endpoints.engine
            await one.kill_engine()
            await one.replaced(engine)
            await until_ready(one, ready=True, within=BACK_SECONDS)
            await talk(one)
        await one.all_stories(2)
