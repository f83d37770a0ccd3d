"""Who calls, in time: the directory asked by the engine, which must never wait for a database.

A question has a deadline. A database that is slow, stuck or gone makes the answers older, and in the end empty; it
makes no call slower than the deadline, and its stuck threads are few and always the same ones.
"""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import msgspec
import structlog

from db.directory import Directory
from db.errors import first_line
from db.people import Staff
from db.threads import Threads
from routing.facts import Caller, Customer, Person

log = structlog.get_logger()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long is waited, and how much is kept."""

    deadline: float = 0.3
    """Seconds after which a call goes on with what was known before, or with nothing."""
    threads: int = 4
    """Questions asked at once; so many threads at most can be stuck."""
    remembered: int = 20_000
    """Numbers whose last answer is kept, the latest asked."""
    staff_every: float = 1.0
    """Seconds between two looks whether the staff has changed."""


class Answer(msgspec.Struct, frozen=True):
    """What the directory said of a number, and when by the monotonic clock."""

    customer: Customer | None
    at: float


class LookUp:
    """The directory for one event loop. `start` it before the first call."""

    def __init__(self, directory: Directory, limits: Limits = Limits()) -> None:  # noqa: B008 - it is frozen
        self._directory = directory
        self._limits = limits
        self._threads = Threads(limits.threads, "look-up")
        self._staff_thread = Threads(1, "staff")
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()
        self._staff = Staff(0, (), {})
        self.unanswered = 0
        """How many questions the database did not answer in time, or at all."""

    async def caller(self, number: str | None) -> Caller:
        """Who has this number, as `db.numbers.normalise` gives it. Never raises, never takes longer than the deadline.

        ``looked_up`` tells a fresh answer from the last one known, ``age`` how old that one is.
        """
        if number is None:
            return Caller()
        try:
            async with asyncio.timeout(self._limits.deadline):
                customer = await self._threads.run(partial(self._ask, number))
        except TimeoutError:
            return self._from_memory(number, "it did not answer in time")
        except Exception as error:  # whatever is wrong with the database, the caller is served (T4)
            return self._from_memory(number, first_line(error))
        return Caller(number=number, customer=customer, looked_up="now")

    def staff(self) -> tuple[Person, ...]:
        """Everybody, as of the last look; no waiting."""
        return self._staff.people

    async def start(self) -> Staff:
        """Read the staff for the first time. Raises what the database raises."""
        self._staff = await self._staff_thread.run(self._directory.read_staff)
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
            changed(await self.start())

    def _ask(self, number: str) -> Customer | None:
        """In a thread. An answer that comes too late for this call is kept for the next one."""
        customer = self._directory.customer(number)
        with self._lock:
            self._answers[number] = Answer(customer, time.monotonic())
            self._answers.move_to_end(number)
            if len(self._answers) > self._limits.remembered:
                self._answers.popitem(last=False)
        return customer

    def _from_memory(self, number: str, why: str) -> Caller:
        self.unanswered += 1
        with self._lock:
            answer = self._answers.get(number)
        if answer is None:
            log.warning("caller not looked up", why=why)
            return Caller(number=number, looked_up="not")
        age = round(time.monotonic() - answer.at, 1)
        log.warning("caller looked up earlier", why=why, age=age)
        return Caller(number=number, customer=answer.customer, looked_up="earlier", age=age)
