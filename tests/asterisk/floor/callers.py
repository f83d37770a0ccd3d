"""Callers who call again and again, are called back, and behave as people do: each one's doings come from a seed."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from demo.conversation import Conversation
from demo.endpoints import Endpoints
from demo.errors import Gone, PhoneError, Refused
from demo.incoming import Incoming
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.talk import State
from demo.tones import BEEP, GRID
from tests.asterisk.floor.company import CALL_BACK, LINES, REFUSES, REMARK, Floor, Queue
from tests.asterisk.floor.ears import Ears, Voices, voices
from tests.asterisk.floor.outside import is_called_back
from tests.asterisk.floor.seat import FOR_EVER, SILENCE, now
from tests.form import lasting

Wish = Literal["talks", "is called back", "leaves a remark", "gives up", "leaves in the menu", "vanishes"]
WISHES: dict[Wish, float] = {
    "talks": 54,
    "is called back": lasting(40, 16),
    "leaves a remark": lasting(10, 4),
    "gives up": 14,
    "leaves in the menu": 5,
    "vanishes": 3,
}
"""About how often. A short day has few calls: more callers want a call-back or a message, that there may be some."""
Fate = Literal["talked", "message", "promised", "gave up", "left", "vanished", "refused", "lost"]
"""As its caller sees it; ``promised``: the switchboard hung up once a call-back was asked for; ``lost``: it hung up,
and neither had anybody been heard nor a message left."""
KEYED = 0.0, 1.5
"""Seconds from the answer to the key."""
GIVES_UP = 0.3, 20.0
ASKS = 0.3, 2.0
"""Seconds in line until the key for a call-back."""
AGREES = 0.5, 2.0
"""Seconds from that key to the next one, or until the caller hangs up."""
HOPES = 2.0, 12.0
"""Seconds for which a caller who was promised a call does not call again."""
TALKS = lasting(2.0, 4.0), lasting(14.0, 24.0)
"""Seconds; so long in a long day that its calls are as many as two processors can serve."""
SPEAKS = 1.5
"""Seconds after the beep."""
WAITS_AGAIN = 10.0, 40.0
"""Seconds with music for which a caller waits who was handed over."""
AGAIN = 0.5, 3.0
"""Seconds until the next call."""
LONGEST = 600.0
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
    asked: bool = False
    """Whether the caller has asked to be called back, and not refused it."""
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
    rung: list[Incoming] = field(default_factory=list)
    """Each time that the own telephone rang."""
    calm: bool = False
    """Whether the caller takes each call: when the day is over."""
    is_on_the_phone: bool = False

    @property
    def line(self) -> str:
        """The own number."""
        return f"+7916000{self.number:04}"

    @property
    def hum(self) -> int:
        """In Hz."""
        return GRID[self.number % len(GRID)]

    async def call_until(self, end: float) -> None:
        """Place calls until then, by the loop's clock; returns when the last one is over."""
        await asyncio.sleep(self.chance.uniform(*AGAIN) * self.number / 10)
        while now() < end:
            self.calls.append(placed := self._new_call())
            self.is_on_the_phone = True
            await self._place(placed)
            self.is_on_the_phone = False
            pause = self.chance.uniform(*(HOPES if placed.fate == "promised" else AGAIN))
            await asyncio.sleep(min(pause, max(0.0, end - now())))

    async def is_called(self, call: Incoming) -> None:
        """The own telephone rings."""
        self.rung.append(call)
        await is_called_back(self, call)

    def _new_call(self) -> Placed:
        wish = self.chance.choices(list(WISHES), list(WISHES.values()))[0]
        queues = [queue for queue in self.floor.served if queue.owner or wish != "is called back"]
        return Placed(
            name=f"caller {self.number} {len(self.calls) + 1}",
            number=self.line,
            queue=self.chance.choice(queues),
            wish=wish,
            hum=self.hum,
        )

    async def _place(self, placed: Placed) -> None:
        server, place = self.endpoints.server, (self.endpoints.trunk, 0)
        async with Phone(placed.number, server=server, at=place, name=placed.name, audio=Ears) as phone:
            try:
                placed.call = call = await phone.dial(self.chance.choice(LINES))
                async with asyncio.timeout(LONGEST):
                    await call.answered()
                    await self._perform(placed, call, phone)
            except Gone:  # the switchboard has hung up
                if placed.asked and placed.fate == "lost":
                    placed.fate = "promised"
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
        remarks = placed.wish == "leaves a remark"
        await call.press(REMARK if remarks else str(self.floor.served.index(placed.queue) + 1))
        if await self._waits(placed, call, await self._leaves(placed, call)):
            await self._speaks(placed, call)
        else:
            placed.fate = "vanished" if placed.wish == "vanishes" else "gave up"
        await (phone.vanish() if placed.wish == "vanishes" else call.hang_up())

    async def _leaves(self, placed: Placed, call: Outgoing) -> float:
        """When the caller loses patience, who may ask before to be called back."""
        if placed.wish in ("gives up", "vanishes"):
            return now() + self.chance.uniform(*GIVES_UP)
        if placed.wish != "is called back" or await self._waits(placed, call, now() + self.chance.uniform(*ASKS)):
            return FOR_EVER
        return await self._asks(placed, call)

    async def _asks(self, placed: Placed, call: Outgoing) -> float:
        """Ask for a call-back; who does not refuse it agrees, hangs up without another word, or hears it to its end."""
        await call.press(CALL_BACK)
        does = self.chance.choices(("agrees", "listens", "hangs up", "refuses"), (45, 20, 15, 20))[0]
        placed.asked, moment = does != "refuses", now() + self.chance.uniform(*AGREES)
        if does == "hangs up":
            return moment
        if does != "listens" and not await self._waits(placed, call, moment):
            await call.press(REFUSES if does == "refuses" else CALL_BACK)
        return FOR_EVER

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
            await self.talks(call)
            return
        placed.fate = "message"
        await asyncio.sleep(SPEAKS)
        if self.chance.random() < 0.5:
            await call.press("#")
            await call.ended()

    async def talks(self, call: Conversation) -> None:
        """With one person or several, until the caller has enough of it."""
        ears, with_, leaves = voices(call.audio), None, FOR_EVER
        while now() < leaves:
            heard = ears.speaking(now())
            if heard != with_:
                with_, leaves = heard, now() + self.chance.uniform(*(TALKS if heard else WAITS_AGAIN))
            if now() - max(call.answered_at, ears.loud_at) > 2 * SILENCE:
                break
            await self._passes(call)

    async def _passes(self, call: Conversation) -> None:
        """Some time. Raises `Gone` when the switchboard hangs up."""
        await asyncio.sleep(LOOK)
        if call.state is State.ENDED:
            raise Gone("the switchboard hung up")


def all_callers(endpoints: Endpoints, floor: Floor, seed: int) -> Iterator[Caller]:
    """Everybody outside."""
    for number in range(1, floor.callers + 1):
        yield Caller(number, endpoints, floor, random.Random(f"{seed} caller {number}"))
