"""Handing a caller over by the transfer key of telephones: baresip's, our own, and some that do it in their own way."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ari_app.demonstration import RunningSwitchboard
from db.database import Database
from db.stories import CallStory
from demo.audio import metronome
from demo.conversation import Conversation
from demo.desk import Desk, Staff
from demo.endpoints import read
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.scenarios.cast import COMPLAINTS, MAIN, OUTLET
from demo.stage import until_rung
from demo.tones import Span, spans, speech, tone_of
from premises.installation import Installation
from tests.asterisk.baresip import baresip
from tests.asterisk.complaint import HEARD, complaint
from tests.asterisk.faults.scene import Scene
from tests.asterisk.registered import registered
from tests.asterisk.test_recording import sides

WHY = "own_outlet, retail, complaint"
"""What the next telephone shows of the caller beside the names."""


class Talk:
    """A caller who talks with mark, and may be handed over."""

    def __init__(self, one: Scene, call: Outgoing) -> None:
        self.call, self.staff, self.desk = call, one.staff, one.desk
        self.mark = one.desk("mark").calls[-1]
        self._server = read(one.installation.endpoints_file).server

    def address(self, of: str) -> str:
        return f"sip:{of}@{self._server[0]}:{self._server[1]}"

    async def hears(self, person: str) -> None:
        assert await self.call.who(self.staff.people, 2 * HEARD) == person


@asynccontextmanager
async def talk(installation: Installation) -> AsyncIterator[Talk]:
    async with complaint(installation) as (one, call):
        yield Talk(one, call)


def spoken(shown: Conversation) -> Span:
    """From the first to the last word that was said before the caller was heard."""
    first = spans(shown.heard, tone_of(OUTLET))[0]
    said = [one for one in speech(shown.heard) if one.start < first.start - 0.1]
    return Span(said[0].start, min(said[-1].end, first.start))


async def is_told(one: Talk, person: str) -> Conversation:
    """The person's call, in which an introduction has begun."""
    await until_rung(one.staff, person)
    told = one.desk(person).calls[-1]
    await told.answered()
    await told.prompt_began()
    return told


def shares(story: CallStory) -> list[tuple[str, bool]]:
    """Who talked, and whether each one's talk was over before the next one's began."""
    talks = [(leg.person, leg.answered, leg.ended) for leg in story.legs if leg.answered]
    begins = [begin for _, begin, _ in talks[1:]]
    is_over = [end is not None and end <= begin for (_, _, end), begin in zip(talks, begins, strict=False)]
    return [(who, over) for (who, _, _), over in zip(talks, [*is_over, True], strict=True)]


async def test_baresip_hands_a_caller_over(installation: Installation, database: Database, tmp_path: Path) -> None:
    endpoints, began = read(installation.endpoints_file), dt.datetime.now(dt.UTC)
    switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
    async with (
        baresip(tmp_path / "baresip", endpoints.server, "mark", endpoints.secrets["mark"]) as phone,
        Desk("nina", endpoints.secrets["nina"], endpoints.server),
    ):
        await switchboard.until_seen({"mark": None, "nina": None})
        async with Phone(OUTLET, server=endpoints.server, at=(endpoints.trunk, 0)) as outside:
            call = await outside.dial(COMPLAINTS)
            await call.answered()
            assert await call.hears(tone_of("mark"), 2 * HEARD)
            await phone.hand_over(f"sip:nina@{endpoints.server[0]}:{endpoints.server[1]}")
            await switchboard.until_seen({"mark": None})
            assert await call.hears(tone_of("nina"), HEARD)
            await call.hang_up()
        (story,) = await registered(database, began, 1)
    assert shares(story) == [("mark", True), ("nina", True)]
    assert story.call.end == "talk"


async def test_both_talks_are_on_the_one_recording(installation: Installation, database: Database) -> None:
    began = dt.datetime.now(dt.UTC)
    async with talk(installation) as one:
        assert await one.mark.hand_over("nina") == 200
        await one.hears("nina")
        shown = one.desk("nina").calls[-1]
        assert await shown.hears(tone_of(OUTLET), HEARD)
        assert (shown.caller.user, shown.caller.name) == (OUTLET, f"{OUTLET[1:]} from mark: {WHY}")
        introduction = spoken(shown)
        assert introduction.seconds > 1.0
        assert spans(shown.heard, tone_of(OUTLET))[0].start >= introduction.end
    (story,) = await registered(database, began, 1)
    assert story.recording is not None
    assert story.call.answered is not None
    assert story.call.ended is not None
    lasted = (story.call.ended - story.call.answered).total_seconds()
    assert abs(story.recording.seconds - lasted) < 0.5 + metronome().latest
    _, company = sides(installation.recordings / story.recording.file)
    mark, nina = (spans(company, tone_of(person)) for person in ("mark", "nina"))
    assert mark[-1].end <= nina[0].start


async def test_who_hangs_up_on_hearing_who_comes_has_declined_and_the_sender_has_the_caller_again(
    installation: Installation, database: Database
) -> None:
    began = dt.datetime.now(dt.UTC)
    async with talk(installation) as one:
        assert await one.mark.hand_over("603") == 200
        await (await is_told(one, "viktor")).hang_up()
        await one.hears("mark")
    (story,) = await registered(database, began, 1)
    assert [(leg.person, leg.why, leg.answered is None) for leg in story.legs] == [
        ("mark", None, False),
        ("viktor", "declined", True),
        ("mark", None, False),
    ]


async def test_a_caller_who_hangs_up_before_being_put_through_leaves_nobody_waiting(
    installation: Installation, database: Database
) -> None:
    began = dt.datetime.now(dt.UTC)
    async with talk(installation) as one:
        assert await one.mark.hand_over("nina") == 200
        told = await is_told(one, "nina")
        await one.call.hang_up()
        await told.ended(HEARD)
    (story,) = await registered(database, began, 1)
    assert (story.call.end, [leg.person for leg in story.legs if leg.answered]) == ("caller left", ["mark"])


async def test_a_telephone_that_wants_no_news_of_its_transfer_does_no_harm(installation: Installation) -> None:
    async with talk(installation) as one:
        assert await one.mark.transfer(one.address("nina"), ("Refer-Sub", "false")) == 200
        await one.mark.hang_up()
        await one.hears("nina")


@pytest.mark.parametrize("to", ["999", "+79161234567", "*46", MAIN, "echo"])
async def test_what_is_no_transfer_is_refused_and_the_talk_goes_on(installation: Installation, to: str) -> None:
    async with talk(installation) as one:
        assert await one.mark.hand_over(to) == 404
        await one.hears("mark")
        assert one.mark.ended_by is None


async def test_a_person_who_calls_the_company_cannot_transfer_whom_it_reaches(
    installation: Installation, database: Database
) -> None:
    endpoints = read(installation.endpoints_file)
    switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
    async with Staff(endpoints) as staff, Phone("maria", endpoints.secrets["maria"], server=endpoints.server) as maria:
        await switchboard.until_seen(dict.fromkeys(staff.people))
        call = await maria.dial(COMPLAINTS)
        await call.answered()
        reached = await call.who(staff.people, 2 * HEARD)
        assert await call.hand_over("nina") == 404
        assert await call.who(staff.people, HEARD) == reached


# -------------------------------------------------------------------------------------------------------- consultation


@asynccontextmanager
async def asking(one: Talk, colleague: str) -> AsyncIterator[Outgoing]:
    """Mark's second call, to a colleague, whom he hears."""
    own = await one.desk("mark").dial(colleague)
    await own.answered()
    assert await own.who(one.staff.people, HEARD) == "nina"
    yield own


@pytest.mark.parametrize("colleague", ["nina", "405"])
async def test_who_asked_a_colleague_hands_the_caller_over_to_that_colleague(
    installation: Installation, database: Database, colleague: str
) -> None:
    began = dt.datetime.now(dt.UTC)
    async with talk(installation) as one, asking(one, colleague) as own:
        assert await one.mark.hand_over(own) == 200
        await one.hears("nina")
    inside, outside = await registered(database, began, 2)
    assert (outside.call.number, outside.call.end) == (OUTLET, "talk")
    assert shares(outside) == [("mark", True), ("nina", True)]
    assert (inside.call.dialled, [leg.person for leg in inside.legs]) == (f"@{colleague}", ["nina"])


async def test_who_asked_a_colleague_goes_on_with_the_caller(installation: Installation) -> None:
    async with talk(installation) as one:
        async with asking(one, "nina") as own:
            await own.hang_up()
        await one.hears("mark")


async def test_who_drops_out_while_asking_a_colleague_is_rung_again_for_the_caller(
    installation: Installation, database: Database
) -> None:
    began = dt.datetime.now(dt.UTC)
    async with talk(installation) as one, asking(one, "nina") as own:
        await one.mark.hang_up()
        await own.hang_up()
        await one.hears("mark")
    story = next(one for one in await registered(database, began, 2) if one.call.number == OUTLET)
    assert (story.call.end, shares(story)) == ("talk", [("mark", True), ("mark", True)])


@pytest.mark.parametrize("dialled", ["nina", "405", "600", "%40nina"])
async def test_nobody_outside_calls_a_colleague_by_the_name_or_extension(
    installation: Installation, database: Database, dialled: str
) -> None:
    endpoints, began = read(installation.endpoints_file), dt.datetime.now(dt.UTC)
    async with Phone(OUTLET, server=endpoints.server, at=(endpoints.trunk, 0)) as outside:
        call = await outside.dial(dialled)
        await call.answered()
        await call.prompt_began()
        await call.hang_up()
    (story,) = await registered(database, began, 1)
    assert (story.call.end, story.legs) == ("caller left", ())
    assert not story.call.dialled.startswith("@")
