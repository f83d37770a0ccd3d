"""Asterisk's own list of calls and the register, on the real Asterisk: they agree, and what one lacks is told."""

import asyncio
import datetime as dt
import os
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import delete

from ari_app.demonstration import RunningSwitchboard
from ari_app.pbx.asterisk import Asterisk, program
from db.database import Database
from db.stories import Stories
from db.tables import Calls
from demo.desk import Staff
from demo.endpoints import read
from demo.phone import Phone
from demo.play import play
from demo.scenarios import ALL
from dialplan.plan import LOOPBACK, Pbx
from premises.installation import Installation
from tests.asterisk.bare import plan
from tests.asterisk.conftest import switchboard
from tests.asterisk.registered import registered
from tests.asterisk.witness import disagreements

CALLER = "+79161234567"
LINE = "+74950000001"
TALK = next(scenario for scenario in ALL if scenario.id == "d4-assigned")


async def test_a_talk_and_callers_who_leave_at_once_are_told_alike_by_both(
    installation: Installation, database: Database
) -> None:
    endpoints, began = read(installation.endpoints_file), dt.datetime.now(dt.UTC)
    people = RunningSwitchboard(installation.endpoints().api["people"], database)
    async with Staff(endpoints) as staff:
        await play(TALK, endpoints, staff, people)
    for stays in (0.0, 0.3, 2.5):
        async with Phone(CALLER, server=endpoints.server, at=(endpoints.trunk, 0)) as phone:
            call = await phone.dial(LINE)
            await call.answered()
            await asyncio.sleep(stays)
            await call.hang_up()
    await registered(database, began, 4)
    assert await disagreements(installation, database, began) == []


async def test_a_call_that_the_register_lacks_raises_an_alarm_and_its_row_can_be_written(
    installation: Installation, database: Database
) -> None:
    endpoints, began = read(installation.endpoints_file), dt.datetime.now(dt.UTC)
    async with Phone(CALLER, server=endpoints.server, at=(endpoints.trunk, 0)) as phone:
        call = await phone.dial(LINE)
        await call.answered()
        await asyncio.sleep(1)
        await call.hang_up()
    (story,) = await registered(database, began, 1)
    with database.writing() as connection:
        connection.execute(delete(Calls).where(Calls.id == story.call.id))

    await alarmed(installation)
    assert f'"call":"{story.call.id}"' in (installation.folder / "up.log").read_text()

    told = switchboard(installation.folder, "audit", "--settled", "0", "--since", began.isoformat())
    assert told.returncode == 1
    assert f"{story.call.id}: not in the register" in told.stdout
    mended = switchboard(installation.folder, "audit", "--settled", "0", "--since", began.isoformat(), "--repair")
    assert (mended.returncode, mended.stderr) == (0, "")
    (row,) = Stories(database).calls(since=began)
    assert (row.id, row.end, row.number) == (story.call.id, "goodbye", None)
    assert row.answered is not None


async def alarmed(installation: Installation) -> None:
    async with asyncio.timeout(20):
        while True:
            if await asyncio.to_thread(missing, installation) == 1:
                return
            await asyncio.sleep(0.2)


def missing(installation: Installation) -> float:
    with urllib.request.urlopen(installation.endpoints().api["metrics"], timeout=5) as page:
        lines = page.read().decode().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("switchboard_calls_missing_total")))


@pytest.fixture
def pbx(tmp_path: Path) -> Pbx:
    return plan(tmp_path)


async def test_a_call_that_only_the_dialplan_served_gets_its_row(tmp_path: Path, pbx: Pbx) -> None:
    """No engine, no stand-in: Asterisk rings the operators by itself, and one answers."""
    began = dt.datetime.now(dt.UTC)
    server, anna = (LOOPBACK, pbx.ports.sip), pbx.phones[0]
    async with (
        Asterisk(program(os.environ), pbx, Installation(tmp_path).pbx),
        Phone("anna", anna.secret, server=server) as desk,
        Phone(CALLER, server=server) as phone,
    ):
        await desk.register()
        call = await phone.dial(LINE)
        ringing = await desk.incoming()
        await ringing.answer()
        await call.answered()
        await asyncio.sleep(1)
        await call.hang_up()
    told = switchboard(tmp_path, "audit", "--settled", "0", "--since", began.isoformat())
    assert told.returncode == 1
    assert "not in the register: the caller talked with somebody" in told.stdout
    mended = switchboard(tmp_path, "audit", "--settled", "0", "--since", began.isoformat(), "--repair", "--json")
    assert "no recording" in mended.stdout, "nobody sealed what Asterisk recorded"
    assert "not in the register" not in mended.stdout
