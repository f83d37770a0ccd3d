"""Signing people in at other telephones over the HTTP API."""

from collections.abc import Iterator

import pytest

from premises.turns import Turns
from tests.integration.web_api import Api, serving


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        yield api


async def where(api: Api, *people: str) -> list[str | None]:
    told = (await api.get("sveta", "/people"))["people"]
    return [next(one["telephone"] for one in told if one["id"] == person) for person in people]


async def test_who_is_signed_in_elsewhere_sits_there_until_signed_out(api: Api) -> None:
    answer = await api.ask("sveta", "PUT", "/people/olga/seat", json={"telephone": "omid"})
    assert (answer.status, answer.json) == (200, {"telephone": "omid"})
    assert await where(api, "olga", "omid", "oleg") == ["omid", None, "oleg"]
    assert (await api.get("olga", "/people/olga"))["person"]["telephone"] == "omid"
    answer = await api.ask("olga", "DELETE", "/people/olga/seat")
    assert (answer.status, answer.json) == (200, {"telephone": "olga"})
    await api.ask("sveta", "PUT", "/people/olga/seat", json={"telephone": "omid"})
    await api.ask("olga", "PUT", "/people/olga/duty", json={"kind": "out"})
    assert await where(api, "olga", "omid") == ["olga", "omid"]


@pytest.mark.parametrize(
    ("who", "whose", "telephone", "status"),
    [
        pytest.param("olga", "olga", "olga", 200, id="oneself at the own one"),
        pytest.param("olga", "oleg", "oleg", 404, id="a colleague"),
        pytest.param("olga", "olga", "oleg", 409, id="oneself where a colleague sits"),
        pytest.param("sveta", "olga", "oleg", 200, id="by whoever leads both"),
        pytest.param("audit", "olga", "olga", 403, id="by somebody who only looks"),
        pytest.param("sveta", "olga", "desk-1", 409, id="at a telephone that is not there"),
        pytest.param("sveta", "nobody", "oleg", 404, id="nobody"),
    ],
)
async def test_who_may_sign_in_whom_where(api: Api, who: str, whose: str, telephone: str, status: int) -> None:
    answer = await api.ask(who, "PUT", f"/people/{whose}/seat", json={"telephone": telephone})
    assert answer.status == status
    await api.ask("sveta", "DELETE", "/people/olga/seat")


async def test_nobody_is_moved_in_the_middle_of_a_call(api: Api) -> None:
    turn = Turns(api.installation.turns).take("olga")
    answer = await api.ask("sveta", "PUT", "/people/olga/seat", json={"telephone": "omid"})
    assert turn is not None
    turn.give_back()
    assert (answer.status, "olga is in a call" in answer.json["detail"]) == (409, True)
    assert await where(api, "olga") == ["olga"]
