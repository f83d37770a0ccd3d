"""Every documented rule as a real call on a real Asterisk: what the caller hears, who is rung, what the register says.

The calls are placed once, several at a time, by telephones that hum a tone for each person; each test is one call.
"""

import asyncio
from contextlib import aclosing

import pytest

from ari_app.demonstration import RunningSwitchboard
from ari_app.installation import Installation
from ari_app.verdict import Verdict, judge
from db.database import connect
from demo.desk import Staff
from demo.endpoints import read
from demo.play import play_all
from demo.scenarios import ALL

AT_ONCE = 6

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def verdicts(installation: Installation) -> dict[str, Verdict]:
    """What came of each call."""
    return asyncio.run(_place_all(installation))


async def _place_all(installation: Installation) -> dict[str, Verdict]:
    addresses = read(installation.endpoints_file)
    database = connect(installation.settings.database or "")
    switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
    verdicts: dict[str, Verdict] = {}
    try:
        async with (
            Staff(addresses) as staff,
            aclosing(play_all(ALL, addresses, staff, switchboard, at_once=AT_ONCE)) as results,
        ):
            async for result in results:
                verdicts[result.scenario.id] = await asyncio.to_thread(judge, result, database)
    finally:
        database.close()
    return verdicts


@pytest.mark.parametrize(
    "scenario", [pytest.param(scenario.id, id=f"{scenario.rule} {scenario.id}") for scenario in ALL]
)
def test_the_call_goes_as_its_rule_says(verdicts: dict[str, Verdict], scenario: str) -> None:
    assert verdicts[scenario].troubles == ()


def test_every_answered_call_is_recorded_from_answer_to_hang_up(verdicts: dict[str, Verdict]) -> None:
    for verdict in verdicts.values():
        story = verdict.story
        assert story is not None
        if story.call.answered and story.call.ended:
            assert story.recording is not None
            lasted = (story.call.ended - story.call.answered).total_seconds()
            assert abs(story.recording.seconds - lasted) < 0.5, verdict.result.scenario.id
