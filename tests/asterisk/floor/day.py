"""A day on the floor: everybody is at work, callers call, and all that was seen is kept until it has been compared."""

import asyncio
import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from ari_app.demonstration import RunningSwitchboard
from db import rows
from db.database import Database, connect
from db.records import CallRow, TaskRow
from db.stories import CallStory, Stories
from demo.audio import metronome
from demo.endpoints import read
from premises.ids import answers_to
from premises.installation import Installation
from tests.asterisk.conftest import switchboard
from tests.asterisk.faults.engines import lines
from tests.asterisk.faults.scene import until
from tests.asterisk.floor.callers import Placed, all_callers
from tests.asterisk.floor.company import PAUSE, TRIES, Floor
from tests.asterisk.floor.ears import Voices
from tests.asterisk.floor.machine import watched
from tests.asterisk.floor.matching import Pairs, legs_of, paired
from tests.asterisk.floor.operators import Operator, at_work
from tests.asterisk.floor.outside import reachable
from tests.asterisk.floor.promises import Called, called
from tests.asterisk.floor.recount import Figures
from tests.asterisk.floor.seat import now
from tests.asterisk.floor.seen import Back, Clock, Telephone, rung_outside, seen_by
from tests.asterisk.witness import disagreements

SETTLED_SECONDS = 60.0
"""After the last call until every row is closed and every recording kept."""
SOON = dt.timedelta(seconds=5)
"""In which everybody goes home once nobody is to be called back."""
CALM_SECONDS = 60.0
"""For everybody's telephone to be plugged in and idle again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was done, and what the register says of it."""

    floor: Floor
    installation: Installation
    placed: tuple[Placed, ...]
    telephones: tuple[Telephone, ...]
    backs: tuple[Back, ...]
    """What callers' telephones saw of being called back."""
    troubles: tuple[str, ...]
    handed: Counter[int | None]
    """How often handing somebody over came to which code."""
    stories: tuple[CallStory, ...]
    tasks: tuple[TaskRow, ...]
    """What was owed to callers, done or not."""
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
    def called(self) -> Called:
        """Each call-back with what the caller's telephone saw."""
        return called(self.stories, self.backs)

    @property
    def heard_back(self) -> dict[str, list[Voices]]:
        """By the callers' names, what they heard when they were called back."""
        heard = defaultdict[str, list[Voices]](list)
        for story, back in self.called:
            if back:
                heard[story.call.name or ""].append(back.ears)
        return heard

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
                async with reachable(installation, endpoints, callers):
                    await asyncio.gather(*(caller.call_until(end) for caller in callers))
                    for caller in callers:
                        caller.calm = True
                    stuck = await _calmed(operators, switchboard, partial(_owed_nothing_now, database, began))
            clock.pauses = (*pauses, *metronome().pauses)
            telephones = tuple(seen_by(operator, clock) for operator in operators)
            backs = tuple(back for caller in callers for back in rung_outside(caller, clock))
        await _settled(Stories(database), began)
        return Day(
            floor=floor,
            installation=installation,
            placed=tuple(call for caller in callers for call in caller.calls),
            telephones=telephones,
            backs=backs,
            troubles=(*stuck, *(trouble for operator in operators for trouble in operator.troubles)),
            handed=Counter(code for operator in operators for code in operator.handed),
            stories=_stories(Stories(database), began),
            tasks=_tasks(database),
            audited=tuple(await disagreements(installation, database, began)),
            late=max((end - begin for begin, end in clock.pauses), default=0.0),
            logged=_logged(installation),
        )


async def _calmed(
    operators: Sequence[Operator], switchboard: RunningSwitchboard, owed_nothing: Callable[[], bool]
) -> list[str]:
    """Wait until everybody is at an idle telephone and can be rung again, and nobody is to be; gives who is stuck."""
    for operator in operators:
        operator.calm = True
    people = [operator.person for operator in operators]
    try:
        await until(owed_nothing, CALM_SECONDS, "callers to be called back")
        await until(lambda: all(operator.is_idle for operator in operators), CALM_SECONDS, "idle telephones")
        for person in people:
            await switchboard.set_away(person, None)
        await switchboard.until_seen(dict.fromkeys(people))
    except TimeoutError:
        busy = [operator.person for operator in operators if not operator.is_idle]
        away, owed = await switchboard.absences(), "nothing" if owed_nothing() else "calls"
        return [f"stuck, by the switchboard: {away}; by the telephones: {busy}; callers are owed {owed}"]
    return []


async def _settled(register: Stories, since: dt.datetime) -> None:
    """Wait until every row is closed and has its recording; what is missing then, the comparison finds."""

    def settled() -> bool:
        found = register.calls(since=since)
        talks = [row for row in found if row.end != "not reached"]
        return all(row.ended for row in found) and len(register.sounds.recordings(since=since)) >= len(talks)

    with suppress(TimeoutError):
        await until(settled, SETTLED_SECONDS, "every row and recording")


def _owed_nothing_now(database: Database, since: dt.datetime) -> bool:
    """Whether each promise of a call is kept, or was tried in vain and is not due again for a while."""
    found, soon = Stories(database).calls(since=since), dt.datetime.now(dt.UTC) + SOON
    promised = [task for task in _tasks(database) if task.kind == "call-back" and task.done is None]
    return all(_has_time([row for row in found if answers_to(row.id) == task.call], soon) for task in promised)


def _has_time(tries: Sequence[CallRow], soon: dt.datetime) -> bool:
    """These were all in vain, and the next one comes later, if ever."""
    if not tries or not all(one.ended for one in tries):
        return False
    return len(tries) == TRIES or max(one.arrived for one in tries) + dt.timedelta(seconds=PAUSE) > soon


def _tasks(database: Database) -> tuple[TaskRow, ...]:
    with database.reading() as connection:
        return rows.read(TaskRow, connection, select(rows.table_of(TaskRow)))


def _logged(installation: Installation) -> Counter[tuple[str, str]]:
    told = ((line.get("level", ""), line.get("event", "")) for line in lines(installation.folder))
    return Counter((level, event) for level, event in told if level not in ("info", "debug"))


def _stories(register: Stories, since: dt.datetime) -> tuple[CallStory, ...]:
    return tuple(story for row in register.calls(since=since) if (story := register.story(row.id)))
