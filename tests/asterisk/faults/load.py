"""Callers who come at a fixed rate whatever happens, and what each of them was owed.

An open loop: nobody waits for another's call, so that a fault meets as many callers as it would on a working day. What
they do comes from a seed.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from ari_app.demonstration import RunningSwitchboard
from db.database import connect
from db.stories import CallStory
from demo.desk import Staff
from demo.endpoints import Endpoints, read
from demo.errors import Gone, NotInTime, PhoneError
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.scenario import Answers
from premises.installation import Installation
from tests.asterisk.faults.callcentre import CUSTOMERS, LINE
from tests.asterisk.faults.quiet import Quiet

TALKS = 1.0
"""Seconds that a person talks, and hangs up."""
LEAVES = 1.5
"""Seconds after which a caller leaves the menu who does not want anything."""
SHARE_LEAVING = 0.2
AGAIN = 5.0
"""Seconds after which a caller who has pressed a key, and hears nobody, presses it again."""
PATIENCE = 90.0
"""Seconds that a caller waits for all of it."""

Kind = Literal["talks", "leaves"]


@dataclass(slots=True, kw_only=True)
class Call:
    """One call as its caller saw it."""

    number: int
    at: float
    """When it is due, in seconds from the beginning."""
    kind: Kind
    placed: float = 0.0
    """When the INVITE went, in seconds of the loop's clock."""
    answered_after: float | None = None
    """Seconds from the INVITE to the 200."""
    lasted: float | None = None
    """Seconds from the INVITE to the end."""
    trouble: str | None = None

    @property
    def name(self) -> str:
        """As every phone shows it."""
        return f"caller {self.number}"


@dataclass(slots=True)
class Load:
    """All calls of one load."""

    calls: list[Call]
    talks: Mapping[str, list[str]] = field(default_factory=dict)
    """By the callers' names: whose phone was answered for them, each time."""

    @property
    def answer_seconds(self) -> list[float]:
        """How long callers waited for the 200, the shortest first."""
        return sorted(call.answered_after for call in self.calls if call.answered_after is not None)

    def told(self) -> str:
        """The numbers, for people."""
        waits = self.answer_seconds or [0.0]
        middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
        failed = sum(call.trouble is not None for call in self.calls)
        return (
            f"{len(self.calls)} calls, {failed} failed; INVITE to 200: "
            f"median {middle:.2f} s, 99 % {late:.2f} s, longest {waits[-1]:.2f} s"
        )


def due(rate: float, seconds: float, seed: int = 1) -> list[Call]:
    """So many calls a second for so many seconds."""
    chance = random.Random(seed)
    return [
        Call(number=number, at=number / rate, kind="leaves" if chance.random() < SHARE_LEAVING else "talks")
        for number in range(1, round(rate * seconds) + 1)
    ]


@asynccontextmanager
async def staffed(installation: Installation) -> AsyncIterator[Staff]:
    """Everybody is at the phone, answers and talks for a second."""
    database = connect(installation.settings.database or "")
    try:
        async with Staff(read(installation.endpoints_file), audio=Quiet) as staff:
            await staff.adopt(dict.fromkeys(staff.people, Answers(talks=TALKS)))
            people = installation.endpoints().api["people"]
            await RunningSwitchboard(people, database).until_seen(dict.fromkeys(staff.people))
            yield staff
    finally:
        database.close()


async def placed(endpoints: Endpoints, staff: Staff, calls: Iterable[Call]) -> Load:
    """Place each call when it is due; returns when the last one is over."""
    load = Load(list(calls))
    begin = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as callers:
        for call in load.calls:
            callers.create_task(_placed(call, endpoints, begin))
    load.talks = _talks(staff)
    return load


async def _placed(call: Call, endpoints: Endpoints, begin: float) -> None:
    clock = asyncio.get_running_loop().time
    await asyncio.sleep(begin + call.at - clock())
    number = CUSTOMERS[call.number % len(CUSTOMERS)]
    async with Phone(number, server=endpoints.server, at=(endpoints.trunk, 0), name=call.name, audio=Quiet) as phone:
        call.placed = clock()
        try:
            ringing = await phone.dial(LINE)
            await ringing.answered()
            call.answered_after = clock() - call.placed
            await _perform(call, ringing)
        except (PhoneError, TimeoutError) as error:
            call.trouble = f"after {clock() - call.placed:.1f} s: {str(error) or 'not in time'}"
        call.lasted = clock() - call.placed


async def _perform(call: Call, ringing: Outgoing) -> None:
    if call.kind == "leaves":
        await asyncio.sleep(LEAVES)
        await ringing.hang_up()
        return
    async with asyncio.timeout(PATIENCE):
        with suppress(Gone):  # the person has hung up
            while True:
                await ringing.press("1")
                with suppress(NotInTime):
                    await ringing.ended(AGAIN)


def _talks(staff: Staff) -> dict[str, list[str]]:
    """Who has talked with whom, by the phones of the staff: who picks up for a frozen engine hears nobody."""
    talks = defaultdict[str, list[str]](list)
    for desk in staff.desks(staff.people):
        for call in desk.calls:
            if call.was_answered and call.heard:
                talks[call.caller.name].append(desk.person)
    return talks


def not_served(load: Load, stories: Iterable[CallStory]) -> list[str]:
    """What any caller was owed and did not get, and what the register has wrong; empty: all is well."""
    rows = defaultdict[str, list[CallStory]](list)
    for story in stories:
        rows[story.call.name or ""].append(story)
    return [wrong for call in load.calls for wrong in _wrong(call, load.talks.get(call.name, []), rows[call.name])]


def _wrong(call: Call, talked: list[str], rows: list[CallStory]) -> Iterator[str]:
    if call.trouble:
        yield f"{call.name} ({call.kind}, at {call.at:.1f} s): {call.trouble}"
    if call.kind == "talks" and len(talked) != 1:
        yield f"{call.name} (at {call.at:.1f} s) has talked with {talked or 'nobody'}"
    if len(rows) != 1:
        yield f"{call.name} (at {call.at:.1f} s) is {len(rows)} times in the register"
        return
    (story,) = rows
    end = "talk" if call.kind == "talks" else "caller left"
    # Others may have picked up and heard nobody, because the engine that rang them was frozen or dead.
    legs = [leg.person for leg in story.legs if leg.answered and leg.person in talked]
    if (story.call.end, legs) != (end, talked):
        yield f"{call.name} ({story.call.id}) ended with {story.call.end} and {legs}, not with {end} and {talked}"
