"""The waiting line as callers notice it: who is rung for whom, and in which order (D3, D22, T7)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from demo.scenario import OnThePhone
from demo.scenarios.cast import MAIN, MARKET, OPERATORS, OUTLET, PERSIAN, REGIONAL, all_of
from demo.tones import BEEP, tone_of
from premises.installation import Installation
from routing.steps import Absence, Unanswered, Wait
from routing.trail import decode
from tests.asterisk.conftest import down, prepare, switchboard, up
from tests.asterisk.faults.engines import lines
from tests.asterisk.faults.scene import Scene, scene, until

pytestmark = pytest.mark.timeout(120)

QUEUES = """\
queues:
  operators:
    next: round_robin
    also: [nina after 8s, maria above 1 per person]
    announce:
      every: 10s
      place:
        en: You are number {place} in line.
        ru: "Ваш номер в очереди: {place}."
        fa: شماره شما در صف {place} است.
      wait:
        en: The wait is about {minutes} minutes.
        ru: "Ждать минут: {minutes}."
        fa: زمان انتظار {minutes} دقیقه است.
lines:
"""
FIRST = "    offer: 4s\n    first: language 6s\n"
AHEAD = """\
  - rule: D3
    when: {intent: information}
    wait for: operators
    at most: 12s
    ahead: 1m
  - rule: D3
"""


@pytest.fixture(scope="module")
def lined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The sample company, with more rules for its line."""
    folder = tmp_path_factory.mktemp("line")
    prepare(folder)
    rules = folder / "routing_rules.yaml"
    text = rules.read_text(encoding="utf-8")
    for old, new in (("lines:\n", QUEUES), ("    offer: 4s\n", FIRST), ("  - rule: D3\n", AHEAD)):
        assert text.count(old) == 1
        text = text.replace(old, new)
    rules.write_text(text, encoding="utf-8")
    process = up(folder)
    yield Installation(folder)
    assert down(process) == 0


async def served_by(one: Scene, caller: str) -> str | None:
    """Call, ask for an operator, and tell who talks with the caller."""
    async with one.calling(caller, MAIN) as call:
        await call.press("1")
        return await call.who((*OPERATORS, "nina", "maria"), 30)


@asynccontextmanager
async def only(one: Scene, *people: str) -> AsyncIterator[None]:
    """Until the block ends nobody but these is at work of all who are waited for."""
    away = [person for person in (*OPERATORS, "nina", "maria") if person not in people]
    for person in away:
        await one.switchboard.set_away(person, "lunch")
    await one.switchboard.until_seen(dict.fromkeys(away, "away"))
    try:
        yield
    finally:
        for person in away:
            await one.switchboard.set_away(person, None)
        await one.switchboard.until_seen(dict.fromkeys(away))


async def test_operators_are_rung_one_after_another(lined: Installation) -> None:
    async with scene(lined) as one:
        assert [await served_by(one, MARKET) for _ in range(4)] == ["oleg", "olga", "omid", "oleg"]


async def test_who_speaks_the_callers_language_is_rung_first(lined: Installation) -> None:
    async with scene(lined) as one:
        assert [await served_by(one, PERSIAN) for _ in range(2)] == ["omid", "omid"]


async def test_a_caller_in_whose_language_nobody_is_free_gets_somebody_else_after_a_while(lined: Installation) -> None:
    async with scene(lined, {"omid": OnThePhone()}) as one:
        assert await served_by(one, PERSIAN) in {"oleg", "olga"}
        story = await one.story()
        (leg,) = story.legs
        assert (leg.rang - (story.call.answered or leg.rang)).total_seconds() > 6


async def test_others_help_out_when_it_takes_long(lined: Installation) -> None:
    async with scene(lined, all_of(OPERATORS, OnThePhone())) as one:
        assert await served_by(one, MARKET) == "nina"


async def test_others_help_out_at_once_when_more_callers_wait_than_people_are_there(lined: Installation) -> None:
    async with (
        scene(lined, {"oleg": OnThePhone()}) as one,
        only(one, "oleg", "maria"),
        one.all_calling((MARKET, OUTLET)) as (first, second),
    ):
        await first.press("1")
        await second.press("1")
        assert await first.who(("maria",), 20) == "maria"


async def test_who_is_ahead_is_served_before_who_came_just_before(lined: Installation) -> None:
    async with scene(lined) as one, only(one, "oleg"), one.all_calling((MARKET, OUTLET, REGIONAL)) as calls:
        talks, waits, is_ahead = calls
        await talks.press("1")
        assert await talks.who(OPERATORS, 20) == "oleg"
        await waits.press("1")
        await asyncio.sleep(1)
        await is_ahead.press("2")
        await asyncio.sleep(1)
        await talks.hang_up()
        assert await is_ahead.who(OPERATORS, 20) == "oleg"


def told(one: Scene) -> list[int]:
    """The places in the line that callers were told, since the engine began."""
    events = (line for line in lines(one.installation.folder) if line.get("event") == "told the place in the line")
    return [int(line["place"]) for line in events]


async def test_who_has_to_wait_is_told_the_place_and_offered_somebody_all_the_same(lined: Installation) -> None:
    async with scene(lined) as one, only(one, "oleg"), one.all_calling((MARKET, OUTLET)) as (talks, waits):
        before = len(told(one))
        await talks.press("1")
        assert await talks.who(OPERATORS, 20) == "oleg"
        await waits.press("1")
        await until(lambda: told(one)[before:] == [1], 20, "the place to be told")
        await talks.hang_up()  # in the middle of it
        assert await waits.who(OPERATORS, 20) == "oleg"


async def test_whoever_is_further_back_is_told_so(lined: Installation) -> None:
    async with scene(lined) as one, only(one, "oleg"), one.all_calling((MARKET, OUTLET, REGIONAL)) as calls:
        before = len(told(one))
        for call in calls:
            await call.press("1")
        await until(lambda: sorted(told(one)[before:])[:2] == [1, 2], 20, "both to be told")


async def test_with_nobody_there_a_caller_leaves_a_message_at_once_which_is_owed_an_answer(
    lined: Installation,
) -> None:
    async with scene(lined) as one, only(one):
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            assert await call.hears(BEEP, 60)
            call.play_tone(tone_of(MARKET))
            await asyncio.sleep(2)
        story = await one.story()
        (message,) = story.messages
        (waited,) = (entry.outcome for entry in decode(story.call.trail).entries if isinstance(entry.step, Wait))
    assert isinstance(waited, Unanswered)
    assert {missed.why for missed in waited.missed} == {Absence.AWAY}
    shown = await asyncio.to_thread(switchboard, lined.folder, "tasks", "--for", "olga")
    assert message.id in shown.stdout.replace("\n", "")
    done = await asyncio.to_thread(switchboard, lined.folder, "tasks", "done", message.id, "--by", "olga")
    assert done.returncode == 0
    assert await asyncio.to_thread(one.stories.messages, heard=False) == ()
