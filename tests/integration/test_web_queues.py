"""Who waits in which queue, over the HTTP API."""

from collections.abc import Iterator

import pytest

from ari_app.live.window import asked_at
from premises.asks import Answer, Ask, Done, Waits
from tests.integration import rows
from tests.integration.web_api import Api, serving

IN_LINE = (
    Waits(call="1.2", queue="operators", since=rows.after(2), offered="olga"),
    Waits(call="1.1", queue="operators", since=rows.after(1), offered=None),
    Waits(call="1.3", queue="gone", since=rows.after(3), offered=None),
)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        yield api


async def done(_: Ask) -> Answer:
    return Done()


@pytest.mark.parametrize("who", ["olga", "sveta", "galina", "root", "audit"])
async def test_everybody_sees_who_waits_in_the_order_of_their_turns_and_who_serves(api: Api, who: str) -> None:
    async with asked_at(api.installation.asks, "sb-1", done, lambda: IN_LINE):
        told = {one["name"]: one for one in (await api.get(who, "/queues"))["queues"]}
    assert sorted(told["operators"]["people"]) == ["oleg", "olga", "omid"]
    assert [(one["call"], one["offered"]) for one in told["operators"]["waiting"]] == [("1.2", "olga"), ("1.1", None)]
    assert (told["gone"]["people"], len(told["gone"]["waiting"])) == ([], 1)


async def test_an_empty_queue_is_told_as_well(api: Api) -> None:
    async with asked_at(api.installation.asks, "sb-1", done):
        told = (await api.get("olga", "/queues"))["queues"]
    assert [(one["name"], one["waiting"]) for one in told] == [("operators", [])]


async def test_without_an_engine_nobody_knows(api: Api) -> None:
    answer = await api.ask("olga", "GET", "/queues")
    assert (answer.status, "no engine serves" in answer.json["detail"]) == (503, True)
