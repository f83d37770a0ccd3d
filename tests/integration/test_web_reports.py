"""Statistics over the HTTP API: the same figures as the command line's, and whose of them somebody sees (D25, D-VI)."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from db.register import Register
from premises.remarks import noted
from routing.rules.company import Reason
from tests.integration import rows
from tests.integration.web_api import Api, serving

DAY = "date=2026-11-24"
ANSWERED, MISSED, OF_ANNA = "5.1", "5.2", "5.3"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        register = Register(api.database)
        for key, person, end in (
            (ANSWERED, "olga", "talk"),
            (MISSED, "olga", "caller left"),
            (OF_ANNA, "anna", "talk"),
        ):
            call = rows.call(key, end=end, trail=b"", facts=b"", rules=None)
            answered = None if key == MISSED else rows.after(20)
            register.put(call, rows.leg(f"leg-{key}-1", call=key, person=person, answered=answered))
            register.put(*noted(call, None, ("wish", Reason(line=1)), by=person, at=dt.datetime.now(dt.UTC)))
        assert register.close() == ()
        yield api


async def figures(api: Api, who: str, query: str = DAY) -> dict[str, dict[str, Any]]:
    told = await api.get(who, f"/reports/day?{query}")
    return {table: {row["row"]: row for row in lines} for table, lines in told["tables"].items()}


async def test_the_figures_of_a_day_a_week_and_a_month(api: Api) -> None:
    for kind, first, last in (
        ("day", "2026-11-24", "2026-11-24"),
        ("week", "2026-11-23", "2026-11-29"),
        ("month", "2026-11-01", "2026-11-30"),
    ):
        told = await api.get("sveta", f"/reports/{kind}?{DAY}")
        (total,) = told["tables"]["total"]
        assert (told["first"], told["last"], total["calls"], total["answered"]) == (first, last, 3, 2)
        assert (total["talk"], total["abandoned"], told["within_seconds"]) == (31.0, 1, 20)


async def test_what_is_in_time_can_be_asked_for(api: Api) -> None:
    assert (await figures(api, "sveta", f"{DAY}&within=0"))["total"][""]["in_time"] == 0
    assert (await figures(api, "sveta", f"{DAY}&within=60"))["total"][""]["in_time"] == 2


@pytest.mark.parametrize(
    ("who", "people"),
    [("olga", {"olga"}), ("galina", {"olga"}), ("sveta", {"olga", "anna"}), ("audit", {"olga", "anna"})],
)
async def test_whose_figures_somebody_sees(api: Api, who: str, people: set[str]) -> None:
    told = await figures(api, who)
    assert told["total"][""]["calls"] == 3
    assert set(told["person"]) == people


@pytest.mark.parametrize(
    ("figure", "calls"),
    [
        pytest.param("column=answered", [ANSWERED, OF_ANNA], id="of all calls"),
        pytest.param("column=abandoned", [MISSED], id="who gave up"),
        pytest.param("table=person&row=anna&column=talks", [OF_ANNA], id="of a person"),
        pytest.param("table=queue&row=nobody&column=answered", [], id="of no queue"),
    ],
)
async def test_a_figure_opens_its_calls(api: Api, figure: str, calls: list[str]) -> None:
    told = await api.get("sveta", f"/reports/day/calls?{DAY}&{figure}")
    assert [one["call"]["id"] for one in told["calls"]] == calls


async def test_the_calls_behind_a_figure_come_in_pages_and_are_those_that_one_may_see(api: Api) -> None:
    path, seen = f"/reports/day/calls?{DAY}&column=answered&limit=1", []
    first = await api.get("sveta", path)
    second = await api.get("sveta", f"{path}&after={first['next']}")
    seen = [one["call"]["id"] for page in (first, second) for one in page["calls"]]
    assert (seen, second["next"]) == ([ANSWERED, OF_ANNA], None)
    assert first["calls"][0]["fate"] == "answered"
    (mine,) = (await api.get("olga", f"/reports/day/calls?{DAY}&column=answered"))["calls"]
    assert mine["call"]["id"] == ANSWERED


async def test_what_callers_ask_for(api: Api) -> None:
    (count,) = (await api.get("galina", "/questions?days=1"))["questions"]
    assert (count["reason"], count["department"], count["calls"]) == ("wish", None, 3)


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/reports/year", 400, "`$.kind`"),
        ("/reports/day?date=yesterday", 400, "`$.date`"),
        ("/reports/day?date=2026-02-30", 409, "there is no day 2026-02-30"),
        ("/reports/day/calls?column=luck", 409, "total has no 'luck'"),
        ("/reports/day/calls?column=answered&after=Wy0xXQ", 404, "send the `next`"),
        ("/questions?days=0", 400, "`$.days`"),
    ],
)
async def test_what_there_is_not_is_told(api: Api, path: str, status: int, says: str) -> None:
    answer = await api.ask("sveta", "GET", path)
    assert (answer.status, says in answer.json["detail"]) == (status, True), answer.content
