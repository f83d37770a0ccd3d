"""Asterisk at its limits: who cannot be served is refused at once, all others are served, and nothing is left of it."""

import asyncio
import os
import resource
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest

from ari_app.pbx.asterisk import PbxError
from demo.endpoints import read
from demo.errors import Refused
from demo.phone import Phone
from demo.scenarios.cast import KEY, MAIN, MARKET, OPERATORS, OUTLET
from dialplan.plan import LOOPBACK, REFUSED
from premises.installation import Installation
from routing.outcomes import Absence
from tests.asterisk.conftest import switchboard
from tests.asterisk.faults.pbx import BACK_SECONDS, asterisk, edited, kill, until_ready
from tests.asterisk.faults.scene import SEEN_SECONDS, Scene, scene, talk, until

pytestmark = pytest.mark.timeout(120)
MENUS = [KEY, OUTLET, MARKET]
RUNG_SECONDS = 6.0
"""From a key that is typed ahead until everybody was tried."""
TOLD_SECONDS = 15.0
"""For Asterisk's log to be looked at, which is done every two seconds."""
ARI_IDLE, AMI_IDLE = 110, 60
"""Connections that say nothing. Where Asterisk 22.10.1 is not told otherwise, 100 and 50 keep everybody else out."""
FILES = 64
"""With them Asterisk 22.10.1 has room for a few calls."""


@asynccontextmanager
async def limited(one: Scene, file: str, old: str, new: str, reload: str) -> AsyncIterator[None]:
    """Asterisk has this setting instead of its own until the block ends; then it is started anew, as it was."""
    edited(one.installation.pbx / "etc" / file, old, new)
    with suppress(PbxError):  # a restart is not answered
        await asterisk(one).cli(reload)
    await until_ready(one, ready=True, within=BACK_SECONDS)
    try:
        yield
    finally:
        kill(one)
        await until_ready(one, ready=False, within=BACK_SECONDS)
        await until_ready(one, ready=True, within=BACK_SECONDS)


@asynccontextmanager
async def idle(installation: Installation) -> AsyncIterator[None]:
    """As any program on this machine could: connections, until the block ends or Asterisk closes them."""
    ports = installation.endpoints().ports
    wanted = [ports["http"]] * ARI_IDLE + [ports["ami"]] * AMI_IDLE
    streams = await asyncio.gather(*(asyncio.open_connection(LOOPBACK, port) for port in wanted))
    try:
        yield
    finally:
        for _, writer in streams:
            writer.close()


async def refused(one: Scene, number: str) -> int:
    """Call, and be refused; gives the SIP code."""
    with pytest.raises(Refused) as error:
        async with one.calling(number, MAIN):
            pass
    return error.value.code


async def told(one: Scene, limit: str) -> None:
    """Wait until the engine names this limit."""
    async with asyncio.timeout(TOLD_SECONDS), aiohttp.ClientSession() as session:
        while True:
            async with session.get(one.endpoints.api["ready"]) as answer:
                if any(f"no more {limit}:" in alarm for alarm in (await answer.json())["alarms"]):
                    return
            await asyncio.sleep(0.2)


async def test_without_rtp_ports_a_caller_is_refused_and_a_person_unreachable(installation: Installation) -> None:
    async with scene(installation) as one:
        first = one.endpoints.ports["rtp_first"]
        last = f"rtpend = {one.endpoints.ports['rtp_last']}"
        async with limited(one, "rtp.conf", last, f"rtpend = {first + 7}", "module reload res_rtp_asterisk.so"):
            async with one.all_calling([*MENUS, MARKET]) as calls:
                assert await refused(one, MARKET) == 488
                await calls[-1].press("1")
                await asyncio.sleep(RUNG_SECONDS)
            story = next(one for one in await one.all_stories(4) if one.legs)
            assert {leg.person for leg in story.legs} == set(OPERATORS)  # everybody was tried
            assert {leg.why for leg in story.legs} == {Absence.UNREACHABLE}
            await told(one, "RTP ports")
            await talk(one)


async def test_above_maxcalls_a_caller_is_refused(installation: Installation) -> None:
    four = ("asterisk.conf", "[options]\n", "[options]\nmaxcalls = 4\n", "core restart now")
    async with scene(installation) as one, limited(one, *four):
        async with one.all_calling([*MENUS, MARKET]) as calls:
            assert await refused(one, MARKET) == 503
            await calls[-1].press("1")
            assert await calls[-1].who(OPERATORS, 20) is not None
        await told(one, "maxcalls")
        doctor = await asyncio.to_thread(switchboard, installation.folder, "doctor")
        assert "no more maxcalls: raise it in asterisk.conf" in doctor.stdout
        ends = [story.call.end for story in await one.all_stories(4)]
        assert sorted(map(str, ends)) == ["caller left", "caller left", "caller left", "talk"]


async def test_where_there_is_too_much_to_do_a_caller_is_refused_and_written_down(installation: Installation) -> None:
    """As an engine has said; it is frozen, so that it cannot say otherwise until the caller has tried."""
    async with scene(installation) as one:
        os.kill(one.endpoints.engine, signal.SIGSTOP)
        try:
            await asterisk(one).cli(f"dialplan set global {REFUSED} 100/{int(time.time()) + 10}")
            assert await refused(one, MARKET) == 503
        finally:
            os.kill(one.endpoints.engine, signal.SIGCONT)
        await until(lambda: bool(one.stories.calls(since=one.began)), SEEN_SECONDS, "the row of who was refused")
        (row,) = one.stories.calls(since=one.began)
        assert (row.number, row.dialled, row.end) == (MARKET, MAIN, "refused")
        async with asyncio.timeout(TOLD_SECONDS):
            while f"{REFUSED}=100/" in await asterisk(one).cli("dialplan show globals"):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.2)
        await talk(one)


async def test_without_file_descriptors_the_engine_goes_on(installation: Installation) -> None:
    async with scene(installation) as one:
        process, engine = one.endpoints.pbx, one.endpoints.engine
        usual = resource.prlimit(process, resource.RLIMIT_NOFILE)
        resource.prlimit(process, resource.RLIMIT_NOFILE, (FILES, usual[1]))
        try:
            async with one.all_calling([*MENUS, MARKET, MARKET, MARKET]) as calls:
                for call in calls:
                    await call.press("1")
                await asyncio.sleep(RUNG_SECONDS)
        finally:
            resource.prlimit(process, resource.RLIMIT_NOFILE, usual)
        legs = [leg for story in await one.all_stories(6) for leg in story.legs]
        assert Absence.UNREACHABLE in {leg.why for leg in legs}
        assert (one.endpoints.engine, one.endpoints.pbx) == (engine, process)
        await told(one, "file descriptors")
        await talk(one)
        await one.all_stories(7)


async def test_a_phone_that_vanishes_has_ended_its_call(installation: Installation) -> None:
    async with scene(installation) as one:
        file = "pjsip_switchboard.conf"
        async with limited(one, file, "rtp_timeout = 30", "rtp_timeout = 2", "module reload res_pjsip.so"):
            where = read(installation.endpoints_file)
            async with Phone(MARKET, server=where.server, at=(where.trunk, 0)) as phone:
                call = await phone.dial(MAIN)
                await call.answered()
                await call.press("1")
                person = await call.who(OPERATORS, 20)
                await phone.vanish()
            assert person is not None
            await one.desk(person).calls[-1].ended(10)
            story = await one.story()
        assert (story.call.end, [leg.person for leg in story.legs]) == ("talk", [person])


async def test_idle_connections_keep_neither_callers_nor_a_new_engine_out(installation: Installation) -> None:
    log = installation.folder / "up.log"
    async with scene(installation) as one:
        async with idle(installation):
            await talk(one)
        told = log.stat().st_size
        async with idle(installation):
            engine = one.endpoints.engine
            await one.kill_engine()
            await one.replaced(engine)
            await talk(one)
        await one.all_stories(2)
    assert "not reached" not in log.read_text(encoding="utf-8")[told:]  # neither ARI nor AMI
