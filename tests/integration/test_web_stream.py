"""The stream of what happens: nothing is missed, whoever comes and goes, and nobody sees what is not for them."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import msgspec
import pytest

from ari_app.live.window import asked_at
from db.accounts import AccountBook
from db.personal import erase
from db.register import Register
from premises.asks import Answer, Ask, Done, Waits
from premises.clock import now
from tests.integration import rows
from tests.integration.web_api import Api, Follower, following, serving
from web.stream import MOST_OF_ONE


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        yield api


@pytest.fixture
def register(api: Api) -> Iterator[Register]:
    register = Register(api.database)
    yield register
    register.close()


def rung(of: str, person: str = "olga", **changes: Any) -> tuple[Any, Any]:
    call = rows.call(of, arrived=now(), answered=None, ended=None, end=None)
    times = {"rang": now(), "answered": None, "ended": None}
    return call, rows.leg(f"leg-{of}-1", call=of, person=person, **(times | changes))


async def test_a_call_is_told_as_it_arrives_rings_is_answered_and_ends(api: Api, register: Register) -> None:
    call, ringing = rung("10.1")
    async with following(api, "sveta") as sveta:
        for row, told in (
            (call, lambda one: not one["legs"]),
            (ringing, lambda one: one["legs"][0]["answered"] is None),
            (rung("10.1", answered=now())[1], lambda one: one["legs"][0]["answered"]),
            (rows.call("10.1", ended=now()), lambda one: one["ended"]),
        ):
            register.put(row)
            await sveta.take()
            assert told(sveta.calls["10.1"])


async def test_a_persons_state_is_told(api: Api, register: Register) -> None:
    async with following(api, "olga") as olga:
        register.put(rows.presence("anna", state="away", why="lunch", call=None, noted=now()))
        await olga.take()
        assert olga.people["anna"]["state"] == "away"


async def test_who_comes_back_misses_nothing(api: Api, register: Register) -> None:
    async with following(api, "sveta") as sveta:
        register.put(*rung("20.0"))
        await sveta.until_known("20.0")
        sequence = sveta.sequence
    for number in range(1, 30):
        register.put(*rung(f"20.{number}", answered=now(), ended=now()))
        await asyncio.sleep(0.01)
    register.flush()
    async with following(api, "sveta", sequence) as sveta:
        assert sveta.sequence == sequence
        await sveta.until_known(*(f"20.{number}" for number in range(1, 30)))
        assert "20.0" not in sveta.calls
        last = sveta.calls["20.29"]["legs"][0]
        assert last["rang"]
        assert last["answered"]
        assert last["ended"]


async def test_who_comes_back_hears_nothing_of_a_customer_who_was_erased_meanwhile(
    api: Api, register: Register
) -> None:
    async with following(api, "sveta") as sveta:
        first = sveta.sequence
        register.put(rows.call("25.1", customer="gone", name="Ivan", arrived=now()))
        await sveta.until_known("25.1")
        erase(api.database, "gone", now(), print)
        while sveta.calls["25.1"]["erased"] is None:
            await sveta.take()
        async with following(api, "sveta", first) as late:
            await late.until_known("25.1")
            assert late.calls["25.1"]["name"] is None


async def test_many_who_come_and_go_know_the_same_in_the_end(api: Api, register: Register) -> None:
    async def follow(pause: float) -> set[str]:
        known, sequence = set[str](), first
        while len(known & expected) < len(expected):
            async with following(api, "sveta", sequence) as follower:
                await asyncio.sleep(pause)
                await follower.take()
                known |= follower.calls.keys()
                sequence = follower.sequence
        return known & expected

    async with following(api, "sveta") as follower:
        first = follower.sequence
    expected = {f"30.{number}" for number in range(20)}
    followers = [asyncio.create_task(follow(pause)) for pause in (0.0, 0.05, 0.3)]
    for number in range(20):
        register.put(*rung(f"30.{number}"))
        await asyncio.sleep(0.05)
    assert await asyncio.wait_for(asyncio.gather(*followers), 60) == [expected] * 3


async def test_nobody_is_told_of_calls_that_are_not_theirs(api: Api, register: Register) -> None:
    async with following(api, "olga") as olga, following(api, "anna") as anna, following(api, "galina") as galina:
        register.put(*rung("40.1", "anna"), *rung("40.2", "olga"), *rung("40.3", "anna"))
        await olga.until_known("40.2")
        await anna.until_known("40.1", "40.3")
        await galina.until_known("40.2")
    assert set(olga.calls) == {"40.2"}
    assert set(anna.calls) == {"40.1", "40.3"}
    assert set(galina.calls) == {"40.2"}


async def say(api: Api, who: str, task: str, what: str, person: str) -> None:
    assert (await api.ask(who, "PUT", f"/tasks/{task}/{what}", json={"person": person})).status in (200, 204)


async def test_a_task_is_told_as_it_is_made_taken_and_done(api: Api, register: Register) -> None:
    async with following(api, "olga") as olga:
        register.put(rows.call("50.1", number="+79160000101", customer="c101"), rows.task("t-50", call="50.1"))
        while "t-50" not in olga.tasks:
            await olga.take()
        made = olga.tasks["t-50"]
        assert (made["owner"], made["taken_by"], made["done"]) == ("operators", None, None)
        assert (made["call"], made["number"], made["customer"]) == ("50.1", "+79160000101", "c101")
        await say(api, "olga", "t-50", "taken", "olga")
        await olga.take()
        assert olga.tasks["t-50"]["taken_by"] == "olga"
        await say(api, "olga", "t-50", "done", "olga")
        await olga.take()
        assert (olga.tasks["t-50"]["done_by"], bool(olga.tasks["t-50"]["done"])) == ("olga", True)


async def test_who_comes_back_learns_what_became_of_tasks(api: Api, register: Register) -> None:
    async with following(api, "sveta") as sveta:
        sequence = sveta.sequence
    register.put(rows.task("t-51"), rows.task("t-52"))
    register.flush()
    await say(api, "sveta", "t-51", "done", "oleg")
    await say(api, "sveta", "t-52", "taken", "oleg")
    async with following(api, "sveta", sequence) as sveta:
        while not sveta.tasks.get("t-52", {}).get("taken_by"):
            await sveta.take()
    assert sveta.tasks["t-51"]["done_by"] == "oleg"


@pytest.mark.parametrize(
    ("owner", "seen"),
    [
        pytest.param("operators", "olga galina sveta root audit", id="a group's"),
        pytest.param("anna", "anna sveta root audit", id="a person's"),
        pytest.param("head of retail", "galina sveta root audit", id="a head's"),
        pytest.param(None, "olga anna galina sveta root audit", id="anybody's"),
    ],
)
async def test_a_task_is_told_to_whom_it_is_listed(api: Api, register: Register, owner: str | None, seen: str) -> None:
    task = f"t-{owner}".replace(" ", "-")
    told, listed = [], []
    async with AsyncExitStack() as stack:
        followers = {who: await stack.enter_async_context(following(api, who)) for who in api.tokens}
        register.put(rows.task(task, owner=owner), rows.presence("oleg", noted=now()))  # all are told of oleg
        for who, follower in followers.items():
            while "oleg" not in follower.people:
                await follower.take()
            told += [who] * (task in follower.tasks)
            listed += [who] * any(one["id"] == task for one in (await api.get(who, "/tasks"))["tasks"])
    assert sorted(told) == sorted(listed) == sorted(seen.split())


async def test_who_had_a_task_is_told_that_it_is_theirs_no_more(api: Api, register: Register) -> None:
    register.put(rows.task("t-60", owner="anna"), rows.task("t-61", owner="anna"))
    register.flush()
    await say(api, "sveta", "t-60", "taken", "olga")
    async with following(api, "olga") as olga, following(api, "galina") as galina:
        first = olga.sequence
        olga.tasks["t-60"] = galina.tasks["t-61"] = {}
        await say(api, "sveta", "t-61", "taken", "anna")
        await say(api, "sveta", "t-60", "taken", "anna")
        while "t-60" in olga.tasks:
            await olga.take()
        assert "t-61" in galina.tasks, "what one never saw is not told to be gone"
    async with following(api, "olga", first) as olga:
        olga.tasks["t-60"] = {}
        while "t-60" in olga.tasks:
            await olga.take()


async def test_what_was_owed_to_a_customer_who_is_erased_is_told_to_be_gone(api: Api, register: Register) -> None:
    async with following(api, "olga") as olga:
        register.put(rows.call("62.1", customer="gone-2"), rows.task("t-62", call="62.1"))
        while "t-62" not in olga.tasks:
            await olga.take()
        erase(api.database, "gone-2", now(), print)
        while "t-62" in olga.tasks:
            await olga.take()


async def test_who_waits_is_told_to_everybody_and_to_who_comes_back_as_it_is(api: Api) -> None:
    first = Waits(call="70.1", queue="operators", since=rows.after(1), offered=None)
    second = Waits(call="70.2", queue="operators", since=rows.after(2), offered=None)
    line: list[Waits] = []
    async with asked_at(api.installation.asks, "sb-1", done, lambda: tuple(line)):
        for who in api.tokens:
            line[:] = []
            async with following(api, who) as follower:
                for there in (
                    (),
                    (first,),
                    (first, second),
                    (msgspec.structs.replace(first, offered="olga"), second),
                    (second,),
                ):
                    line[:] = there
                    await until_waits(follower, *((one.call, one.offered) for one in there))
                assert sorted(follower.queues["operators"]["people"]) == ["oleg", "olga", "omid"]
            line[:] = [first]
            async with following(api, who, follower.sequence) as follower:
                await until_waits(follower, ("70.1", None))
    async with following(api, "olga") as olga:  # no engine: nobody knows
        assert olga.queues == {}


async def done(_: Ask) -> Answer:
    return Done()


async def until_waits(follower: Follower, *waiting: tuple[str, str | None]) -> None:
    def told() -> list[tuple[str, str | None]] | None:
        queue = follower.queues.get("operators")
        return queue and [(one["call"], one["offered"]) for one in queue["waiting"]]

    while told() != list(waiting):
        await follower.take()


@pytest.mark.parametrize(
    ("headers", "query", "status", "says"),
    [
        pytest.param({}, "", 401, "sign in first", id="nobody"),
        pytest.param({"Origin": "https://evil.example"}, "", 403, "another site", id="another site's page"),
        pytest.param({"Authorization": "Bearer OLGA"}, "?since=-1", 400, "$.since", id="no number"),
        pytest.param({"Authorization": "Bearer OLGA"}, "?token=x", 400, "unknown field", id="a secret in the address"),
        pytest.param({"Authorization": "Bearer OLGA"}, "?since=99999", 410, "is not kept any more", id="never was"),
    ],
)
async def test_who_is_not_let_in_is_told_why(
    api: Api, headers: dict[str, str], query: str, status: int, says: str
) -> None:
    given = {name: value.replace("OLGA", api.tokens["olga"]) for name, value in headers.items()}
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    answer = await api.ask(None, "GET", f"/events{query}", headers=given | upgrade | key)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert says in answer.json["detail"]
    assert "error" not in (api.installation.folder / "log" / "web.log").read_text(), "the mistake is not ours"


async def test_a_desk_that_connects_again_and_again_keeps_nobody_else_out(api: Api) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(MOST_OF_ONE):
            await stack.enter_async_context(following(api, "olga"))
        with pytest.raises(aiohttp.WSServerHandshakeError) as why:
            await stack.enter_async_context(following(api, "olga"))
        assert (why.value.status, "Retry-After" in (why.value.headers or {})) == (503, True)
        await stack.enter_async_context(following(api, "anna"))


async def test_a_browsers_page_of_ours_is_let_in_by_its_cookie(api: Api) -> None:
    begun = AccountBook(api.database).begin("olga", "browser", now())
    assert begun
    headers = {"Cookie": f"session-{api.url.rpartition(':')[2]}={begun[0]}", "Origin": api.url}
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.ws_connect(f"{api.url}/events", headers=headers) as socket,
    ):
        assert "sequence" in json.loads(await socket.receive_str())


async def test_a_session_that_ends_ends_the_stream(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = AccountBook(api.database).begin("olga", "program", now())
    assert begun
    monkeypatch.setitem(api.tokens, "olga", begun[0])
    async with following(api, "olga") as olga:
        AccountBook(api.database).end(begun[0])
        while (got := await olga.socket.receive(timeout=40)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert got.data == 4401
