"""The HTTP API beside a running installation: what it tells of real calls, and that its end touches none."""

import asyncio
import os
import signal
from collections.abc import Iterator

import aiohttp
import pytest

from db.accounts import AccountBook
from db.database import Database
from demo.scenarios.cast import MAIN, MARKET, OPERATORS
from demo.tones import tone_of
from premises.installation import Installation
from tests.asterisk.conftest import down, prepare, up
from tests.asterisk.faults.scene import goes_on, scene
from tests.integration.web_api import ACCOUNTS, Api, Follower, following, sign_in

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The sample company, being served, with the API beside it."""
    folder = tmp_path_factory.mktemp("var")
    prepare(folder)
    (folder / "settings.yaml").write_text("rules: routing_rules.yaml\n")
    process = up(folder)
    yield Installation(folder)
    assert down(process) == 0


@pytest.fixture
def api(installation: Installation, database: Database) -> Iterator[Api]:
    book = AccountBook(database)
    tokens = sign_in(book)
    url = installation.web().api
    yield Api(installation, database, url, tokens)
    for name in ACCOUNTS:
        book.remove(name)


async def test_a_call_is_followed_while_it_rings_is_talked_and_ends(installation: Installation, api: Api) -> None:
    async with scene(installation) as one, following(api, "sveta") as sveta:
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            person = await call.who(OPERATORS, 20)
            assert person is not None
            key = await _until_talks(sveta, person)
            assert key in [live["id"] for live in (await api.get("sveta", "/calls/live"))["calls"]]
        while not sveta.calls[key]["ended"] or sveta.people[person]["state"] != "free":
            await sveta.take()
        await one.story()
    story = await api.get("sveta", f"/calls/{key}")
    assert story["call"]["end"] == "talk"
    assert f"talked with {person}, caller hung up" in [told["text"] for told in story["trail"]]
    sound = await api.ask("sveta", "GET", f"/calls/{key}/recording")
    assert len(sound.content) == story["recording"]["bytes"]


async def test_who_is_set_away_over_the_api_gets_no_calls(installation: Installation, api: Api) -> None:
    async with scene(installation) as one:
        away = {"kind": "away", "reason": "lunch"}
        for person in ("olga", "oleg"):
            assert (await api.ask("sveta", "PUT", f"/people/{person}/duty", json=away)).status == 200
        await one.switchboard.until_seen({"olga": "away", "oleg": "away"})
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            assert await call.who(OPERATORS, 20) == "omid"
        for person in ("olga", "oleg"):
            await api.ask("sveta", "PUT", f"/people/{person}/duty", json={"kind": "in"})
        await one.switchboard.until_seen({"olga": None, "oleg": None})


async def test_its_end_touches_no_call_and_it_is_back_where_it_was(installation: Installation, api: Api) -> None:
    async with scene(installation) as one, one.calling(MARKET, MAIN) as call:
        await call.press("1")
        person = await call.who(OPERATORS, 20)
        assert person is not None
        os.kill(int((installation.folder / "web.lock").read_text()), signal.SIGKILL)
        await _until_back(api)
        assert goes_on(call.heard, tone_of(person)), "the talk was cut off"
        assert [live["legs"][0]["person"] for live in (await api.get("sveta", "/calls/live"))["calls"]] == [person]


async def _until_talks(follower: Follower, person: str) -> str:
    """Gives the call in which the person talks."""
    while True:
        for key, call in follower.calls.items():
            if any(leg["person"] == person and leg["answered"] for leg in call["legs"]):
                return key
        await follower.take()


async def _until_back(api: Api) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await api.get(None, "/health")
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
            else:
                return
