"""Callers who call again and again, and behave as people do: each one's doings come from a seed."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from demo.endpoints import Endpoints
from demo.errors import Gone, PhoneError, Refused
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.talk import State
from demo.tones import BEEP, GRID
from tests.asterisk.floor.company import LINES, Floor, Queue
from tests.asterisk.floor.ears import Ears, Voices, voices
from tests.asterisk.floor.seat import FOR_EVER, SILENCE, now

Wish = Literal["talks", "gives up", "leaves in the menu", "vanishes"]
WISHES: dict[Wish, float] = {"talks": 78, "gives up": 14, "leaves in the menu": 5, "vanishes": 3}
Fate = Literal["talked", "message", "gave up", "left", "vanished", "refused", "lost"]
"""As its caller sees it; ``lost``: the switchboard hung up, and neither had anybody been heard nor a message left."""
KEYED = 0.0, 1.5
"""Seconds from the answer to the key."""
GIVES_UP = 0.3, 20.0
TALKS = 2.0, 14.0
SPEAKS = 1.5
"""Seconds after the beep."""
WAITS_AGAIN = 10.0, 40.0
"""Seconds with music for which a caller waits who was handed over."""
AGAIN = 0.5, 3.0
"""Seconds until the next call."""
LONGEST = 400.0
"""Seconds after which a call is stuck: whoever is handed over again and again has left before."""
LOOK = 0.1


@dataclass(slots=True, kw_only=True)
class Placed:
    """One call as its caller saw it."""

    name: str
    number: str
    queue: Queue
    wish: Wish
    hum: int
    call: Outgoing | None = None
    fate: Fate = "lost"
    trouble: str | None = None

    @property
    def ears(self) -> Voices:
        """What was heard in it; raises AssertionError for a call that was not placed."""
        assert self.call is not None
        return voices(self.call.audio)


@dataclass(slots=True)
class Caller:
    """Somebody outside who calls again and again."""

    number: int
    endpoints: Endpoints
    floor: Floor
    chance: random.Random
    calls: list[Placed] = field(default_factory=list)

    async def call_until(self, end: float) -> None:
        """Place calls until then, by the loop's clock; returns when the last one is over."""
        await asyncio.sleep(self.chance.uniform(*AGAIN) * self.number / 10)
        while now() < end:
            self.calls.append(placed := self._new_call())
            await self._place(placed)
            await asyncio.sleep(self.chance.uniform(*AGAIN))

    def _new_call(self) -> Placed:
        return Placed(
            name=f"caller {self.number} {len(self.calls) + 1}",
            number=f"+7916000{self.number:04}",
            queue=self.chance.choice(self.floor.served),
            wish=self.chance.choices(list(WISHES), list(WISHES.values()))[0],
            hum=GRID[self.number % len(GRID)],
        )

    async def _place(self, placed: Placed) -> None:
        server, place = self.endpoints.server, (self.endpoints.trunk, 0)
        async with Phone(placed.number, server=server, at=place, name=placed.name, audio=Ears) as phone:
            try:
                placed.call = call = await phone.dial(self.chance.choice(LINES))
                async with asyncio.timeout(LONGEST):
                    await call.answered()
                    await self._perform(placed, call, phone)
            except Gone:
                pass  # the switchboard has hung up
            except Refused:
                placed.fate = "refused"
            except (PhoneError, TimeoutError) as why:
                placed.trouble = str(why) or "stuck"

    async def _perform(self, placed: Placed, call: Outgoing, phone: Phone) -> None:
        await asyncio.sleep(self.chance.uniform(*KEYED))
        if placed.wish == "leaves in the menu":
            placed.fate = "left"
            await call.hang_up()
            return
        await call.press(str(self.floor.served.index(placed.queue) + 1))
        leaves = now() + self.chance.uniform(*GIVES_UP) if placed.wish in ("gives up", "vanishes") else FOR_EVER
        if await self._waits(placed, call, leaves):
            await self._speaks(placed, call)
        else:
            placed.fate = "vanished" if placed.wish == "vanishes" else "gave up"
        await (phone.vanish() if placed.wish == "vanishes" else call.hang_up())

    async def _waits(self, placed: Placed, call: Outgoing, leaves: float) -> bool:
        """Whether there is somebody, or a message box, before the caller leaves."""
        while placed.ears.speaking(now()) is None:
            if now() > leaves:
                return False
            await self._passes(call)
        return True

    async def _speaks(self, placed: Placed, call: Outgoing) -> None:
        """To a person, or to a message box."""
        call.play_tone(placed.hum)
        if placed.ears.speaking(now()) != BEEP:
            placed.fate = "talked"
            await self._talks(placed, call)
            return
        placed.fate = "message"
        await asyncio.sleep(SPEAKS)
        if self.chance.random() < 0.5:
            await call.press("#")
            await call.ended()

    async def _talks(self, placed: Placed, call: Outgoing) -> None:
        """With one person or several, until the caller has enough of it."""
        ears, with_, leaves = placed.ears, None, FOR_EVER
        while now() < leaves:
            heard = ears.speaking(now())
            if heard != with_:
                with_, leaves = heard, now() + self.chance.uniform(*(TALKS if heard else WAITS_AGAIN))
            if now() - ears.loud_at > 2 * SILENCE:
                break
            await self._passes(call)

    async def _passes(self, call: Outgoing) -> None:
        """Some time. Raises `Gone` when the switchboard hangs up."""
        await asyncio.sleep(LOOK)
        if call.state is State.ENDED:
            raise Gone("the switchboard hung up")


def all_callers(endpoints: Endpoints, floor: Floor, seed: int) -> Iterator[Caller]:
    """Everybody outside."""
    for number in range(1, floor.callers + 1):
        yield Caller(number, endpoints, floor, random.Random(f"{seed} caller {number}"))
