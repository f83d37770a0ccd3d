"""Calling somebody outside over the HTTP API: who may, whom, and what an engine is asked."""

from collections.abc import Iterator

import pytest

from ari_app.live.window import asked_at
from dialplan import private
from premises.asks import Answer, Ask, CallOutside, Done, NotMine, Refused
from premises.ids import call_of, is_callers
from routing import load
from tests.integration.web_api import Api, serving

CUSTOMER = "+79160000301"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        rules = api.installation.folder / "routing_rules.yaml"
        text = rules.read_text(encoding="utf-8")
        assert text.count("outside: {") == 1
        text = text.replace("outside: {", 'outside: {dial: {operator: "+7916*"}, ')
        rules.write_text(text, encoding="utf-8")
        private.write(api.installation.rules / f"{load(text.encode()).version}.yaml", text.encode())
        yield api


async def asked(api: Api, who: str, number: str, answer: Answer) -> tuple[int, str, list[CallOutside]]:
    """The status, what is told of it, and what the two engines were asked, of which one takes no calls now."""
    asks: list[CallOutside] = []

    async def begin(ask: Ask) -> Answer:
        assert isinstance(ask, CallOutside)
        asks.append(ask)
        return answer

    async def takes_none(_: Ask) -> Answer:
        return NotMine()

    async with asked_at(api.installation.asks, "sb-1", takes_none), asked_at(api.installation.asks, "sb-2", begin):
        told = await api.ask(who, "POST", "/calls", json={"number": number})
    return told.status, told.json.get("detail", "") or told.json["call"], asks


@pytest.mark.parametrize(
    ("keyed", "called"),
    [
        pytest.param(CUSTOMER, CUSTOMER, id="a whole number"),
        pytest.param("8 (916) 000-03-01", CUSTOMER, id="as it is written in this country"),
        pytest.param("112", "112", id="for help"),
    ],
)
async def test_one_engine_is_asked_to_call(api: Api, keyed: str, called: str) -> None:
    status, call, asks = await asked(api, "olga", keyed, Done())
    assert (status, [(ask.call, ask.by, ask.number) for ask in asks]) == (202, [(call, "olga", called)])
    assert is_callers(call)
    assert call_of(call) == call


@pytest.mark.parametrize(
    ("who", "number", "status", "says"),
    [
        pytest.param("anna", CUSTOMER, 403, "the role 'key_account_manager' may not call", id="another role"),
        pytest.param("olga", "+74957654321", 403, "may not call +74957654321", id="a number that the rules have not"),
        pytest.param("olga", "401", 403, "may not call 401", id="a colleague"),
        pytest.param("olga", "+74950000001", 409, "one of the company's own lines", id="one of our own lines"),
        pytest.param("olga", "mother", 409, "`mother` is none", id="no number"),
        pytest.param("audit", CUSTOMER, 403, "needs the right 'dial'", id="an auditor"),
        pytest.param("sveta", CUSTOMER, 409, "this account is no person's", id="an account of nobody's"),
    ],
)
async def test_who_may_not_call_whom(api: Api, who: str, number: str, status: int, says: str) -> None:
    told, detail, asks = await asked(api, who, number, Done())
    assert (told, says in detail, asks) == (status, True, []), detail


async def test_why_the_own_telephone_does_not_ring_is_told(api: Api) -> None:
    why = "olga's telephone is in a call"
    assert (await asked(api, "olga", CUSTOMER, Refused(why)))[:2] == (409, why)


async def test_without_an_engine_it_is_to_be_tried_again(api: Api) -> None:
    told = await api.ask("olga", "POST", "/calls", json={"number": CUSTOMER})
    assert (told.status, told.headers["Retry-After"]) == (503, "5")
