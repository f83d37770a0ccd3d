"""All hostile callers at the same moment: each is answered or refused properly, and the next customer is served.

What comes of each of them alone is in `test_calls`, like every other sample call.
"""

import asyncio
import datetime as dt

from ari_app.demonstration import RunningSwitchboard
from ari_app.verdict import judge
from db.database import Database
from demo.desk import Staff
from demo.endpoints import Endpoints, read
from demo.errors import Refused
from demo.phone import Phone
from demo.play import WITHHELD, play
from demo.scenario import Scenario
from demo.scenarios import ALL, HOSTILE
from premises.installation import Installation
from tests.asterisk.registered import registered

STAYS = 1.0
"""Seconds after which each of them hangs up."""
CUSTOMER = next(scenario for scenario in ALL if scenario.id == "d4-assigned")


async def code_of(scenario: Scenario, endpoints: Endpoints) -> int:
    """Call as this one does, and leave soon: the SIP code that was the answer."""
    async with Phone(scenario.caller or "anonymous", server=endpoints.server, at=(endpoints.trunk, 0)) as phone:
        call = await phone.dial(scenario.dialled, sender=scenario.sender or WITHHELD)
        try:
            await call.answered()
        except Refused as refusal:
            return refusal.code
        await asyncio.sleep(STAYS)
        await call.hang_up()
        return 200


async def test_hostile_callers_all_at_once_are_registered_and_the_next_customer_is_served(
    installation: Installation, database: Database
) -> None:
    endpoints, began = read(installation.endpoints_file), dt.datetime.now(dt.UTC)
    codes = await asyncio.gather(*(code_of(scenario, endpoints) for scenario in HOSTILE))
    wrong = [
        (scenario.id, code)
        for scenario, code in zip(HOSTILE, codes, strict=True)
        if code not in (200, *scenario.expected.codes)
    ]
    assert wrong == []
    stories = await registered(database, began, codes.count(200))
    assert [story.call.end for story in stories] == ["caller left"] * codes.count(200)

    switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
    async with Staff(endpoints) as staff:
        result = await play(CUSTOMER, endpoints, staff, switchboard)
    assert (await asyncio.to_thread(judge, result, database)).troubles == ()
