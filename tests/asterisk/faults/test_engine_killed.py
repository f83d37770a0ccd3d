"""The engine is killed (SIGKILL) in the midst of a call, and `up` starts another: the caller hardly notices."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, insert, select

from db.database import Database
from db.tables import CustomerNumbers
from demo.scenario import OnThePhone, RingsOut
from demo.scenarios.cast import COMPLAINTS, FINANCE, KEY, MAIN, MARKET, OPERATORS, OUTLET, OVERDUE, REGIONAL
from demo.tones import BEEP, tone_of
from premises.clock import now
from premises.installation import Installation
from tests.asterisk.faults.scene import Scene, scene, until
from tests.asterisk.faults.unbroken import whole

pytestmark = pytest.mark.timeout(120)


async def killed(one: Scene) -> None:
    """Kill the engine, and wait until another one serves."""
    engine = one.endpoints.engine
    await one.kill_engine()
    await one.replaced(engine)


async def test_in_a_menu_the_prompt_is_repeated(installation: Installation) -> None:
    async with scene(installation) as one:
        async with one.calling(MARKET, MAIN) as call:
            await call.prompt_began()
            await killed(one)
            await call.prompt_ended()
            await call.prompt_began()
            await call.press("1")
            assert await call.who(OPERATORS, 20) in OPERATORS
        story = await one.story()
    assert (story.call.end, story.call.intent, story.call.number) == ("talk", "order", MARKET)


async def test_a_code_half_keyed_in_is_asked_for_again(installation: Installation) -> None:
    async with scene(installation) as one:
        async with one.calling(OVERDUE, MAIN) as call:
            await call.press("1")
            await call.prompt_ended()
            await call.press("4")
            await killed(one)
            await call.prompt_ended()
            assert await call.who((*FINANCE, "maria", "nina"), 30) is not None
        story = await one.story()
    assert story.call.end == "talk"


async def test_a_telephone_that_rings_rings_again(installation: Installation) -> None:
    async with scene(installation, {"anna": RingsOut()}) as one:
        async with one.calling(KEY, MAIN) as call:
            await call.press("1")
            await one.rings("anna")
            await killed(one)
            rings = one.desk("anna").calls
            await until(lambda: len(rings) == 2, 10, "the phone to ring again")
            await rings[-1].answer()
            rings[-1].play_tone(tone_of("anna"))
            assert await call.who(["anna"], 10) == "anna"
        story = await one.story()
    assert [(leg.person, leg.why) for leg in story.legs if leg.answered] == [("anna", None)]
    assert {leg.person for leg in story.legs} == {"anna"}


async def test_who_answers_during_the_outage_is_joined_after_it_or_rung_again(installation: Installation) -> None:
    async with scene(installation, {"anna": RingsOut()}) as one:
        async with one.calling(KEY, MAIN) as call:
            await call.press("1")
            await one.rings("anna")
            engine = one.endpoints.engine
            await one.kill_engine()
            ring = one.desk("anna").calls[-1]
            await ring.answer()
            ring.play_tone(tone_of("anna"))
            await one.staff.adopt({"anna": one.answers})  # whether Asterisk keeps an answer for a dead engine is chance
            await one.replaced(engine)
            assert await call.who(["anna"], 20) == "anna"
        story = await one.story()
    assert (story.call.end, {leg.person for leg in story.legs}) == ("talk", {"anna"})


async def test_a_caller_who_leaves_during_the_outage_leaves_no_telephone_ringing(installation: Installation) -> None:
    async with scene(installation, {"anna": RingsOut()}) as one:
        async with one.calling(KEY, MAIN) as call:
            await call.press("1")
            await one.rings("anna")
            engine = one.endpoints.engine
            await one.kill_engine()
        await one.replaced(engine)
        await one.desk("anna").calls[-1].ended(5)
        story = await one.story()
    assert story.call.end == "caller left"


async def test_whoever_is_handed_over_during_the_outage_is_brought_on_after_it(installation: Installation) -> None:
    async with scene(installation) as one:
        async with one.calling(OUTLET, COMPLAINTS) as call:
            assert await call.who(["mark"], 20) == "mark"
            engine = one.endpoints.engine
            await one.kill_engine()
            assert await one.desk("mark").calls[-1].hand_over("nina") == 200
            await one.replaced(engine)
            assert await call.who(["nina"], 20) == "nina"
        story = await one.story()
    assert [(leg.person, leg.why) for leg in story.legs] == [("mark", None), ("nina", None)]


async def test_who_was_handed_over_keeps_the_next_person_when_the_engine_is_killed(installation: Installation) -> None:
    async with scene(installation) as one:
        async with one.calling(OUTLET, COMPLAINTS) as call:
            assert await call.who(["mark"], 20) == "mark"
            await one.desk("mark").calls[-1].hand_over("nina")
            assert await call.who(["nina"], 20) == "nina"
            await killed(one)
            assert await call.who(["nina"], 5) == "nina"
            await one.desk("nina").calls[-1].hand_over("402")
            assert await call.who(["mark"], 20) == "mark"
        story = await one.story()
    assert [(leg.person, leg.why) for leg in story.legs] == [("mark", None), ("nina", None), ("mark", None)]


async def test_whoever_hears_who_comes_when_the_engine_is_killed_is_put_through_by_the_next(
    installation: Installation,
) -> None:
    async with scene(installation) as one:
        async with one.calling(OUTLET, COMPLAINTS) as call:
            assert await call.who(["mark"], 20) == "mark"
            await one.desk("mark").calls[-1].hand_over("nina")
            await one.rings("nina")
            await one.desk("nina").calls[-1].prompt_began()
            await killed(one)
            assert await call.who(["nina"], 20) == "nina"
        story = await one.story()
    assert [(leg.person, leg.why) for leg in story.legs if leg.answered] == [("mark", None), ("nina", None)]


async def test_callers_who_wait_keep_their_order(installation: Installation) -> None:
    callers = [MARKET, OUTLET, REGIONAL]
    async with scene(installation, dict.fromkeys(OPERATORS, OnThePhone(600))) as one, one.all_calling(callers) as calls:
        for call in calls:
            await call.press("0")
            await asyncio.sleep(1.5)
        await killed(one)
        await one.switchboard.until_seen(dict.fromkeys(OPERATORS, "busy"))
        served = []
        for person, call in zip(OPERATORS, calls, strict=True):
            await one.staff.adopt({person: one.answers})
            assert await call.who([person], 20) == person
            served.append(person)
    assert served == list(OPERATORS)


async def test_a_talk_goes_on_without_a_gap(installation: Installation) -> None:
    async with scene(installation) as one:
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            person = await call.who(OPERATORS, 20)
            assert person is not None
            call.play_tone(tone_of(MARKET))
            await asyncio.sleep(0.5)
            died = now()
            await killed(one)
            await asyncio.sleep(1.0)
        desk = one.desk(person).calls[-1]
        await desk.ended(5)
        assert whole(call, tone_of(person), call.ended_at)
        assert whole(desk, tone_of(MARKET), call.ended_at)
        story = await one.story()
    assert (story.call.end, [leg.person for leg in story.legs]) == ("talk", [person])
    assert story.legs[0].answered is not None
    assert story.legs[0].answered < died, "the talk is counted from the takeover on"


async def test_a_talk_goes_on_although_the_directory_does_not_know_the_caller_any_more(
    installation: Installation,
) -> None:
    async with scene(installation) as one:
        async with one.calling(KEY, MAIN) as call:
            await call.press("1")
            assert await call.who(["anna"], 20) == "anna"
            with unknown(one.database, KEY):
                await killed(one)
                assert await call.who(["anna"], 5) == "anna"
        story = await one.story()
    assert (story.call.end, [leg.person for leg in story.legs]) == ("talk", ["anna"])


@contextmanager
def unknown(database: Database, number: str) -> Iterator[None]:
    """Have the directory not know this number until the block ends."""
    theirs = CustomerNumbers.number == number
    with database.writing() as connection:
        customer = connection.execute(select(CustomerNumbers.customer).where(theirs)).scalar_one()
        connection.execute(delete(CustomerNumbers).where(theirs))
    try:
        yield
    finally:
        with database.writing() as connection:
            connection.execute(insert(CustomerNumbers).values(number=number, customer=customer))


async def test_a_person_who_hangs_up_during_the_outage_has_ended_the_call(installation: Installation) -> None:
    async with scene(installation) as one:
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            person = await call.who(OPERATORS, 20)
            assert person is not None
            engine = one.endpoints.engine
            await one.kill_engine()
            await one.desk(person).calls[-1].hang_up()
            await one.replaced(engine)
            await call.ended(10)
        story = await one.story()
    assert (story.call.end, [leg.person for leg in story.legs]) == ("talk", [person])


async def test_a_message_that_is_being_left_loses_nothing(installation: Installation) -> None:
    async with scene(installation, {}) as one:
        async with one.at_the_box() as call:
            assert await call.hears(BEEP, 60)
            call.play_tone(tone_of(MARKET))
            await asyncio.sleep(1.5)
            await killed(one)
            assert await call.hears(BEEP, 20)
            await asyncio.sleep(1.5)
            await call.press("#")
            await call.ended(20)
        story = await one.story()
    assert story.call.end == "message"
    assert sum(message.seconds for message in story.messages) > 2.5
