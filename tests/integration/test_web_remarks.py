"""What a call was about, noted over the HTTP API: by whom, who is told of it, and who sees it."""

from collections.abc import Iterator
from typing import Any

import pytest

from db.outbox import Outbox
from db.register import Register
from premises.clock import now
from routing.facts import Caller, Customer, Facts
from routing.trail import encode_facts
from tests.integration import rows
from tests.integration.web_api import Api, serving

TALK, RUNG, ERASED = "8.1", "8.2", "8.3"
WISH = {"reason": "wish", "note": "on Saturdays,\n please"}
FACTS = Facts(
    call=TALK,
    at=rows.NINE,
    dialled="+74950000001",
    caller=Caller(customer=Customer(id="c101", name="Golden Fork", type="key", manager="anna")),
)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        register = Register(api.database)
        for call in (TALK, RUNG, ERASED):
            register.put(
                rows.call(call, erased=rows.after(90) if call == ERASED else None, trail=b"", facts=encode_facts(FACTS))
            )
            register.put(rows.leg(f"leg-{call}-1", call=call, person="olga", answered=None, why="no answer"))
            if call != RUNG:
                register.put(rows.leg(f"leg-{call}-2", call=call, person="olga"))
        assert register.close() == ()
        yield api


async def note(api: Api, who: str, call: str, body: dict[str, Any]) -> Any:
    return await api.ask(who, "POST", f"/calls/{call}/remarks", json=body)


async def test_a_reason_and_a_note_are_in_the_calls_story_and_a_department_is_told(api: Api) -> None:
    assert "wish" in (await api.get("olga", "/reasons"))["talks"]
    for _ in range(2):  # a button that is pressed twice
        answer = await note(api, "olga", TALK, WISH)
        assert (answer.status, answer.json["by"], answer.json["tell"]) == (201, "olga", ["any"])
    (told,) = (await api.get("sveta", f"/calls/{TALK}"))["remarks"]
    assert (told["reason"], told["text"], told["by"]) == ("wish", "on Saturdays, please", "olga")
    assert [letter.department for letter in Outbox(api.database).due(now(), 10)] == ["any"]


async def test_words_alone_are_noted_and_tell_nobody(api: Api) -> None:
    answer = await note(api, "sveta", TALK, {"note": "asked for a call at noon \x00"})
    assert (answer.status, answer.json["reason"], answer.json["tell"], answer.json["by"]) == (201, None, [], "sveta")
    noted = (await api.get("olga", f"/calls/{TALK}"))["remarks"]
    assert [one["text"].strip("\N{REPLACEMENT CHARACTER} ") for one in noted if one["by"] == "sveta"] == [
        "asked for a call at noon"
    ]


@pytest.mark.parametrize(
    ("who", "call", "body", "status"),
    [
        pytest.param("olga", RUNG, WISH, 404, id="who was rung and did not talk"),
        pytest.param("anna", TALK, WISH, 404, id="a colleague's call"),
        pytest.param("galina", TALK, WISH, 201, id="a head"),
        pytest.param("root", TALK, WISH, 403, id="an admin"),
        pytest.param("audit", TALK, WISH, 403, id="an auditor"),
        pytest.param("olga", TALK, {"reason": "weather"}, 409, id="no such reason"),
        pytest.param("olga", TALK, {}, 409, id="nothing"),
        pytest.param("olga", TALK, WISH | {"task": "nobody"}, 409, id="nobody's task"),
        pytest.param("olga", TALK, {"note": " \n"}, 409, id="nothing but blanks"),
        pytest.param("olga", TALK, {"note": "x" * 2001}, 400, id="a novel"),
        pytest.param("olga", ERASED, WISH, 409, id="of a caller who was erased"),
        pytest.param("sveta", "9.9", WISH, 404, id="no such call"),
    ],
)
async def test_who_may_note_what(api: Api, who: str, call: str, body: dict[str, Any], status: int) -> None:
    assert (await note(api, who, call, body)).status == status


@pytest.mark.parametrize(
    ("body", "owner", "about"),
    [
        pytest.param({"reason": "complaint"}, "anna", "complaint", id="the customer's manager, by the rules"),
        pytest.param({"reason": "wish", "note": "now", "task": "galina"}, "galina", "wish", id="a person"),
        pytest.param({"note": "soon", "task": "head of retail"}, "head of retail", "note", id="a head, in words alone"),
        pytest.param({"note": "later", "task": "operators"}, "operators", "note", id="a group"),
    ],
)
async def test_somebody_has_a_task_of_it_until_it_is_done(
    api: Api, body: dict[str, str], owner: str, about: str
) -> None:
    assert (await note(api, "olga", TALK, body)).status == 201
    sees = {"head of retail": "galina", "operators": "olga"}.get(owner, owner)
    listed = (await api.get(sees, "/tasks"))["tasks"]
    (task,) = [one for one in listed if (one["owner"], one["about"]) == (owner, about)]
    assert (task["kind"], task["call"]) == ("remark", TALK)
    noted = (await api.get(sees, f"/calls/{TALK}"))["remarks"]
    assert body.get("note") in [one["text"] for one in noted], "whoever owes it reads what it is about"
    assert (await api.ask(sees, "PUT", f"/tasks/{task['id']}/done", json={})).status == 204
    assert (await note(api, "olga", TALK, body)).status == 201  # said once more: it stays done
    if owner == "anna":
        assert (await api.ask("anna", "GET", f"/calls/{TALK}")).status == 404, "it is hers no more"
    assert task["id"] not in [one["id"] for one in (await api.get(sees, "/tasks"))["tasks"]]
