"""Every documented rule as a real call on a real Asterisk: what the caller hears, who is rung, what the register says.

The calls are placed once, several at a time, by telephones that hum a tone for each person; each test is one call.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import pytest

from ari_app.demonstration import RunningSwitchboard
from ari_app.verdict import Verdict, judge
from db.database import connect
from demo.audio import metronome
from demo.desk import Staff
from demo.endpoints import read
from demo.play import play_all
from demo.scenario import Scenario
from demo.scenarios import ALL as ORDINARY
from demo.scenarios import HOSTILE
from premises.installation import Installation

ALL = ORDINARY + HOSTILE
AT_ONCE = 8
DIFFERS = 0.5
"""Seconds by which a recording may be longer or shorter than its call."""

pytestmark = pytest.mark.timeout(700)


@pytest.fixture(scope="module")
def placed(installation: Installation) -> tuple[dict[str, Verdict], float]:
    """What came of each call, and by how many seconds the telephones spoke too late at most."""
    return asyncio.run(_place_all(installation))


@pytest.fixture(scope="module")
def verdicts(placed: tuple[dict[str, Verdict], float]) -> dict[str, Verdict]:
    """What came of each call."""
    return placed[0]


async def _place_all(installation: Installation) -> tuple[dict[str, Verdict], float]:
    """Every call; one that did not go well is placed once more, alone.

    Sound is made and heard in real time: where the machine was busy elsewhere for a second, a call goes wrong by no
    fault of ours. What is wrong with us goes wrong again.
    """
    verdicts = await _placed(installation, ALL, AT_ONCE)
    again = [verdict.result.scenario for verdict in verdicts.values() if not verdict.good]
    return verdicts | await _placed(installation, again, 1), metronome().latest


async def _placed(installation: Installation, scenarios: Sequence[Scenario], at_once: int) -> dict[str, Verdict]:
    addresses = read(installation.endpoints_file)
    database = connect(installation.settings.database or "")
    switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
    judging: dict[str, asyncio.Task[Verdict]] = {}
    try:
        async with (
            Staff(addresses) as staff,
            aclosing(play_all(scenarios, addresses, staff, switchboard, at_once=at_once)) as results,
        ):
            async for result in results:
                judging[result.scenario.id] = asyncio.create_task(asyncio.to_thread(judge, result, database))
        return {scenario: await verdict for scenario, verdict in judging.items()}
    finally:
        database.close()


@pytest.mark.parametrize(
    "scenario", [pytest.param(scenario.id, id=f"{scenario.rule} {scenario.id}") for scenario in ALL]
)
def test_the_call_goes_as_its_rule_says(verdicts: dict[str, Verdict], scenario: str) -> None:
    assert verdicts[scenario].troubles == ()


def test_every_answered_call_is_recorded_from_answer_to_hang_up(placed: tuple[dict[str, Verdict], float]) -> None:
    """For a telephone's pause Asterisk records silence, and then also what comes too late; for two of them at most."""
    verdicts, late = placed
    for verdict in verdicts.values():
        story = verdict.story
        if story and story.call.answered and story.call.ended:
            assert story.recording is not None
            lasted = (story.call.ended - story.call.answered).total_seconds()
            assert abs(story.recording.seconds - lasted) < DIFFERS + 2 * late, verdict.result.scenario.id
