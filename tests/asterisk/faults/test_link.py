"""The link between the engine and Asterisk is cut, frozen, or loses, doubles, reorders events: the truth comes out."""

import asyncio
import contextlib
import dataclasses
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
import pytest

from ari_app.pbx.planning import kept_ports
from db.database import connect
from db.stories import CallStory
from demo.outgoing import Outgoing
from demo.rules import NIGHT
from demo.scenario import Declines, Habit, OnThePhone, RingsOut
from demo.scenarios.cast import COMPLAINTS, KEY, MAIN, MARKET, OPERATORS, OUTLET, PERSIAN, REGIONAL
from demo.tones import BEEP, tone_of
from dialplan import private
from premises.installation import Installation
from tests.asterisk.faults.proxy import Proxy, proxy
from tests.asterisk.faults.scene import BACK_SECONDS, Scene, scene, until
from tests.asterisk.faults.unbroken import whole
from tests.asterisk.witness import disagreements

pytestmark = pytest.mark.timeout(180)
FROZEN_SECONDS = 5.0
NOTICED_SECONDS = 5.0
"""In which a silent link must be noticed; it takes 3, and on a busy machine more."""
PATIENCE = 7.0
"""After which a caller who notices nothing presses the key again, as people do."""


@pytest.fixture(scope="module")
def between(installation: Installation) -> Iterator[Proxy]:
    """A proxy through which the engine reaches Asterisk: another engine is started, which finds its port noted."""
    ports = kept_ports(installation)
    with proxy(ports.http) as it:
        _use(installation, it.port)
        yield it
        _use(installation, ports.http)


def _use(installation: Installation, http: int) -> None:
    """Have the engine replaced by one that reaches Asterisk's HTTP server at this port."""
    noted = msgspec.structs.replace(kept_ports(installation), http=http)
    private.write(installation.ports_file, msgspec.json.encode(noted))
    os.kill(installation.endpoints().engine, signal.SIGTERM)
    deadline = time.monotonic() + BACK_SECONDS
    while _port(installation) != http:
        assert time.monotonic() < deadline, "no engine at the other port"
        time.sleep(0.05)


def _port(installation: Installation) -> int | None:
    with contextlib.suppress(FileNotFoundError):
        return installation.endpoints().ports["http"]
    return None


def is_ready(one: Scene) -> bool:
    """What the engine says of itself."""
    try:
        with urllib.request.urlopen(one.endpoints.api["ready"], timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False


async def until_ready(one: Scene, *, ready: bool = True, within: float = BACK_SECONDS) -> None:
    """Wait until the engine says so; asked in a thread, since the phones' sound is made in this one."""
    async with asyncio.timeout(within):
        while await asyncio.to_thread(is_ready, one) != ready:  # noqa: ASYNC110 - it is another process that gets ready
            await asyncio.sleep(0.1)


async def cut(one: Scene, between: Proxy) -> None:
    """Cut the link, and wait until there is another."""
    between.cut()
    await linked_anew(one)


async def linked_anew(one: Scene) -> None:
    """Wait until there is another link: who calls while it is made, the stand-in may serve."""
    await asyncio.sleep(0.5)
    await until_ready(one)


async def freeze(one: Scene, between: Proxy) -> None:
    """Freeze the link; the engine must notice, and have another once it can."""
    with between.frozen():
        began = time.monotonic()
        await until_ready(one, ready=False, within=NOTICED_SECONDS)
        await asyncio.sleep(FROZEN_SECONDS - (time.monotonic() - began))
    await until_ready(one)


# ---------------------------------------------------------------------------------------------- no link for a while


@dataclasses.dataclass(frozen=True)
class Callers:
    """Five, each at another place of the way through the switchboard."""

    in_menu: Outgoing
    ringing: Outgoing
    waiting: Outgoing
    talking: Outgoing
    speaking: Outgoing


BUSY: dict[str, Habit] = {"anna": RingsOut(), **dict.fromkeys(OPERATORS, OnThePhone(600))}


@asynccontextmanager
async def calling_everywhere(one: Scene) -> AsyncIterator[Callers]:
    """Callers who have come to their places."""
    async with AsyncExitStack() as stack:
        speaking, talking, waiting, ringing, in_menu = [
            await stack.enter_async_context(one.calling(number, dialled))
            for number, dialled in ((MARKET, NIGHT), (OUTLET, MAIN), (PERSIAN, MAIN), (KEY, MAIN), (REGIONAL, MAIN))
        ]
        await asyncio.gather(speaking.press("3"), talking.press("3"), waiting.press("0"))
        assert await speaking.hears(BEEP, 60)
        speaking.play_tone(tone_of(MARKET))
        await ringing.press("1")
        assert await talking.who(["mark"], 20) == "mark"
        talking.play_tone(tone_of(OUTLET))
        await one.rings("anna")
        yield Callers(in_menu, ringing, waiting, talking, speaking)


@pytest.mark.parametrize("fault", [cut, freeze])
async def test_wherever_callers_are_they_go_on(
    installation: Installation, between: Proxy, fault: Callable[[Scene, Proxy], Awaitable[None]]
) -> None:
    async with scene(installation, BUSY) as one:
        engine = one.endpoints.engine
        async with calling_everywhere(one) as callers:
            await fault(one, between)
            await asyncio.gather(
                _is_still_asked(callers.in_menu),
                _is_rung_for(one, callers.ringing),
                _is_still_in_line(one, callers.waiting),
                _speaks_on(callers.speaking),
            )
        _nothing_is_missing(one, callers.talking)
        stories = {story.call.number: story for story in await one.all_stories(5)}
        assert {number: outcome(story) for number, story in stories.items()} == {
            REGIONAL: ("talk", "nina"),
            KEY: ("talk", "anna"),
            PERSIAN: ("talk", "olga"),
            OUTLET: ("talk", "mark"),
            MARKET: ("message", None),
        }
        assert one.endpoints.engine == engine


async def _is_still_asked(call: Outgoing) -> None:
    await call.press("3")
    assert await call.who(["nina"], 20) == "nina"


async def _is_rung_for(one: Scene, call: Outgoing) -> None:
    rings = one.desk("anna").calls
    await until(lambda: len(rings) == 2, 10, "the phone to ring again")
    await rings[-1].answer()
    rings[-1].play_tone(tone_of("anna"))
    assert await call.who(["anna"], 10) == "anna"


async def _is_still_in_line(one: Scene, call: Outgoing) -> None:
    await one.staff.adopt({"olga": one.answers})
    assert await call.who(["olga"], 20) == "olga"


async def _speaks_on(call: Outgoing) -> None:
    await asyncio.sleep(2.0)
    await call.press("#")
    await call.ended(20)


def _nothing_is_missing(one: Scene, call: Outgoing) -> None:
    for ear, name in ((call, "mark"), (one.desk("mark").calls[-1], OUTLET)):
        assert whole(ear, tone_of(name), call.ended_at), name


# -------------------------------------------------------------------------------------------- a link that loses events


@pytest.mark.parametrize(("rate", "seed"), [(0.0, 0), (0.05, 1), (0.2, 2)], ids=["none", "5 %", "20 %"])
async def test_lost_doubled_and_reordered_events_change_no_outcome(
    installation: Installation, between: Proxy, rate: float, seed: int
) -> None:
    habits: dict[str, Habit] = {"anna": Declines(), "mark": RingsOut()}
    async with scene(installation, habits) as one:
        with between.unreliable(rate, seed):
            await until_ready(one)
            operator = (await asyncio.gather(_orders(one), _is_passed_on(one), _gives_up(one), _leaves_word(one)))[0]
            stories = {story.call.number: story for story in await one.all_stories(4)}
        assert {number: outcome(story) for number, story in stories.items()} == {
            MARKET: ("talk", operator),
            KEY: ("talk", "boris"),
            OUTLET: ("caller left", None),
            REGIONAL: ("message", None),
        }
        assert all(leg.ended for story in stories.values() for leg in story.legs)
        database = connect(installation.settings.database or "")
        assert await disagreements(installation, database, one.began) == []
        database.close()


@pytest.mark.parametrize("lost", ["BridgeBlindTransfer", "BridgeAttendedTransfer"])
async def test_a_caller_is_handed_over_though_no_event_tells_of_it(
    installation: Installation, between: Proxy, lost: str
) -> None:
    async with scene(installation) as one:
        with between.losing(lost):
            await linked_anew(one)
            async with one.calling(OUTLET, COMPLAINTS) as call:
                assert await call.who(["mark"], 2 * PATIENCE) == "mark"
                mark = one.desk("mark").calls[-1]
                if lost == "BridgeBlindTransfer":
                    assert await mark.hand_over("nina") == 200
                    assert await call.who(["nina"], 4 * PATIENCE) == "nina"
                else:  # whom was asked cannot be seen any more: the caller is with the sender again
                    own = await one.desk("mark").dial("nina")
                    await own.answered()
                    assert await mark.hand_over(own) == 200
                    assert await call.who(["mark"], 4 * PATIENCE) == "mark"


def outcome(story: CallStory) -> tuple[str | None, str | None]:
    """How the call ended, and who talked with the caller."""
    return story.call.end, next((leg.person for leg in story.legs if leg.answered and not leg.why), None)


async def _orders(one: Scene) -> str:
    """A caller who talks with an operator."""
    async with one.calling(MARKET, MAIN) as call:
        return await _pressed(call, "1", lambda: call.who(OPERATORS, PATIENCE))


async def _is_passed_on(one: Scene) -> None:
    """A caller whose manager declines, and who talks with the next, who hangs up."""
    async with one.calling(KEY, MAIN) as call:
        assert await _pressed(call, "1", lambda: call.who(["boris"], PATIENCE)) == "boris"
        await one.desk("boris").calls[-1].hang_up()
        await call.ended(20)


async def _gives_up(one: Scene) -> None:
    """A caller who hangs up while the manager's phone rings, which then stops."""
    async with one.calling(OUTLET, MAIN) as call:
        await _pressed(call, "3", lambda: _rung(one, "mark"))
    await one.desk("mark").calls[-1].ended(10)


async def _leaves_word(one: Scene) -> None:
    """A caller who leaves a message and ends it with a key."""
    async with one.calling(REGIONAL, NIGHT) as call:
        await _pressed(call, "3", lambda: _beep(call))
        call.play_tone(tone_of(REGIONAL))
        await asyncio.sleep(2.0)
        await call.press("#")
        await call.ended(20)


async def _pressed(call: Outgoing, key: str, come: Callable[[], Awaitable[str | None]]) -> str:
    """Press the key until it comes to what the caller wants."""
    for _ in range(6):
        await call.press(key)
        if (what := await come()) is not None:
            return what
    raise AssertionError(f"{key} was pressed in vain")


async def _rung(one: Scene, person: str) -> str | None:
    with contextlib.suppress(TimeoutError):
        await until(lambda: bool(one.desk(person).calls), PATIENCE, "the phone to ring")
        return person
    return None


async def _beep(call: Outgoing) -> str | None:
    return "beep" if await call.hears(BEEP, 2 * PATIENCE) else None
