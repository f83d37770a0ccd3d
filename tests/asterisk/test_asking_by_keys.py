"""Asking a colleague while the caller waits, by the keys of a telephone with one line (D11)."""

from contextlib import suppress

import pytest

from demo.errors import Gone
from demo.scenario import Declines, OnThePhone, RingsOut
from demo.scenarios.cast import OPERATORS, OUTLET
from demo.talk import State
from premises.installation import Installation
from tests.asterisk.complaint import HEARD
from tests.asterisk.faults.scene import until
from tests.asterisk.test_supervision import CLICKS, Talk, foreign, talk

pytestmark = pytest.mark.timeout(120)

ASK_NINA = "*4405#"
SILENCE = 40
"""Packets of 20 ms: longer than between two words."""
SENTENCE = 50
"""Packets: ringing and clicks are over sooner, what is said takes longer."""


async def is_told(it: Talk) -> None:
    """Mark hears something else than the caller, for as long as a sentence takes."""
    begun = len(it.at.audio.ear.frames)
    await until(lambda: foreign(it.at, begun, OUTLET) > SENTENCE, HEARD, "mark to be told why")


async def test_a_colleague_is_asked_joins_and_is_given_the_caller(installation: Installation) -> None:
    async with talk(installation) as it:
        await it.at.press(ASK_NINA)
        nina = await it.rings("nina")
        assert nina.caller.name == f"{OUTLET[1:]}: mark asks"
        await it.are_heard(nina, "mark")
        await it.are_heard(it.at, "nina")
        await it.is_not_heard("mark", it.call)

        await it.at.press("*6")
        await it.are_heard(it.call, "mark", "nina")
        await it.are_heard(it.at, "nina", OUTLET)
        await it.are_heard(nina, "mark", OUTLET)

        await it.at.press("*5")
        await nina.ended(HEARD)
        await it.goes_on()

        await it.at.press(ASK_NINA)
        again = await it.rings("nina")
        await it.are_heard(again, "mark")
        with suppress(Gone):  # it is over while the last key is still down
            await it.at.press("*7")
        await it.at.ended(HEARD)
        assert await it.call.who(it.one.staff.people, 2 * HEARD) == "nina"
        last = await it.rings("nina")
        assert "from mark" in last.caller.name
        assert [one.keys_heard for one in (it.call, nina, again, last)] == [""] * 4
    story = await it.one.story()
    assert [(leg.person, leg.rule, leg.why) for leg in story.legs] == [
        ("mark", "D19", None),
        ("nina", "D11", None),
        ("nina", "D11", None),
        ("nina", "D19", None),
    ]
    mark, *_, last_talk = story.legs
    assert mark.ended
    assert last_talk.answered
    assert mark.ended <= last_talk.answered
    assert story.call.end == "talk"


async def test_who_cannot_be_asked_is_told_of_and_the_caller_notices_nothing(installation: Installation) -> None:
    async with talk(installation, nina=OnThePhone()) as it:
        for keys in ("*4999#", ASK_NINA):  # nobody's extension, and somebody on the phone
            await until(lambda: foreign(it.at, -SILENCE, OUTLET) == 0, HEARD, "mark to hear the caller alone")
            await it.at.press(keys)
            begun = len(it.call.audio.ear.frames)
            await is_told(it)
            assert foreign(it.call, begun, "mark") <= CLICKS
        await it.goes_on()
        assert it.call.keys_heard == ""
    assert [leg.person for leg in (await it.one.story()).legs] == ["mark"]


async def test_who_asks_in_vain_never_loses_the_caller(installation: Installation) -> None:
    async with talk(installation, nina=Declines()) as it:
        nina = it.one.desk("nina")
        await it.at.press(ASK_NINA)
        await until(lambda: bool(nina.calls) and nina.calls[-1].state is State.ENDED, HEARD, "nina to decline")
        await is_told(it)
        await it.goes_on()

        await nina.adopt(RingsOut())
        await it.at.press(ASK_NINA)
        await it.one.rings("nina")
        await it.at.press("*5")
        await nina.calls[-1].ended(HEARD)
        await it.goes_on()

        await it.at.press(ASK_NINA)
        await until(lambda: len(nina.calls) == 2, HEARD, "nina to be rung again")
        await it.at.hang_up()
        assert await it.call.who(it.one.staff.people, 2 * HEARD) == "mark"
    story = await it.one.story()
    assert [leg.person for leg in story.legs] == ["mark", "nina", "nina", "nina", "mark"]
    assert [leg.why for leg in story.legs[:2]] == [None, "declined"]
    assert story.call.end == "talk"


async def test_a_short_number_rings_one_after_another_and_who_answers_is_given_the_caller(
    installation: Installation,
) -> None:
    async with talk(installation, anna=Declines(), boris=OnThePhone()) as it:
        await it.at.press("*4601#")  # the customer's manager, which is mark, another, the head of the department
        galina = await it.rings("galina")
        await it.are_heard(galina, "mark")
        await it.is_not_heard("mark", it.call)
        with suppress(Gone):
            await it.at.press("*7")
        await it.at.ended(HEARD)
        assert await it.call.who(it.one.staff.people, 2 * HEARD) == "galina"
    story = await it.one.story()
    assert [(leg.person, leg.rule, leg.why) for leg in story.legs] == [
        ("mark", "D19", None),
        ("anna", "D11", "declined"),
        ("galina", "D11", None),
        ("galina", "D19", None),
    ]


async def test_a_group_of_whom_nobody_is_free_is_told_of_and_the_caller_notices_nothing(
    installation: Installation,
) -> None:
    async with talk(installation, **dict.fromkeys(OPERATORS, OnThePhone())) as it:
        await it.at.press("*4600#")
        begun = len(it.call.audio.ear.frames)
        await is_told(it)
        assert foreign(it.call, begun, "mark") <= CLICKS
    assert [leg.person for leg in (await it.one.story()).legs] == ["mark"]
