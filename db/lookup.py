"""Who calls, in time: the directory asked by the engine, which must never wait for a database.

A question has a deadline. A database that is slow, stuck or gone makes the answers older (the last one given for this
number, or the snapshot on disk), and in the end empty; it makes no call slower than the deadline, and its stuck threads
are few and always the same ones.
"""

import asyncio
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import msgspec
import structlog

from db.breaker import Breaker
from db.directory import Directory
from db.errors import SchemaTooNewError, SnapshotError, first_line
from db.people import Staff
from db.snapshot import Snapshot
from db.threads import Threads
from routing.facts import Caller, Customer, Person

log = structlog.get_logger()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long is waited, and how much is kept."""

    deadline: float = 0.3
    """Seconds after which a call goes on with what was known before, or with nothing."""
    failures: int = 3
    """So many questions unanswered in a row, and calls no longer wait for the database."""
    try_every: float = 1.0
    """Seconds between two calls of which one tries it all the same."""
    snapshot_deadline: float = 0.1
    """Seconds after which a call goes on without the snapshot, too: its disk may be stuck."""
    start_deadline: float = 10.0
    """Seconds after which an engine starts with the snapshot's staff."""
    threads: int = 4
    """Questions asked at once; so many threads at most can be stuck."""
    remembered: int = 2_000
    """Numbers whose last answer is kept, the latest asked. The snapshot has everybody, as of half an hour ago at most:
    only what is younger is of use."""
    staff_every: float = 1.0
    """Seconds between two looks whether the staff has changed."""


class Answer(msgspec.Struct, frozen=True):
    """What the directory said of a number, and when by the monotonic clock."""

    customer: Customer | None
    at: float


class LookUp:
    """The directory for one event loop. `start` it before the first call."""

    def __init__(
        self,
        directory: Directory,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
        *,
        snapshot: Snapshot | None = None,
    ) -> None:
        self._directory = directory
        self._limits = limits
        self._snapshot = snapshot
        self._breaker = Breaker(limits.failures, limits.try_every)
        self._threads = Threads(limits.threads, "look-up")
        self._snapshot_thread = Threads(1, "snapshot look-up")
        self._staff_thread = Threads(1, "staff")
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()
        self._staff = Staff(0, (), {})
        self.unanswered = 0
        """How many questions the database did not answer in time, or at all."""

    async def caller(self, number: str | None) -> Caller:
        """Who has this number, as `db.numbers.normalise` gives it. Never raises, never takes longer than the deadlines.

        ``looked_up`` tells a fresh answer from the last one known (the younger one of memory and snapshot), ``age`` how
        old that one is.
        """
        if number is None:
            return Caller()
        if not self._breaker.lets_through():
            return await self._earlier(number, "it has not answered lately")
        try:
            async with asyncio.timeout(self._limits.deadline):
                customer = await self._threads.run(partial(self._ask, number))
        except TimeoutError:
            return await self._unanswered(number, "it did not answer in time")
        except Exception as error:  # whatever is wrong with the database, the caller is served (T4)
            return await self._unanswered(number, first_line(error))
        self._breaker.worked()
        return Caller(number=number, customer=customer, looked_up="now")

    def staff(self) -> tuple[Person, ...]:
        """Everybody, as of the last look; no waiting."""
        return self._staff.people

    async def start(self) -> Staff:
        """Read the staff for the first time: from the snapshot where there is one and the database does not answer.

        Else raises what the database raises, and SchemaTooNewError in any case.
        """
        snapshot = self._snapshot if self._snapshot and self._snapshot.has_staff() else None
        try:
            async with asyncio.timeout(self._limits.start_deadline if snapshot else None):
                return await self._read_staff()
        except SchemaTooNewError:
            raise
        except Exception as error:  # whatever is wrong with the database, calls are served (T4)
            if snapshot is None:
                raise
            why = first_line(error)
        log.error("database away, started with the snapshot of the directory", why=why)
        self._staff = await self._snapshot_thread.run(snapshot.read_staff)
        return self._staff

    async def watch(self, changed: Callable[[Staff], None] = lambda staff: None) -> None:
        """Keep the staff fresh, for ever; ``changed`` is told each new one. A failing database leaves the last one."""
        while True:
            await asyncio.sleep(self._limits.staff_every)
            try:
                await self._look_at_staff(changed)
            except Exception as error:  # the staff known so far is better than no calls
                log.warning("staff not read", why=first_line(error))

    async def _look_at_staff(self, changed: Callable[[Staff], None]) -> None:
        if await self._staff_thread.run(self._directory.staff_version) != self._staff.version:
            changed(await self._read_staff())

    async def _read_staff(self) -> Staff:
        self._staff = await self._staff_thread.run(self._directory.read_staff)
        if self._snapshot is not None:
            try:
                await self._staff_thread.run(partial(self._snapshot.save_staff, self._staff))
            except OSError as error:
                log.error("directory's snapshot not written", why=str(error))  # noqa: TRY400 - the reason is all
        return self._staff

    def _ask(self, number: str) -> Customer | None:
        """In a thread. An answer that comes too late for this call is kept for the next one."""
        customer = self._directory.customer(number)
        with self._lock:
            self._answers[number] = Answer(customer, time.monotonic())
            self._answers.move_to_end(number)
            if len(self._answers) > self._limits.remembered:
                self._answers.popitem(last=False)
        return customer

    async def _unanswered(self, number: str, why: str) -> Caller:
        self._breaker.failed()
        return await self._earlier(number, why)

    async def _earlier(self, number: str, why: str) -> Caller:
        self.unanswered += 1
        caller = await self._known(number)
        if caller is None:
            log.warning("caller not looked up", why=why)
            return Caller(number=number, looked_up="not")
        log.warning("caller looked up earlier", why=why, age=caller.age)
        return caller

    async def _known(self, number: str) -> Caller | None:
        """What is known without the database."""
        with self._lock:
            answer = self._answers.get(number)
        age = time.monotonic() - answer.at if answer else math.inf
        snapshot_age = self._snapshot.age() if self._snapshot else None
        if self._snapshot and snapshot_age is not None and snapshot_age < age:
            try:
                async with asyncio.timeout(self._limits.snapshot_deadline):
                    customer = await self._snapshot_thread.run(partial(self._snapshot.customer, number))
            except (SnapshotError, TimeoutError) as error:
                log.warning("snapshot does not answer", why=first_line(error))
            else:
                return _earlier(number, customer, snapshot_age)
        return _earlier(number, answer.customer, age) if answer else None


def _earlier(number: str, customer: Customer | None, age: float) -> Caller:
    return Caller(number=number, customer=customer, looked_up="earlier", age=round(age, 1))
