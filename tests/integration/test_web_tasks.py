"""What is owed to callers, over the HTTP API: who sees it, who sees to it, and the messages that it is about."""

from collections.abc import Iterator
from typing import Any

import pytest

from db.register import Register
from tests.integration import rows
from tests.integration.rows import after
from tests.integration.web_api import Api, serving

OWNERS = {"m_1": "operators", "m_2": "galina", "m_3": "anna", "m_4": "head of wholesale", "m_5": None}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        owe(api, **OWNERS)
        yield api


def owe(api: Api, **owners: str | None) -> None:
    """Messages of one call, each with its task."""
    register = Register(api.database)
    register.put(rows.call("1.1", number="+79160000101", customer="c101"))
    for number, (key, owner) in enumerate(owners.items()):
        name = key.replace("_", "-")
        register.put(rows.message(name, owner=owner, left=after(number)))
        register.put(rows.task(name, owner=owner, since=after(number)))
    assert register.close() == ()


async def owed(api: Api, who: str) -> list[str]:
    return [one["id"] for one in (await api.get(who, "/tasks"))["tasks"]]


async def listed(api: Api, who: str, query: str = "") -> list[str]:
    return [one["id"] for one in (await api.get(who, f"/messages{query}"))["messages"]]


async def say(api: Api, who: str, task: str, what: str, **body: str) -> int:
    return (await api.ask(who, "PUT", f"/tasks/{task}/{what}", json=body)).status


async def test_everybody_sees_what_is_for_them(api: Api) -> None:
    seen = {who: " ".join(await owed(api, who)) for who in ("olga", "anna", "galina", "sveta", "root", "audit")}
    everything = "m-1 m-2 m-3 m-4 m-5"
    assert seen == {
        "olga": "m-1 m-5",
        "anna": "m-3 m-5",
        "galina": "m-1 m-2 m-5",
        "sveta": everything,
        "root": everything,
        "audit": everything,
    }
    (first,) = [one for one in (await api.get("olga", "/tasks"))["tasks"] if one["id"] == "m-1"]
    assert (first["number"], first["customer"], first["call"], first["owner"]) == (
        *("+79160000101", "c101", "1.1"),
        "operators",
    )
    for who in ("olga", "anna", "galina", "sveta"):
        assert await listed(api, who, "?heard=no") == seen[who].split()[::-1]
    assert (await api.ask("root", "GET", "/messages")).status == 403


async def test_what_somebody_takes_is_told_to_all_and_done_once(api: Api) -> None:
    owe(api, x_1="operators")
    answer = await api.ask("olga", "PUT", "/tasks/x-1/taken", json={})
    assert (answer.status, answer.json["taken_by"]) == (200, "olga")
    (task,) = [one for one in (await api.get("galina", "/tasks"))["tasks"] if one["id"] == "x-1"]
    assert task["taken_by"] == "olga"
    assert await say(api, "olga", "x-1", "done") == 204
    assert await say(api, "olga", "x-1", "done") == 404
    assert "x-1" not in await owed(api, "olga")
    assert "x-1" in await listed(api, "olga", "?heard=yes")
    assert "x-1" not in await listed(api, "olga", "?heard=no")


async def test_who_is_given_a_task_sees_it(api: Api) -> None:
    owe(api, x_2="anna")
    assert "x-2" not in await owed(api, "olga")
    assert await say(api, "sveta", "x-2", "taken", person="olga") == 200
    assert "x-2" in await owed(api, "olga")
    assert await say(api, "olga", "x-2", "done") == 204


@pytest.mark.parametrize(
    ("who", "task", "body", "status"),
    [
        pytest.param("olga", "m-3", {}, 404, id="of somebody else"),
        pytest.param("olga", "m-9", {}, 404, id="there is none"),
        pytest.param("olga", "m-1", {"person": "oleg"}, 404, id="for a colleague"),
        pytest.param("galina", "m-2", {"person": "galina"}, 200, id="oneself"),
        pytest.param("galina", "m-1", {"person": "oleg"}, 200, id="a head for somebody of the department"),
        pytest.param("sveta", "m-1", {}, 409, id="who is nobody in the directory says who"),
        pytest.param("sveta", "m-1", {"person": "nobody"}, 404, id="for nobody"),
        pytest.param("audit", "m-1", {"person": "olga"}, 403, id="who only looks"),
    ],
)
async def test_who_may_say_who_sees_to_it(api: Api, who: str, task: str, body: dict[str, Any], status: int) -> None:
    assert await say(api, who, task, "taken", **body) == status


@pytest.mark.parametrize(
    ("who", "path", "what", "pages"),
    [
        ("sveta", "/messages?heard=no&", "messages", [["m-5", "m-4"], ["m-3", "m-2"], ["m-1"]]),
        ("sveta", "/tasks?", "tasks", [["m-1", "m-2"], ["m-3", "m-4"], ["m-5"]]),
        ("galina", "/tasks?", "tasks", [["m-1", "m-2"], ["m-5"]]),
    ],
)
async def test_lists_come_in_pages(api: Api, who: str, path: str, what: str, pages: list[list[str]]) -> None:
    seen, after_ = [], ""
    while True:
        page = await api.get(who, f"{path}limit=2{after_}")
        seen.append([one["id"] for one in page[what]])
        if page["next"] is None:
            break
        after_ = f"&after={page['next']}"
    assert seen == pages
