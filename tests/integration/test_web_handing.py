"""Handing a caller over, and hanging up, over the HTTP API: who may, whom to, and what an engine is asked."""

from collections.abc import Iterator

import pytest

from ari_app.live.window import asked_at
from db.register import Register
from premises.asks import Answer, Ask, Consult, Done, GoBack, HandOver, HangUp, JoinAll
from tests.integration import rows
from tests.integration.web_api import Api, serving

TALK, OVER = "7.1", "7.2"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        register = Register(api.database)
        for call in (TALK, OVER):
            ended = rows.after(90) if call == OVER else None
            register.put(rows.call(call, ended=ended))
            register.put(rows.leg(f"leg-{call}-1", call=call, person="olga", answered=rows.after(20), ended=ended))
        assert register.close() == ()
        yield api


async def asked(api: Api, who: str, method: str, path: str, body: dict[str, str] | None) -> tuple[int, str, list[Ask]]:
    """The status, what is told of it, and what an engine was asked, which does everything."""
    asks: list[Ask] = []

    async def do(ask: Ask) -> Answer:
        asks.append(ask)
        return Done()

    async with asked_at(api.installation.asks, "sb-1", do):
        answer = await api.ask(who, method, path, json=body) if body else await api.ask(who, method, path)
    return answer.status, answer.json.get("detail", "") if answer.content else "", asks


@pytest.mark.parametrize(
    ("who", "call", "to", "status", "says"),
    [
        pytest.param("olga", TALK, "nina", 204, "", id="one's own caller to a person"),
        pytest.param("olga", TALK, "405", 204, "", id="to an extension"),
        pytest.param("olga", TALK, "601", 204, "", id="to a short number"),
        pytest.param("sveta", TALK, "nina", 204, "", id="a supervisor"),
        pytest.param("galina", TALK, "nina", 204, "", id="a head of the department"),
        pytest.param("anna", TALK, "nina", 404, "no such call", id="a colleague's caller"),
        pytest.param("root", TALK, "nina", 403, "needs the right 'talk'", id="an admin"),
        pytest.param("olga", TALK, "+79161234567", 409, "is nobody of ours", id="to any number outside"),
        pytest.param("olga", TALK, "999", 409, "is nobody of ours", id="to nobody"),
        pytest.param("olga", TALK, "olga", 409, "talks with this caller already", id="to oneself"),
        pytest.param("olga", TALK, "302", 409, "talks with this caller already", id="to one's own extension"),
        pytest.param("sveta", TALK, "olga", 409, "talks with this caller already", id="to whoever talks already"),
        pytest.param("olga", OVER, "nina", 409, "nobody talks in this call now", id="a talk that is over"),
    ],
)
async def test_who_may_hand_over_and_whom_to(api: Api, who: str, call: str, to: str, status: int, says: str) -> None:
    told, detail, asks = await asked(api, who, "POST", f"/calls/{call}/transfer", {"to": to})
    assert (told, says in detail) == (status, True)
    wanted = [(call, "olga", to)] if status == 204 else []
    assert [(ask.call, ask.talking, ask.to) for ask in asks if isinstance(ask, HandOver)] == wanted
    assert len(asks) == len(wanted)


@pytest.mark.parametrize(("who", "status"), [("olga", 204), ("anna", 404), ("audit", 403)])
@pytest.mark.parametrize(
    ("method", "path", "body", "kind"),
    [
        pytest.param("DELETE", "talk", None, HangUp, id="hang up"),
        pytest.param("POST", "consultation", {"person": "405"}, Consult, id="ask a colleague"),
        pytest.param("POST", "conference", None, JoinAll, id="talk all three"),
        pytest.param("DELETE", "consultation", None, GoBack, id="go back to the caller"),
    ],
)
async def test_who_may_act(
    api: Api, who: str, status: int, method: str, path: str, body: dict[str, str] | None, kind: type[Ask]
) -> None:
    told, _, asks = await asked(api, who, method, f"/calls/{TALK}/{path}", body)
    assert (told, [type(ask) for ask in asks]) == (status, [kind] if status == 204 else [])
    assert all(ask.whom == "405" for ask in asks if isinstance(ask, Consult))


async def test_nobody_of_ours_is_asked(api: Api) -> None:
    told, detail, asks = await asked(api, "olga", "POST", f"/calls/{TALK}/consultation", {"person": "699"})
    assert (told, asks) == (409, [])
    assert detail == "person: `699` is nobody of ours: GET /people and GET /transfers list who is"


@pytest.mark.parametrize("whom", ["olga", "302"])
async def test_nobody_asks_the_one_who_talks(api: Api, whom: str) -> None:
    told, detail, asks = await asked(api, "olga", "POST", f"/calls/{TALK}/consultation", {"person": whom})
    assert (told, asks) == (409, [])
    assert detail == "person: olga talks with this caller already: choose somebody else"


async def test_the_short_numbers_are_those_of_the_rules(api: Api) -> None:
    numbers = {one["number"]: one for one in (await api.get("olga", "/transfers"))["numbers"]}
    assert (numbers["602"]["rings"], numbers["602"]["rule"]) == (["finance"], "D6")
