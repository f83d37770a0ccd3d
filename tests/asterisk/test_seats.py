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

    async def seen(self, **states: str | None) -> None:
        """Wait until the engine that serves now knows it."""
        page = self.installation.endpoints().api["people"]
        await RunningSwitchboard(page, self.database).until_seen(states)

    async def signs_in(self, telephone: str, pin: str = PIN) -> None:
        """Mark, by keys."""
        call = await self.desks[telephone].dial("*44")
        await call.answered()
        await call.prompt_began()
        await call.press("402#")
        await call.prompt_began()
        await call.press(f"{pin}#")
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

    async def is_reached_at(self, telephone: str) -> None:
        """A caller who wants mark and whoever is at this telephone hear each other."""
        async with self.calling() as call:
            assert await call.who(self.desks, 2 * HEARD) == telephone
            assert await self.desks[telephone].calls[-1].hears(tone_of(OUTLET), HEARD)


def serves_instead_of(installation: Installation, engine: int) -> bool:
    with suppress(FileNotFoundError):
        return installation.endpoints().engine != engine
    return False


@pytest.fixture
async def floor(installation: Installation, database: Database) -> AsyncIterator[Floor]:
    one = Floor(installation, database)
    PinBook(database).set("mark", passwords.kept(PIN))
    async with AsyncExitStack() as stack:
        for desk in one.desks.values():
            await stack.enter_async_context(desk)
        await one.seen(mark=None, nina=None, boris=None)
        yield one
        for telephone in (DESK, "nina"):
            await one.says(telephone, "*46")
        for telephone in ("mark", "nina"):
            await one.says(telephone, "*45")
        await one.seen(mark=None, nina=None)


async def test_who_signs_in_at_a_desk_is_reached_there_until_signed_out(floor: Floor) -> None:
    began = dt.datetime.now(dt.UTC)
    await floor.signs_in(DESK)
    await floor.seen(mark=None)
    await floor.is_reached_at(DESK)
    told = await floor.why("mark")
    assert "sits at desk-1" in told
    assert "gets calls when it is this person's turn" in told
    await floor.says(DESK, "*46")
    await floor.seen(mark="signed out")
    await floor.says("mark", "*45")
    await floor.seen(mark=None)
    await floor.is_reached_at("mark")
    stories = await registered(floor.database, began, 2)
    assert [[leg.person for leg in story.legs] for story in stories] == [["mark"], ["mark"]]


async def test_calls_from_the_seat_are_the_guest_s_and_its_owner_s_come_again_after(floor: Floor) -> None:
    began = dt.datetime.now(dt.UTC)
    await floor.signs_in("nina")
    await floor.seen(mark=None, nina="not registered")
    assert "nowhere, since mark sits at the own telephone" in await floor.why("nina")
    own = await floor.desks["nina"].dial("boris")
    await own.answered()
    assert await own.who(floor.desks, HEARD) == "boris"
    shown = floor.desks["boris"].calls[-1].caller
    assert (shown.user, shown.name) == ("402", "Mark Levin")
    await own.hang_up()
    (story,) = await registered(floor.database, began, 1)
    assert (story.call.number, story.call.name, story.call.dialled) == ("402", "Mark Levin", "@boris")
    await floor.says("nina", "*471")
    await floor.seen(mark="away", nina="not registered")
    await floor.says("nina", "*46")
    await floor.seen(mark="signed out", nina=None)


async def test_a_caller_is_handed_over_to_where_somebody_sits_and_on_from_there(floor: Floor) -> None:
    began = dt.datetime.now(dt.UTC)
    await floor.signs_in(DESK)
    await floor.seen(mark=None)
    async with floor.calling() as call:
        assert await call.who(floor.desks, 2 * HEARD) == DESK
        assert await floor.desks[DESK].calls[-1].hand_over("nina") == 200
        assert await call.who(floor.desks, HEARD) == "nina"
        assert floor.desks["nina"].calls[-1].caller.name == f"{OUTLET[1:]} from mark"
        assert await floor.desks["nina"].calls[-1].hand_over("mark") == 200
        assert await call.who(floor.desks, HEARD) == DESK
        asked = await floor.desks[DESK].dial("boris")
        await asked.answered()
        assert await asked.who(floor.desks, HEARD) == "boris"
        assert await floor.desks[DESK].calls[-1].hand_over(asked) == 200
        assert await call.who(floor.desks, HEARD) == "boris"
    inside, outer = await registered(floor.database, began, 2)
    assert [leg.person for leg in outer.legs] == ["mark", "nina", "mark", "boris"]
    assert (inside.call.number, inside.call.dialled) == ("402", "@boris")


async def test_another_engine_knows_who_sits_where_and_who_talks(floor: Floor) -> None:
    began = dt.datetime.now(dt.UTC)
    await floor.signs_in(DESK)
    await floor.seen(mark=None)
    async with floor.calling() as call:
        assert await call.who(floor.desks, 2 * HEARD) == DESK
        engine = floor.installation.endpoints().engine
        os.kill(engine, signal.SIGKILL)
        await until(lambda: serves_instead_of(floor.installation, engine), 20, "another engine to serve")
        await floor.seen(mark="busy")
        assert await call.who(floor.desks, HEARD) == DESK
    await floor.seen(mark=None)
    await floor.is_reached_at(DESK)
    stories = await registered(floor.database, began, 2)
    assert [[leg.person for leg in story.legs] for story in stories] == [["mark"], ["mark"]]


async def test_with_a_wrong_pin_nobody_moves(floor: Floor) -> None:
    await floor.signs_in("nina", "4712")
    await floor.seen(mark=None, nina=None)
    await floor.is_reached_at("mark")
