"""Saying over the HTTP API that somebody is at work, away, or not."""

from collections.abc import Iterator

import pytest

from ari_app.people.attendance import Attendance
from ari_app.people.presence import Presence
from db.directory import Directory
from premises.duties import Duties
from routing.outcomes import Absence
from routing.presence import Duty
from tests.integration.web_api import Api, serving
from tests.until import until


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        yield api


async def test_an_engine_knows_at_once_and_the_database_soon(api: Api) -> None:
    presence = Presence()
    attendance = Attendance(presence, Duties(api.installation.duties, print), print)
    presence.telephone("olga", registered=True, in_call=False)
    steps = {"away": Absence.AWAY, "in": None, "out": Absence.SIGNED_OUT}
    for kind, absence in steps.items():
        body = {"kind": kind} | ({"reason": "lunch"} if kind == "away" else {})
        answer = await api.ask("olga", "PUT", "/people/olga/duty", json=body)
        assert (answer.status, answer.json["kind"]) == (200, kind)
        attendance.look()
        assert presence.absence("olga") is absence
    await until(lambda: Directory(api.database).read_staff().duties.get("olga", Duty()).kind == "out")
    said = next(one["said"] for one in (await api.get("sveta", "/people"))["people"] if one["id"] == "olga")
    assert said["kind"] == "out"


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        ("olga", "oleg", 404),
        ("sveta", "oleg", 200),
        ("galina", "oleg", 200),
        ("galina", "anna", 404),
        ("root", "anna", 200),
        ("audit", "anna", 403),
        ("sveta", "nobody", 404),
    ],
)
async def test_for_whom_somebody_may_say_it(api: Api, who: str, whose: str, status: int) -> None:
    assert (await api.ask(who, "PUT", f"/people/{whose}/duty", json={"kind": "in"})).status == status


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        pytest.param({"kind": "away"}, 400, "missing required field `reason`", id="no reason"),
        pytest.param({"kind": "away", "reason": "fishing"}, 409, "one of lunch, break", id="no reason of the list"),
        pytest.param({"kind": "in", "reason": "lunch"}, 400, "unknown field `reason`", id="a reason for being there"),
        pytest.param({"kind": "asleep"}, 400, "Invalid value 'asleep'", id="no such thing"),
    ],
)
async def test_what_cannot_be_said_is_told(api: Api, body: dict[str, str], status: int, says: str) -> None:
    answer = await api.ask("olga", "PUT", "/people/olga/duty", json=body)
    assert (answer.status, says in answer.json["detail"]) == (status, True)


async def test_the_reasons_are_those_of_the_rules(api: Api) -> None:
    assert (await api.get("olga", "/reasons"))["away"][:2] == ["lunch", "break"]
