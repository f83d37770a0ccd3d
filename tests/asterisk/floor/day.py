"""A day on the floor: everybody is at work, callers call, and all that was seen is kept until it has been compared."""

import asyncio
import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

from ari_app.demonstration import RunningSwitchboard
from db.database import connect
from db.stories import CallStory, Stories
from demo.audio import metronome
from demo.endpoints import read
from premises.installation import Installation
from tests.asterisk.conftest import switchboard
from tests.asterisk.faults.engines import lines
from tests.asterisk.faults.scene import until
from tests.asterisk.floor.callers import Placed, all_callers
from tests.asterisk.floor.company import Floor
from tests.asterisk.floor.machine import watched
from tests.asterisk.floor.matching import Pairs, legs_of, paired
from tests.asterisk.floor.operators import Operator, at_work
from tests.asterisk.floor.recount import Figures
from tests.asterisk.floor.seat import now
from tests.asterisk.floor.seen import Clock, Telephone, seen_by
from tests.asterisk.witness import disagreements

SETTLED_SECONDS = 60.0
"""After the last call until every row is closed and every recording kept."""
CALM_SECONDS = 60.0
"""For everybody's telephone to be plugged in and idle again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was done, and what the register says of it."""

    floor: Floor
    installation: Installation
    placed: tuple[Placed, ...]
    telephones: tuple[Telephone, ...]
    troubles: tuple[str, ...]
    handed: Counter[int | None]
    """How often handing somebody over came to which code."""
    stories: tuple[CallStory, ...]
    audited: tuple[str, ...]
    """What `switchboard audit` finds."""
    late: float
    """Seconds for which the machine had others to serve, at the longest, so that packets were late."""
    logged: Counter[tuple[str, str]]
    """How often the log has each event above INFO, with its level."""

    @property
    def pairs(self) -> dict[str, Pairs]:
        """By person, each leg with what the telephone saw."""
        legs = legs_of(self.stories)
        return {one.person: paired(legs[one.person], one) for one in self.telephones}

    @property
    def by_name(self) -> dict[str, Placed]:
        """The calls by what telephones show."""
        return {call.name: call for call in self.placed}

    @property
    def answered(self) -> Counter[str]:
        """By the callers' names, how often a telephone was answered for them."""
        return Counter(ring.caller_alone for one in self.telephones for ring in one.rings if ring.answered)

    @property
    def inside(self) -> int:
        """Calls of one colleague to another."""
        return sum(story.call.dialled.startswith("@") for story in self.stories)

    def report(self) -> Figures:
        """The figures, as the command line tells them."""
        told = switchboard(self.installation.folder, "report", "month", "--json")  # midnight may pass meanwhile
        assert told.returncode == 0, told.stderr
        tables = json.loads(told.stdout)["tables"]
        return {table: {line["row"]: line for line in lines} for table, lines in tables.items()}


async def spent(installation: Installation, floor: Floor, seed: int) -> Day:
    """Have everybody work and call until the time is over and all calls are."""
    began, endpoints, clock = dt.datetime.now(dt.UTC), read(installation.endpoints_file), Clock()
    callers = list(all_callers(endpoints, floor, seed))
    with closing(connect(installation.settings.database or "")) as database:
        switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
        async with at_work(endpoints, floor, seed) as operators:
            async with watched() as pauses:
                await switchboard.until_seen(dict.fromkeys(floor.people))
                for operator in operators:
                    operator.calm = False
                end = now() + floor.seconds
                await asyncio.gather(*(caller.call_until(end) for caller in callers))
                stuck = await _calmed(operators, switchboard)
            clock.pauses = (*pauses, *metronome().pauses)
            telephones = tuple(seen_by(operator, clock) for operator in operators)
        await _settled(Stories(database), began)
        return Day(
            floor=floor,
            installation=installation,
            placed=tuple(call for caller in callers for call in caller.calls),
            telephones=telephones,
            troubles=(*stuck, *(trouble for operator in operators for trouble in operator.troubles)),
            handed=Counter(code for operator in operators for code in operator.handed),
            stories=_stories(Stories(database), began),
            audited=tuple(await disagreements(installation, database, began)),
            late=max((end - begin for begin, end in clock.pauses), default=0.0),
            logged=_logged(installation),
        )


async def _calmed(operators: Sequence[Operator], switchboard: RunningSwitchboard) -> list[str]:
    """Wait until everybody is at an idle telephone and can be rung again; gives who is stuck."""
    for operator in operators:
        operator.calm = True
    people = [operator.person for operator in operators]
    try:
        await until(lambda: all(operator.is_idle for operator in operators), CALM_SECONDS, "idle telephones")
        for person in people:
            await switchboard.set_away(person, None)
        await switchboard.until_seen(dict.fromkeys(people))
    except TimeoutError:
        busy = [operator.person for operator in operators if not operator.is_idle]
        return [f"stuck, by the switchboard: {await switchboard.absences()}; by the telephones: {busy}"]
    return []


async def _settled(register: Stories, since: dt.datetime) -> None:
    """Wait until every row is closed and has its recording; what is missing then, the comparison finds."""

    def settled() -> bool:
        rows = register.calls(since=since)
        return all(row.ended for row in rows) and len(register.sounds.recordings(since=since)) >= len(rows)

    with suppress(TimeoutError):
        await until(settled, SETTLED_SECONDS, "every row and recording")


def _logged(installation: Installation) -> Counter[tuple[str, str]]:
    told = ((line.get("level", ""), line.get("event", "")) for line in lines(installation.folder))
    return Counter((level, event) for level, event in told if level not in ("info", "debug"))


def _stories(register: Stories, since: dt.datetime) -> tuple[CallStory, ...]:
    return tuple(story for row in register.calls(since=since) if (story := register.story(row.id)))
