"""Hot-desking: who signs in at another telephone is reached there, and calls from there are that person's (T3)."""

import asyncio
import datetime as dt
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest

from ari_app.demonstration import RunningSwitchboard
from db.database import Database
from db.pins import PinBook
from demo.desk import Desk
from demo.endpoints import read
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.scenarios.cast import COMPLAINTS, OUTLET
from demo.tones import tone_of
from premises import passwords
from premises.installation import Installation
from premises.seating import Seating
from premises.turns import Turns
from tests.asterisk.conftest import switchboard
from tests.asterisk.faults.scene import until
from tests.asterisk.registered import registered

HEARD = 10.0
"""Seconds within which one hears the other."""
PIN = "4711"
DESK = "desk-1"


class Floor:
    """The telephones of mark, nina and boris and a desk that is nobody's own; mark can sign in at any of them."""

    def __init__(self, installation: Installation, database: Database) -> None:
        self.installation, self.database = installation, database
        endpoints = installation.endpoints()
        self.where = read(installation.endpoints_file)
        accounts = endpoints.phones | endpoints.desks
        self.desks = {
            one: Desk(one, accounts[one].secret, self.where.server) for one in ("mark", "nina", "boris", DESK)
        }

    @property
    def switchboard(self) -> RunningSwitchboard:
        """The engine that serves now."""
        return RunningSwitchboard(self.installation.endpoints().api["people"], self.database)

    async def signs_in(self, telephone: str, pin: str = PIN) -> None:
        """Mark, by keys."""
        call = await self.desks[telephone].dial("*44")
        await call.answered()
        await call.prompt_began()
        await call.press(f"402#{pin}#")
        await call.ended()

    async def says(self, telephone: str, code: str) -> None:
        """Somebody there dials a feature code."""
        call = await self.desks[telephone].dial(code)
        await call.answered()
        await call.ended()

    async def why(self, person: str) -> str:
        """What the command line says."""
        told = await asyncio.to_thread(switchboard, self.installation.folder, "people", person, "--why")
        return told.stdout

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[Outgoing]:
        """A caller who wants mark, and hums."""
        async with Phone(OUTLET, server=self.where.server, at=(self.where.trunk, 0)) as outside:
            call = await outside.dial(COMPLAINTS)
            await call.answered()
            call.play_tone(tone_of(OUTLET))
            yield call
            await call.hang_up()

    async def is_with(self, call: Outgoing, telephone: str) -> None:
        """The caller and whoever is at this telephone hear each other."""
        assert await call.who(self.desks, 2 * HEARD) == telephone
        assert await self.desks[telephone].calls[-1].hears(tone_of(OUTLET), HEARD)

    async def another_engine(self) -> None:
        """Kill the engine, and wait until another one serves."""
        engine = self.installation.endpoints().engine
        os.kill(engine, signal.SIGKILL)
        await until(lambda: self._serves_instead_of(engine), 20, "another engine to serve")

    def _serves_instead_of(self, engine: int) -> bool:
        with suppress(FileNotFoundError):
            return self.installation.endpoints().engine != engine
        return False


@pytest.fixture
async def floor(installation: Installation, database: Database) -> AsyncIterator[Floor]:
    one = Floor(installation, database)
    PinBook(database).set("mark", passwords.kept(PIN))
    async with AsyncExitStack() as stack:
        for desk in one.desks.values():
            await stack.enter_async_context(desk)
        await one.switchboard.until_seen(dict.fromkeys(("mark", "nina", "boris")))
        yield one
    Seating(installation.seats, Turns(installation.turns)).leave("mark")
    await one.switchboard.set_away("mark", None)


async def test_who_signs_in_at_a_desk_is_reached_there_and_hands_callers_on_from_there(floor: Floor) -> None:
    began = dt.datetime.now(dt.UTC)
    await floor.signs_in(DESK, "4712")
    assert "sits" not in await floor.why("mark")
    await floor.signs_in(DESK)
    await floor.switchboard.until_seen({"mark": None})
    told = await floor.why("mark")
    assert "sits at desk-1" in told
    assert "gets calls when it is this person's turn" in told
    async with floor.calling() as call:
        await floor.is_with(call, DESK)
        await floor.another_engine()
        await floor.switchboard.until_seen({"mark": "busy"})
        await floor.is_with(call, DESK)
        assert await floor.desks[DESK].calls[-1].hand_over("nina") == 200
        await floor.is_with(call, "nina")
        assert floor.desks["nina"].calls[-1].caller.name == f"{OUTLET[1:]} from mark: own_outlet, retail, complaint"
        assert await floor.desks["nina"].calls[-1].hand_over("mark") == 200
        await floor.is_with(call, DESK)
        asked = await floor.desks[DESK].dial("boris")
        await asked.answered()
        assert await asked.who(floor.desks, HEARD) == "boris"
        assert await floor.desks[DESK].calls[-1].hand_over(asked) == 200
        await floor.is_with(call, "boris")
    inside, outer = await registered(floor.database, began, 2)
    assert [leg.person for leg in outer.legs] == ["mark", "nina", "mark", "boris"]
    assert (inside.call.number, inside.call.dialled) == ("402", "@boris")


async def test_calls_from_a_colleague_s_telephone_are_the_guest_s_until_signed_out(floor: Floor) -> None:
    began = dt.datetime.now(dt.UTC)
    await floor.signs_in("nina")
    await floor.switchboard.until_seen({"mark": None, "nina": "not registered"})
    assert "nowhere, since mark sits at the own telephone" in await floor.why("nina")
    own = await floor.desks["nina"].dial("boris")
    await own.answered()
    assert await own.who(floor.desks, HEARD) == "boris"
    shown = floor.desks["boris"].calls[-1].caller
    assert (shown.user, shown.name) == ("402", "Mark Levin")
    await own.hang_up()
    (story,) = await registered(floor.database, began, 1)
    assert (story.call.number, story.call.name, story.call.dialled) == ("402", "Mark Levin", "@boris")
    await floor.says("nina", "*46")
    await floor.switchboard.until_seen({"mark": "signed out", "nina": None})
    await floor.says("mark", "*45")
    await floor.switchboard.until_seen({"mark": None})
    async with floor.calling() as call:
        await floor.is_with(call, "mark")
