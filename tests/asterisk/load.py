"""Many calls at a time, of kinds that keep out of each other's way: what each caller does, hears and is owed.

Nobody sets a stage here as `demo.stage` does: the same staff serves all of them, so a kind has people of its own, or a
waiting line for everybody, and says how many of its calls may be under way together.
"""

import asyncio
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from db.records import CallEnd
from demo import tones
from demo.desk import Staff
from demo.endpoints import Endpoints
from demo.errors import NotInTime, PhoneError
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.play import WITHHELD
from demo.rules import NIGHT
from demo.scenarios.cast import COMPLAINTS, FINANCE, KEY, KEY_OF_DARIA, MAIN, MARKET, OPERATORS, OUTLET, stranger

FULL_LINE = "+74950000008"
"""A line of these tests only: everybody there waits for finance, who let their phones ring."""
LINES = f'lines:\n  "{FULL_LINE}": {{intent: information, route: full}}'
ROUTES = f"""routes:
  - {{rule: D3, name: full, when: {{dialled: "{FULL_LINE}"}}, wait for: finance, at most: 60s}}"""
APART_SECONDS = 0.1
"""Between the first callers: this one process plays all their phones, and would hear the answers late."""
CONNECTED = 30.0
"""Seconds within which a caller hears somebody, or the beep."""
HUMS = 1.0
"""Seconds for which a caller talks."""
WITHHELD_LINE = "+7495001%04d"
"""A caller without number and name is found in the register by what it dialled, which is one of no known lines."""


def with_full_line(rules: str) -> str:
    """The rules with that line."""
    return rules.replace("lines:\n", LINES + "\n", 1).replace("\nroutes:\n", f"\n{ROUTES}\n", 1)


@dataclass(frozen=True, slots=True)
class Kind:
    """Calls that are alike."""

    name: str
    caller: str | None
    """Its number; None: withheld."""
    calls: int
    """How many of them."""
    pool: str
    """Which of `POOLS` they are for."""
    end: CallEnd
    """What the register must say."""
    keys: str = ""
    talk: tuple[str, ...] = ()
    """Who may answer; empty: nobody."""
    speaks: bool = False
    """After the beep; the switchboard hangs up then."""
    leaves: float = 0.0
    """Seconds after which it gives up."""
    rings: str | None = None
    """Whose phone must be rung before that."""
    dialled: str = MAIN


POOLS = {"operators": 8, "key account": 2, "mark": 1, "galina": 1, "maria": 1, "box": 4, "menu": 2, "line": 3}
"""How many calls may be under way together for the same people, so that these suffice; operators are waited for."""
KINDS = (
    Kind("operators", MARKET, 66, "operators", "talk", "1", OPERATORS),
    Kind("manager's chain", KEY, 12, "key account", "talk", "1", ("boris", "viktor")),
    Kind("on leave", KEY_OF_DARIA, 5, "key account", "talk", "1", ("boris", "viktor")),
    Kind("complaint", OUTLET, 8, "mark", "talk", "", ("mark",), dialled=COMPLAINTS),
    Kind("stranger's complaint", stranger(8001), 4, "galina", "talk", "", ("galina",), dialled=COMPLAINTS),
    Kind("withheld", None, 7, "galina", "talk", "12", ("galina",)),
    Kind("message", MARKET, 16, "box", "message", "3", speaks=True, dialled=NIGHT),
    Kind("leaves in the menu", stranger(8002), 36, "menu", "caller left", leaves=1.5),
    Kind("leaves while ringing", MARKET, 11, "maria", "caller left", "3", leaves=0.5, rings="maria"),
    Kind("leaves the line", stranger(8003), 35, "line", "caller left", leaves=3.0, dialled=FULL_LINE),
)
ABSENT_MINDED = ("anna", "maria", *FINANCE)
"""Whose phones ring out in all of it."""


@dataclass(slots=True, kw_only=True)
class Placed:
    """One call as its caller saw it."""

    kind: Kind
    number: int
    answered: float = 0.0
    """When, in seconds of the loop's clock."""
    ended: float = 0.0
    """When it was hung up."""
    heard: str | None = None
    """Who was heard."""
    troubles: list[str] = field(default_factory=list)

    @property
    def lasted(self) -> float:
        """Seconds from the answer to the hang-up."""
        return self.ended - self.answered

    @property
    def name(self) -> str:
        """As its phone shows it."""
        return f"{self.kind.name} {self.number}"

    @property
    def dialled(self) -> str:
        """The number that it called."""
        return self.kind.dialled if self.kind.caller else WITHHELD_LINE % self.number

    @property
    def key(self) -> str:
        """By which it is found in the register."""
        return self.name if self.kind.caller else self.dialled

    @property
    def hum(self) -> int:
        """The caller's tone in Hz."""
        return tones.tone_of(self.kind.caller or "withheld")


async def place_all(endpoints: Endpoints, staff: Staff, at_once: int) -> list[Placed]:
    """Place all of them, so many at a time, and tell how each went."""
    lines = asyncio.Semaphore(at_once)
    pools = {pool: asyncio.Semaphore(limit) for pool, limit in POOLS.items()}

    async def one(call: Placed) -> Placed:
        await asyncio.sleep(call.number * APART_SECONDS)
        async with pools[call.kind.pool], lines:
            await _place(call, endpoints, staff)
        return call

    return await asyncio.gather(*(one(call) for call in _mixed(KINDS)))


def _mixed(kinds: Iterable[Kind]) -> list[Placed]:
    """All calls, the kinds evenly spread."""
    numbers = itertools.count(1)
    turns = [((turn + 0.5) / kind.calls, kind) for kind in kinds for turn in range(kind.calls)]
    return [Placed(kind=kind, number=next(numbers)) for _, kind in sorted(turns, key=lambda turn: turn[0])]


async def _place(placed: Placed, endpoints: Endpoints, staff: Staff) -> None:
    number = placed.kind.caller
    async with Phone(
        number or "anonymous", server=endpoints.server, at=(endpoints.trunk, 0), name=placed.name
    ) as phone:
        try:
            call = await phone.dial(placed.dialled, sender=None if number else WITHHELD)
            await call.answered()
            await _perform(placed, call, staff)
            await call.hang_up()
            placed.answered, placed.ended = call.answered_at, call.ended_at
        except (PhoneError, TimeoutError) as error:
            placed.troubles.append(str(error) or "not in time")


async def _perform(placed: Placed, call: Outgoing, staff: Staff) -> None:
    kind = placed.kind
    if kind.keys:
        await call.press(kind.keys)
    if kind.rings:
        await _until_rings(kind.rings, placed, staff)
    if kind.talk:
        await _talk(placed, call, staff)
    if kind.speaks:
        await _leave_message(placed, call)
    await asyncio.sleep(kind.leaves)


async def _talk(placed: Placed, call: Outgoing, staff: Staff) -> None:
    placed.heard = await call.who(staff.people, CONNECTED)
    if placed.heard is None:
        raise NotInTime("nobody was heard")
    call.play_tone(placed.hum)
    await asyncio.sleep(HUMS)


async def _leave_message(placed: Placed, call: Outgoing) -> None:
    if not await call.hears(tones.BEEP, CONNECTED):
        raise NotInTime("the beep was not heard")
    call.play_tone(placed.hum)
    await asyncio.sleep(HUMS)
    await call.press("#")
    await call.ended(CONNECTED)


async def _until_rings(person: str, placed: Placed, staff: Staff) -> None:
    (desk,) = staff.desks([person])
    async with asyncio.timeout(CONNECTED):
        while not any(call.caller.name == placed.name for call in desk.calls):  # noqa: ASYNC110 - phones do not tell
            await asyncio.sleep(0.02)
