"""Keeping the promises that callers are called back: by one engine of an installation at a time, behind the calls.

A promise is a task like others, in the register. It is open until the caller was reached, or somebody says that it is
done; who takes it by hand calls, and the engine does not. How often the caller was rung is told by the calls that
answer to the first one: so an engine that dies, or that is begun anew, leaves nothing to be remembered.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NoReturn, Protocol

import msgspec
import structlog

from ari_app.calls.calling_back import Task, call_back
from ari_app.calls.tolls import Tolls
from ari_app.engine import Script
from ari_app.one_engine import Pace, by_one_engine
from db.alarm import Alarm
from db.lookup import LookUp
from db.records import CallRow, TaskRow
from db.stories import Stories
from db.tasks import TaskList
from db.threads import Threads
from premises import ids
from premises.clock import now
from premises.installation import Installation
from routing.calling_back import next_try, place, told
from routing.facts import Facts, PersonId
from routing.outside import may_call_back
from routing.rulebook import Rulebook
from routing.rules.queues import CallBack
from routing.steps import Promise
from routing.trail import UnreadableTrailError, decode

MOST_TRIES = 9
"""The rules allow no more."""
LIMITED = dt.timedelta(minutes=1)
"""Until it is asked again whether outside numbers may be rung."""

log = structlog.get_logger()


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that nobody has taken upon himself, and what came of it so far."""

    task: TaskRow
    first: CallRow
    """The call in which it was made."""
    number: str
    attempts: tuple[CallRow, ...]
    reached_by: PersonId | None
    legs: int
    """The highest number of a leg that the next call may have had already."""

    @property
    def reached(self) -> bool:
        """Whether the caller has answered."""
        return any(attempt.answered for attempt in self.attempts)

    @property
    def rule(self) -> str | None:
        """The one by which it was made; None: that cannot be read any more."""
        try:
            steps = [entry.step for entry in decode(self.first.trail).entries] if self.first.trail else []
        except UnreadableTrailError:
            return None
        return next((step.rule for step in steps if isinstance(step, Promise)), None)

    @property
    def next_call(self) -> str:
        """The id of the next call to the caller."""
        return ids.call_back_id(self.first.id, len(self.attempts) + 1)


class Callers(Protocol):
    """The side of `ari_app.engine.Engine` that calls back."""

    def call_back(self, row: CallRow, legs: int, script: Script) -> asyncio.Task[None] | None:
        """Have this script bring about a call whose caller is rung by us; None: not now."""

    def withdraw(self, call: str) -> None:
        """Do not call back: the caller is not rung any more."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A call that is being brought about, or goes on."""

    call: str
    task: asyncio.Task[None]


class CallBacks:
    """One installation's promises, as one engine keeps them."""

    def __init__(
        self,
        installation: Installation,
        tasks: TaskList,
        stories: Stories,
        engine: Callers,
        rules: Callable[[], Rulebook],
        lookup: LookUp,
        tolls: Tolls,
        has_delivered: Callable[[], bool],
    ) -> None:
        """``has_delivered``: whether the database has every row so far; waits for it."""
        self._installation = installation
        self._tasks = tasks
        self._stories = stories
        self._engine = engine
        self._rules = rules
        self._lookup = lookup
        self._tolls = tolls
        self._has_delivered = has_delivered
        self._books = Threads(1, "call-backs")
        self._alarm = Alarm("callers not called back", "callers are called back again")
        self._under_way: dict[str, UnderWay] = {}
        """By the promise's id."""
        self._limited_until = now()

    async def keep(self) -> NoReturn:
        """Call back whose turn it is, for ever. Waits while another engine does it."""
        await by_one_engine(self._installation.calling_back, self.look, self._alarm, Pace())

    async def look(self) -> None:
        """Begin what is due, end what is somebody's now; raises what the database raises."""
        ended = [one for one, under_way in self._under_way.items() if under_way.task.done()]
        if ended and not await self._books.run(self._has_delivered):
            return  # what came of them is not to be read yet: each would be called once more
        for one in ended:
            del self._under_way[one]
        found = await self._books.run(self._read)
        for gone in self._under_way.keys() - {promised.task.id for promised in found}:
            self._engine.withdraw(self._under_way[gone].call)
        busy: set[str] = set()
        """Numbers of whom one call is enough."""
        for promised in found:
            if promised.reached:
                await self._kept(promised, found)
                busy.add(promised.number)
            elif promised.number not in busy and await self._begin(promised):
                busy.add(promised.number)

    async def _kept(self, promised: Promised, found: list[Promised]) -> None:
        """Whoever was promised several calls is called once."""
        for one in found:
            if one.number == promised.number and one.task.since <= promised.attempts[-1].arrived:
                await self._books.run(partial(self._tasks.do, one.task.id, promised.reached_by or "", now()))
                log.info("called back", promise=one.task.id)

    async def _begin(self, promised: Promised) -> bool:
        """Whether the caller is being called, or waits for it."""
        if promised.task.id in self._under_way:
            return True
        rulebook = self._rules()
        queue = rulebook.queues.get(promised.task.about)
        terms = queue.call_back if queue and may_call_back(rulebook, promised.number) else None
        attempts = [one.arrived for one in promised.attempts]
        due = next_try(terms, attempts, promised.task.since) if terms else None
        if terms is None or due is None or max(due, self._limited_until) > now():
            return due is not None
        if task := await self._task(promised, rulebook, terms):
            await self._start(promised, task)
        return True

    async def _start(self, promised: Promised, task: Task) -> None:
        if not await self._tolls.allow(task.limits):
            self._limited_until = now() + LIMITED
            return
        row = CallRow(
            id=promised.next_call,
            arrived=promised.task.since,
            number=promised.number,
            name=promised.first.name,
            dialled=promised.first.dialled,
            customer=promised.first.customer,
        )
        begun = self._engine.call_back(row, promised.legs, lambda call, go_on: call_back(call, task, go_on))
        if begun is not None:
            self._under_way[promised.task.id] = UnderWay(row.id, begun)

    async def _task(self, promised: Promised, rulebook: Rulebook, terms: CallBack) -> Task | None:
        """None: not now."""
        staff = self._lookup.staff()
        facts = Facts(
            call=promised.next_call,
            at=now(),
            dialled=promised.first.dialled,
            caller=await self._lookup.caller(promised.number),
            staff=staff,
        )
        step = place(rulebook, facts, promised.task.about, promised.rule)
        if step is None:
            return None
        people = {person.id: person for person in staff}
        return Task(
            step=step,
            told=lambda person: told(rulebook, terms, people.get(person), promised.number),
            line=promised.first.dialled,
            limits=rulebook.outside_limits,
            rules=rulebook.version,
        )

    def _read(self) -> list[Promised]:
        """Who waits longest first; whose number is known no more (it was erased) is not called."""
        open_ones = [one for one in self._tasks.open() if one.task.kind == "call-back" and not one.task.taken_by]
        found = (self._read_one(one.task, one.number) for one in open_ones if one.number)
        return [promised for promised in found if promised]

    def _read_one(self, task: TaskRow, number: str) -> Promised | None:
        calls = [ids.call_back_id(task.call, one) for one in range(1, MOST_TRIES + 2)]
        rows = {row.id: row for row in self._stories.calls_of([task.call, *calls])}
        attempts = tuple(rows[call] for call in calls if call in rows)
        first = rows.get(task.call)
        if first is None or first.ended is None:  # the caller is still hearing that a call will come
            return None
        following = calls[len(attempts)]
        legs = self._stories.legs([*rows, following])
        talks = (leg.person for attempt in attempts for leg in legs.get(attempt.id, ()) if leg.answered)
        return Promised(
            task=task,
            first=first,
            number=number,
            attempts=attempts,
            reached_by=next(talks, None),
            legs=max((ids.number_of(leg.id) for leg in legs.get(following, ())), default=0),
        )
