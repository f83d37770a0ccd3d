"""A person at a phone, who behaves as a scenario says, and hums so that callers hear who it is."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from typing import Any, Self

from demo.arrival import Place
from demo.audio import Audio
from demo.endpoints import Endpoints
from demo.errors import PhoneError
from demo.incoming import Incoming
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.scenario import Answers, Declines, Habit, HandsOver, OnThePhone, RingsOut, RungByAnother, Unplugged
from demo.tones import tone_of

REACTION = 0.3
"""Seconds that a phone rings before it is answered or declined."""
ECHO = "*43"
"""What a phone dials to be in a call of its own: the switchboard's echo test."""
FOREVER = 1e9


class Desk:
    """One person and the person's phone; used with ``async with``. At first the phone is registered and answers."""

    def __init__(self, person: str, secret: str, server: Place, *, audio: Callable[[str], Audio] = Audio) -> None:
        self.person = person
        self.calls: list[Incoming] = []
        """Every call that came since the habit was last set."""
        self._habit: Habit = Answers()
        self._phone = Phone(person, secret, server=server, audio=audio)
        self._own: Outgoing | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._phone.__aenter__()
        await self._phone.register()
        self._spawn(self._work())
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._phone.__aexit__(None, None, None)

    async def adopt(self, habit: Habit) -> None:
        """Behave so from now on; the phone is registered, or not, when this returns."""
        self._habit, self.calls = habit, []
        if self._own:
            await self._own.hang_up()
            self._own = None
        if isinstance(habit, Unplugged):
            await self._phone.unregister()
        elif not self._phone.is_registered:
            await self._phone.register()
        if isinstance(habit, OnThePhone):
            await self._call_oneself(habit.seconds)

    async def dial(self, number: str) -> Outgoing:
        """Place a call of the person's own, be it beside another one."""
        return await self._phone.dial(number)

    async def _call_oneself(self, seconds: float) -> None:
        self._own = own = await self._phone.dial(ECHO)
        await own.answered()
        self._spawn(_end_after(own, seconds))

    async def _work(self) -> None:
        while True:
            call = await self._phone.incoming(FOREVER)
            self.calls.append(call)
            self._spawn(self._take(call))

    async def _take(self, call: Incoming) -> None:
        with suppress(PhoneError):  # the caller may leave at any moment
            await call.ring()
            if isinstance(self._habit, RingsOut | RungByAnother):
                return
            await asyncio.sleep(REACTION)
            if isinstance(self._habit, Declines):
                await call.decline(self._habit.code)
                return
            await call.answer()
            call.play_tone(tone_of(self.person))
            if isinstance(self._habit, Answers) and self._habit.talks is not None:
                await _end_after(call, self._habit.talks)
            if isinstance(self._habit, HandsOver) and call is self.calls[0]:
                await asyncio.sleep(self._habit.after)
                await call.hand_over(self._habit.to)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Staff:
    """Everybody's desks; used with ``async with``."""

    def __init__(self, endpoints: Endpoints, *, audio: Callable[[str], Audio] = Audio) -> None:
        self._desks = {
            person: Desk(person, secret, endpoints.server, audio=audio) for person, secret in endpoints.secrets.items()
        }
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            for desk in self._desks.values():
                await opening.enter_async_context(desk)
            self._open = opening.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._open.aclose()

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody."""
        return tuple(self._desks)

    def desks(self, people: Iterable[str]) -> list[Desk]:
        """These people's desks."""
        return [self._desks[person] for person in sorted(people)]

    async def adopt(self, habits: Mapping[str, Habit]) -> None:
        """Let these people behave so."""
        await asyncio.gather(*(self._desks[person].adopt(habit) for person, habit in habits.items()))


async def _end_after(call: Incoming | Outgoing, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await call.hang_up()
