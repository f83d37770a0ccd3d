"""What is asked over the HTTP API about a call that goes on, and what somebody is told of the engine's answer."""

from collections.abc import Iterator

import msgspec
import pytest

from ari_app.live.window import asked_at
from db.records import ActRow
from db.register import Register
from premises.asks import Answer, Ask, Done, NotMine, Refused, ResumeRecording, Supervise
from tests.integration import rows
from tests.integration.web_api import Api, serving

TALK, OVER, RINGS, OUTSIDE = "7.1", "7.2", "7.3", "7.4"
"""In the last one olga talks with somebody whom she has called outside."""
PAUSE = ActRow(
    id="act-7.2-1",
    call=OVER,
    by="sveta",
    what="pause",
    person="olga",
    began=rows.after(30),
    ended=rows.after(40),
    why="pin",
)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        register = Register(api.database)
        for call in (TALK, OVER, RINGS):
            register.put(rows.call(call, ended=rows.after(90) if call == OVER else None))
            answered, ended = None if call == RINGS else rows.after(20), rows.after(90) if call == OVER else None
            register.put(rows.leg(f"leg-{call}-1", call=call, person="olga", answered=answered, ended=ended))
        register.put(msgspec.structs.replace(rows.call(OUTSIDE, ended=None), dialled=">olga"))
        called = rows.leg(f"leg-{OUTSIDE}-1", call=OUTSIDE, person="+79160000301", answered=rows.after(20), ended=None)
        register.put(called)
        register.put(PAUSE)
        assert register.close() == ()
        yield api


@pytest.mark.parametrize(
    ("who", "call", "status"),
    [
        pytest.param("olga", TALK, 204, id="one's own talk"),
        pytest.param("anna", TALK, 404, id="a colleague's"),
        pytest.param("sveta", TALK, 204, id="a supervisor"),
        pytest.param("root", TALK, 403, id="an admin"),
        pytest.param("olga", OUTSIDE, 204, id="one's own talk with somebody outside"),
        pytest.param("anna", OUTSIDE, 404, id="a colleague's with somebody outside"),
        pytest.param("galina", OUTSIDE, 204, id="a head, whose operator has called outside"),
        pytest.param("olga", OVER, 409, id="a talk that is over"),
        pytest.param("olga", RINGS, 409, id="a call that nobody has answered"),
        pytest.param("sveta", "9.9", 404, id="no such call"),
    ],
)
async def test_who_may_act_in_a_talk(api: Api, who: str, call: str, status: int) -> None:
    asked: list[Ask] = []

    async def do(ask: Ask) -> Answer:
        asked.append(ask)
        return Done()

    async with asked_at(api.installation.asks, "sb-1", do):
        answer = await api.ask(who, "DELETE", f"/calls/{call}/pause")
    assert (answer.status, len(asked)) == (status, 1 if status == 204 else 0)
    assert all(isinstance(ask, ResumeRecording) and (ask.by, ask.talking) == (who, "olga") for ask in asked)


@pytest.mark.parametrize(
    ("engine", "status", "says"),
    [
        pytest.param(Refused("not while it rains"), 409, "not while it rains", id="one that refuses"),
        pytest.param(NotMine(), 409, "the call is over", id="one that does not have it"),
        pytest.param(None, 503, "no engine serves", id="none"),
    ],
)
async def test_what_an_engine_says_is_told(api: Api, engine: Answer | None, status: int, says: str) -> None:
    async def do(_: Ask) -> Answer:
        assert engine
        return engine

    pause = ("olga", "PUT", f"/calls/{TALK}/pause")
    if engine is None:
        answer = await api.ask(*pause, json={"reason": "card number"})
    else:
        async with asked_at(api.installation.asks, "sb-1", do):
            answer = await api.ask(*pause, json={"reason": "card number"})
    assert (answer.status, says in answer.json["detail"]) == (status, True)


async def test_who_sees_a_call_sees_what_was_done_beside_its_talk(api: Api) -> None:
    (act,) = (await api.get("olga", f"/calls/{OVER}"))["acts"]
    assert (act["by"], act["what"], act["person"], act["why"]) == ("sveta", "pause", "olga", "pin")
    assert (await api.get("olga", f"/calls/{TALK}"))["acts"] == []


@pytest.mark.parametrize(("who", "status"), [("olga", 403), ("sveta", 409), ("galina", 204), ("root", 403)])
async def test_who_may_hear_a_talk_along(api: Api, who: str, status: int) -> None:
    """A supervisor's account that is no person's has no telephone that could ring."""

    async def do(ask: Ask) -> Answer:
        assert isinstance(ask, Supervise)
        return Done()

    async with asked_at(api.installation.asks, "sb-1", do):
        answer = await api.ask(who, "PUT", f"/calls/{TALK}/supervision", json={"manner": "join"})
    assert answer.status == status
