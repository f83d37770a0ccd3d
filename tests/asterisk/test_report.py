"""Calls placed on the real Asterisk, and what `report` says of them: what was done, and what the trails say."""

import asyncio
import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import pytest

from ari_app.demonstration import RunningSwitchboard
from db.database import Database, connect
from db.stories import CallStory
from demo.desk import Staff
from demo.endpoints import read
from demo.play import play_all
from demo.scenarios import ALL
from premises.clock import now
from premises.installation import Installation
from routing.outcomes import Talked, Unanswered
from routing.steps import Wait
from routing.trail import decode
from tests.asterisk.conftest import down, prepare, switchboard, up
from tests.asterisk.registered import registered

pytestmark = pytest.mark.timeout(240)
PLACED = {
    "d4-assigned": "answered",
    "d4-declined": "answered",
    "d3-order": "answered",
    "d4-nobody": "message",
    "t4-gives-up-in-menu": "left",
    "t4-gives-up-while-ringing": "abandoned",
    "t4-gives-up-in-line": "abandoned",
}
"""Which sample calls are placed, and as what each one must count."""
WRAP_UP = 1.0
WRITTEN_SECONDS = 30.0
"""After an engine's start until it has the file of the day before written."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was done, and what is told of it."""

    installation: Installation
    stories: dict[str, CallStory]
    """By the scenarios' ids."""

    def report(self, *arguments: str) -> str:
        # The month: midnight may pass meanwhile.
        told = switchboard(self.installation.folder, "report", "month", *arguments)
        assert told.returncode == 0, told.stderr
        return told.stdout

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Each figure, by table, row and column."""
        tables = json.loads(self.report("--json"))["tables"]
        return {table: {line["row"]: line for line in lines} for table, lines in tables.items()}


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The calls have been placed, at an installation of their own which still serves."""
    folder = tmp_path_factory.mktemp("report")
    prepare(folder)
    (folder / "reports").mkdir()
    with (folder / "settings.yaml").open("a") as settings:
        settings.write("daily_reports: reports\n")
    rules = folder / "routing_rules.yaml"
    rules.write_text(
        rules.read_text(encoding="utf-8").replace("duty: {", f"duty: {{wrap_up: {WRAP_UP:g}s, ", 1), encoding="utf-8"
    )
    process, installation = up(folder), Installation(folder)
    database = connect(installation.settings.database or "")
    try:
        yield Day(installation, asyncio.run(_place(installation, database)))
    finally:
        database.close()
        assert down(process) == 0


async def _place(installation: Installation, database: Database) -> dict[str, CallStory]:
    endpoints, began = read(installation.endpoints_file), now()
    people = RunningSwitchboard(installation.endpoints().api["people"], database)
    async with Staff(endpoints) as staff:
        chosen = [scenario for scenario in ALL if scenario.id in PLACED]
        async with aclosing(play_all(chosen, endpoints, staff, people)) as results:
            troubles = {result.scenario.id: result.troubles async for result in results}
    assert troubles == {name: [] for name in PLACED}
    return {story.call.name or "": story for story in await registered(database, began, len(PLACED))}


def test_each_call_counts_as_what_it_was_and_each_figure_opens_it(day: Day) -> None:
    total = day.tables()["total"][""]
    for fate, calls in Counter(PLACED.values()).items():
        assert total[fate] == calls
        opened = [json.loads(line)["id"] for line in day.report("--json", "--calls", fate).splitlines()]
        assert sorted(opened) == sorted(day.stories[one].call.id for one, what in PLACED.items() if what == fate)
    assert (total["calls"], total["wanted"], total["in_time"]) == (7, 6, 3)
    assert (total["cut_off"], total["open"], total["goodbye"]) == (0, 0, 0)


def test_the_figures_are_those_of_a_recomputation_from_the_trails(day: Day) -> None:
    wanted, answered, passed_on, gave_up, waited = Counter[str](), Counter[str](), Counter[str](), Counter[str](), 0.0
    for story in day.stories.values():
        for entry in decode(story.call.trail).entries:
            queue = getattr(entry.step, "queue", None) or getattr(entry.step, "wanted", None)
            if queue is None:
                continue
            assert entry.after is not None
            wanted[queue] += 1
            if isinstance(entry.outcome, Talked):
                answered[queue] += 1
                talked = next(leg.answered for leg in story.legs if leg.person == entry.outcome.person)
                assert talked is not None
                waited += (talked - story.call.arrived).total_seconds() - entry.after
            passed_on[queue] += isinstance(entry.outcome, Unanswered)
            gave_up[queue] += entry.outcome is None
    queues = day.tables()["queue"]
    for column, counted in (
        ("wanted", wanted),
        ("answered", answered),
        ("passed_on", passed_on),
        ("abandoned", gave_up),
    ):
        assert {queue: line[column] for queue, line in queues.items() if line[column]} == +counted
    assert sum(line["waited"] for line in queues.values()) == pytest.approx(waited, abs=1e-4)


def test_who_gave_up_in_the_line_counts_from_the_line_s_beginning(day: Day) -> None:
    story = day.stories["t4-gives-up-in-line"]
    (began,) = [entry.after for entry in decode(story.call.trail).entries if isinstance(entry.step, Wait)]
    assert story.call.ended is not None
    assert began is not None
    lasted = (story.call.ended - story.call.arrived).total_seconds()
    assert 0 < began < lasted
    assert story.legs == ()
    line = day.tables()["queue"]["operators"]
    assert (line["abandoned"], line["abandoned_after"]) == (1, pytest.approx(lasted - began, abs=1e-4))


def test_the_talk_of_all_people_is_the_talk_of_all_calls(day: Day) -> None:
    legs = [leg for story in day.stories.values() for leg in story.legs]
    talk = sum((leg.ended - leg.answered).total_seconds() for leg in legs if leg.answered and leg.ended)
    tables = day.tables()
    for table, lines in tables.items():
        assert sum(line["talk"] for line in lines.values()) == pytest.approx(talk, abs=1e-4), table
    assert {person: line["offers"] for person, line in tables["person"].items() if line["offers"]} == Counter(
        leg.person for leg in legs
    )
    assert tables["person"]["anna"]["missed"] == 1, "she declined one; in another one the caller gave up"


def test_writing_a_talk_up_is_part_of_handling_it(day: Day) -> None:
    talks = [leg for story in day.stories.values() for leg in story.legs if leg.answered and leg.ended]
    wrap_ups = [(leg.wrapped_up - leg.ended).total_seconds() for leg in talks if leg.wrapped_up and leg.ended]
    assert wrap_ups == pytest.approx([WRAP_UP] * len(talks), abs=0.1)
    total = day.tables()["total"][""]
    assert total["wrap_up"] == pytest.approx(sum(wrap_ups), abs=1e-4)
    assert total["handling"] == pytest.approx(total["talk"] + total["wrap_up"], abs=1e-4)


def test_people_are_at_work_while_their_telephones_are_there(day: Day) -> None:
    people = day.tables()["person"]
    began = min(story.call.arrived for story in day.stories.values())
    for person in ("anna", "maria"):
        assert 0 < people[person]["at_work"] < (now() - began + dt.timedelta(minutes=1)).total_seconds()
    assert 0 < people["anna"]["occupancy"] < 1
    assert people["maria"]["occupancy"] == 0


def test_the_engine_has_the_day_before_written_once(day: Day) -> None:
    folder = day.installation.folder / "reports"
    deadline = time.monotonic() + WRITTEN_SECONDS
    while not (files := [file for file in folder.iterdir() if file.suffix == ".csv"]):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert [file.read_text().splitlines()[1].split(",")[2:5] for file in files] == [["total", "", "0"]]
    again = switchboard(day.installation.folder, "report", "due")
    assert (again.returncode, again.stdout) == (0, "")
