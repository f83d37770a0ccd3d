"""One person's telephone, and what it saw: to be compared with what everybody else says of it."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass

from demo.conversation import Conversation
from demo.endpoints import Endpoints
from demo.errors import Gone, NotInTime, PhoneError, Refused
from demo.incoming import Incoming
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.talk import State
from tests.asterisk.floor.company import Floor, extension, group, tone
from tests.asterisk.floor.ears import Ears, voices

SILENCE = 3.0
"""Seconds after which a person hangs up who hears nothing."""
HANDED_OVER = 10.0
"""Seconds until a telephone must know what came of handing a caller over."""
SERVED = 15.0
"""Seconds for a feature code to be answered, and heard to its end."""
LOOK = 0.1
FOR_EVER = float("inf")


@dataclass(frozen=True, slots=True)
class Told:
    """A feature code that was dialled and heard to its end, in seconds of the loop's clock."""

    code: str
    began: float
    ended: float


@dataclass(slots=True)
class Span:
    """A piece of time, in seconds of the loop's clock."""

    since: float
    until: float = FOR_EVER


class Seat:
    """A telephone that may be replaced by another one, and its person's ear, mouth and memory."""

    def __init__(self, person: str, endpoints: Endpoints, floor: Floor, chance: random.Random) -> None:
        self.person = person
        self.chance = chance
        self.tone = tone(person)
        self.calm = True
        """Whether the person does nothing but take calls and talk: before the day begins, and when it is over."""
        self.told: list[Told] = []
        self.out: list[Span] = []
        """When the telephone could not be rung; the switchboard may not have known it."""
        self.cut: set[str] = set()
        """Calls, by their ids, out of which the cable was pulled."""
        self.handed: list[int | None] = []
        """The code that came of each handing over; None: none in time."""
        self.troubles: list[str] = []
        self._endpoints, self._floor = endpoints, floor
        self._phones: list[Phone] = []

    @property
    def colleague(self) -> str:
        """The extension of somebody else, whoever it may be."""
        return extension(self.chance.choice([other for other in self._floor.people if other != self.person]))

    @property
    def some_group(self) -> str:
        """The short number of a queue's people."""
        return group(self.chance.choice(self._floor.served))

    @property
    def phone(self) -> Phone:
        """The one that is there now, or was last."""
        return self._phones[-1]

    @property
    def rung(self) -> list[Incoming]:
        """Every call that came, in that order."""
        return [call for phone in self._phones for call in phone.calls if isinstance(call, Incoming)]

    @property
    def dialled(self) -> list[Outgoing]:
        """Every call of the person's own."""
        return [call for phone in self._phones for call in phone.calls if isinstance(call, Outgoing)]

    @property
    def is_out(self) -> bool:
        """Whether the telephone cannot be rung."""
        return bool(self.out) and self.out[-1].until == FOR_EVER

    @property
    def is_idle(self) -> bool:
        """Whether the telephone is there and in no call."""
        return not self.is_out and all(call.state is State.ENDED for call in self.phone.calls)

    def new_phone(self) -> Phone:
        """One more telephone, which is the person's from now on."""
        secret = self._endpoints.secrets[self.person]
        self._phones.append(Phone(self.person, secret, server=self._endpoints.server, audio=Ears))
        return self.phone

    async def plug_in(self) -> None:
        """Register, and so be there again; a switchboard that does not let the telephone in is asked again."""
        phone = self.phone
        while phone.is_open and not phone.is_registered:
            with suppress(Refused):
                await phone.register()
            await asyncio.sleep(LOOK)
        if phone.is_registered and self.is_out:
            self.out[-1].until = now()

    async def unplug(self) -> None:
        """Leave the register, as a telephone does that is switched off."""
        self._is_out()
        await self.phone.unregister()

    async def pull_cable(self) -> None:
        """Be gone without a word, be it out of a talk. The telephone is of no more use."""
        self.cut |= {call.call_id for call in self.phone.calls if call.state is not State.ENDED}
        self._is_out()
        await self.phone.vanish()

    async def tell(self, code: str) -> None:
        """Dial a feature code, and hear the answer to its end."""
        began, phone = now(), self.phone
        own = await phone.dial(code)
        try:
            await own.answered(SERVED)
            await own.ended(SERVED)
            self.told.append(Told(code, began, now()))
        except PhoneError as why:
            if phone.is_open:
                self.troubles.append(f"{self.person} dialled {code}: {why}")
        finally:
            await own.hang_up()

    async def listen(self, call: Incoming, seconds: tuple[float, float]) -> None:
        """Stay in a talk for so long; hang up when there is nothing but silence. Raises `Gone` at its end."""
        until = now() + self.chance.uniform(*seconds)
        while now() < until:
            await asyncio.sleep(LOOK)
            if now() - max(call.answered_at, voices(call.audio).loud_at) > SILENCE:
                await call.hang_up()
            if call.state is State.ENDED:
                raise Gone("the talk is over")

    async def hand_over(self, call: Incoming, to: str | Conversation) -> bool:
        """Whether the caller is with somebody else now. Raises `Gone` if the caller has left."""
        try:
            code = await call.hand_over(to, HANDED_OVER)
        except NotInTime:
            self.handed.append(None)
            return False
        self.handed.append(code)
        return code < 300

    def _is_out(self) -> None:
        if not self.is_out:
            self.out.append(Span(now()))


def now() -> float:
    """By the loop's clock, in seconds."""
    return asyncio.get_running_loop().time()
