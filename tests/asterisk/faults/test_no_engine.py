"""The engine is gone and nobody starts another: the stand-in goes on, and without it the operators ring."""

import asyncio
import datetime as dt
import os
import signal
from pathlib import Path

import pytest

from ari_app.adoption.lease import RENEW_SECONDS
from demo.desk import Desk
from demo.endpoints import read
from demo.errors import Refused
from demo.phone import Phone
from demo.scenario import RingsOut
from demo.scenarios.cast import COMPLAINTS, FINANCE, KEY, MAIN, MARKET, OPERATORS, OUTLET
from demo.scenarios.cast import RETAIL_OF_LARISA as RETAIL
from demo.tones import tone_of
from dialplan.plan import LEASE_SECONDS, MOST_BEGINNING
from premises.asking import ask
from premises.asks import Consult, Done
from premises.clock import now
from premises.installation import Installation
from tests.asterisk.faults.scene import scene
from tests.asterisk.faults.supervisor import Supervisor

pytestmark = pytest.mark.timeout(180)
SOON = LEASE_SECONDS + 15.0
"""For the stand-in to have the call, say a prompt and ring somebody."""
OFFERED_SECONDS = 1.8
"""For which a caller tries: longer than a call is offered to engines, shorter than a stand-in is asked if it lives."""


async def test_the_stand_in_goes_on_where_the_engine_was(supervisor: Supervisor, installation: Installation) -> None:
    async with (
        scene(installation, {"anna": RingsOut(), "boris": RingsOut()}) as one,
        one.calling(MARKET, MAIN) as talker,
        one.calling(RETAIL, MAIN) as chooser,
        one.calling(KEY, MAIN) as waiter,
        one.calling(OUTLET, COMPLAINTS) as put_aside,
    ):
        assert await put_aside.who(["mark"], 20) == "mark"
        (key,) = [call.id for call in one.stories.calls(since=one.began) if call.number == OUTLET]
        await _asks_nina(installation, key, one.desk("mark"))
        await talker.press("1")
        person = await talker.who(OPERATORS, 20)
        assert person is not None
        await waiter.press("1")
        await one.rings("anna")
        engine = one.endpoints.engine
        with supervisor.asleep():
            await one.kill_engine()
            await one.staff.adopt({"anna": one.answers})
            assert await waiter.who(["anna"], SOON) == "anna"
            free = [other for other in one.staff.people if other not in ("mark", "nina")]
            assert await put_aside.who(free, SOON), "music was all that the caller heard"
            await put_aside.hang_up()
            await chooser.press("1")
            others = [other for other in OPERATORS if other != person]
            assert await chooser.who(others, SOON) in others
            assert await talker.hears(tone_of(person)), "the talk was cut off"
            for call in (waiter, chooser, talker):
                await call.hang_up()
        await one.replaced(engine)
        stories = {story.call.number: story.call for story in await one.all_stories(4)}
    served = {number: call.served_by for number, call in stories.items()}
    assert served == {KEY: "stand-in", OUTLET: "stand-in", RETAIL: "stand-in", MARKET: "engine"}
    assert {call.end for call in stories.values()} == {"talk"}


async def _asks_nina(installation: Installation, call: str, mark: Desk) -> None:
    """Have mark ask nina while the caller waits, for so long that the engine has noticed."""
    wish = Consult(call=call, by="mark", talking="mark", whom="nina", until=now() + dt.timedelta(seconds=5))
    assert await ask(installation.asks, wish, 5) == Done()
    assert await mark.calls[-1].who(["nina"], 10) == "nina"
    await asyncio.sleep(RENEW_SECONDS)


async def test_without_the_stand_in_the_operators_ring(supervisor: Supervisor, installation: Installation) -> None:
    async with scene(installation, dict.fromkeys(FINANCE, RingsOut())) as one, one.calling(MARKET, MAIN) as call:
        await call.prompt_began()
        engine = one.endpoints.engine
        with supervisor.asleep():
            await one.kill_engine()
            os.kill(_stand_in(supervisor), signal.SIGKILL)
            assert await call.who(OPERATORS, SOON) in OPERATORS
            await asyncio.sleep(0.5)
            await call.hang_up()
        await one.replaced(engine)


async def test_a_new_caller_is_served_by_the_stand_in_and_the_next_one_by_an_engine_again(
    supervisor: Supervisor, installation: Installation
) -> None:
    async with scene(installation) as one:
        engine = one.endpoints.engine
        with supervisor.asleep():
            await one.kill_engine()
            async with one.calling(MARKET, MAIN) as call:
                await call.press("1")
                assert await call.who(OPERATORS, SOON) in OPERATORS
        await one.replaced(engine)
        async with one.calling(OUTLET, MAIN) as call:
            await call.prompt_began()
        stories = {story.call.number: story.call for story in await one.all_stories(2)}
    served = {number: (call.served_by, call.end) for number, call in stories.items()}
    assert served == {MARKET: ("stand-in", "talk"), OUTLET: ("engine", "caller left")}


async def test_of_more_callers_at_once_than_the_stand_in_can_begin_with_some_are_refused(
    supervisor: Supervisor, installation: Installation
) -> None:
    """Else it would keep the machine from serving anybody; frozen it is as slow as can be."""
    async with scene(installation) as one:
        frozen = one.endpoints.engine, _stand_in(supervisor)
        for process in frozen:
            os.kill(process, signal.SIGSTOP)
        try:
            callers = (_tries(installation, f"+7916000{number:04}") for number in range(MOST_BEGINNING + 10))
            codes = await asyncio.gather(*callers)
        finally:
            for process in frozen:
                os.kill(process, signal.SIGCONT)
        assert set(codes) == {None, 503}
        assert codes.count(None) >= MOST_BEGINNING
        async with one.calling(MARKET, MAIN) as call:
            await call.prompt_began()


async def _tries(installation: Installation, number: str) -> int | None:
    """Call, and give it up after a while; gives the SIP code, if refused."""
    where = read(installation.endpoints_file)
    async with Phone(number, server=where.server, at=(where.trunk, 0)) as phone:
        call = await phone.dial(MAIN)
        try:
            async with asyncio.timeout(OFFERED_SECONDS):
                await call.answered()
        except Refused as why:
            return why.code
        except TimeoutError:
            pass
        await call.hang_up()
        return None


def _stand_in(supervisor: Supervisor) -> int:
    """The process id of the stand-in that `up` started."""
    children = Path(f"/proc/{supervisor.process.pid}/task/{supervisor.process.pid}/children").read_text().split()
    return next(int(child) for child in children if b"agi" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"))
