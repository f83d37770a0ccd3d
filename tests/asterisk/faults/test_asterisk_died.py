"""Asterisk dies, freezes or restarts: its calls are registered with the true cause, and callers are served again."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress

import pytest

from ari_app.pbx.asterisk import PbxError
from ari_app.witness.auditing import audit
from db.stories import CallStory
from demo.audio import metronome
from demo.endpoints import read
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.scenario import RingsOut
from demo.scenarios.cast import KEY, KEY_ACCOUNT, MAIN, MARKET, OPERATORS, OUTLET
from demo.tones import BEEP, tone_of
from premises.installation import Installation
from premises.seating import Seating
from premises.turns import Turns
from tests.asterisk.conftest import down, prepare, switchboard, up
from tests.asterisk.faults.pbx import BACK_SECONDS, NOTICED_SECONDS, asterisk, frozen, kill, until_ready
from tests.asterisk.faults.scene import Scene, scene, until
from tests.asterisk.witness import QUIET
from tests.company import TOP
from tests.until import until as within

pytestmark = pytest.mark.timeout(120)
TALKS = 20
OTHERS = tuple(f"operator_{number}" for number in range(TALKS - len(OPERATORS)))
UNWRITTEN_SECONDS = 3.0
"""So much of a recording Asterisk 22.10.1 keeps in its memory, and a little more."""
SERVED_SECONDS = 10.0
"""From Asterisk's death until the next caller is answered by an engine: 1.5 s on a machine at rest."""
FROZEN_SECONDS = 5.0


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The sample company with twenty operators, being served."""
    folder = tmp_path_factory.mktemp("died")
    prepare(folder)
    process = up(folder)
    yield _grown(Installation(folder))
    assert down(process) == 0
    verified = switchboard(folder, "recordings", "verify")
    assert (verified.returncode, verified.stdout) == (0, "files and register agree\n")


def _grown(installation: Installation) -> Installation:
    """Most operators come to work while it is served: an Asterisk that is started again must know them as well."""
    people = (TOP / "demo" / "company" / "people.csv").read_text(encoding="utf-8")
    more = "".join(f"{person},{person},operator,wholesale retail,shifts,,en ru,\n" for person in OTHERS)
    file = installation.folder / "people.csv"
    file.write_text(people + more, encoding="utf-8")
    imported = switchboard(installation.folder, "import", "people", str(file))
    assert imported.returncode == 0, imported.stdout + imported.stderr
    asyncio.run(within(lambda: installation.endpoints().phones.keys() >= set(OTHERS)))
    return installation


async def talking(one: Scene, calls: list[Outgoing]) -> None:
    """Bring every one of these callers to an operator."""
    for call in calls:
        await call.press("1")
        call.play_tone(tone_of(MARKET))
    operators = one.staff.desks((*OPERATORS, *OTHERS))
    await until(lambda: sum(len(desk.calls) for desk in operators) == len(calls), 20, "every operator to be rung")
    await asyncio.sleep(UNWRITTEN_SECONDS)


async def served(one: Scene) -> float:
    """Call an operator and talk; gives the time at which the call was answered."""
    async with one.calling(MARKET, MAIN) as call:
        answered = time.time()
        await call.press("1")
        assert await call.who((*OPERATORS, *OTHERS), 20)
    return answered


async def agree(one: Scene, but: str | None = None) -> None:
    """Asterisk's own list of calls and the register have no difference but this kind."""
    await asyncio.sleep(QUIET)
    found = await asyncio.to_thread(audit, one.installation, one.stories, one.began, 0.0)
    assert [finding for finding in found if finding.kind != but] == []


async def test_killed_with_twenty_talks_and_others(installation: Installation) -> None:
    async with scene(installation, {"anna": RingsOut()}) as one:
        async with AsyncExitStack() as stack:
            talks = await stack.enter_async_context(one.all_calling([MARKET] * TALKS))
            await talking(one, talks)
            box = await stack.enter_async_context(one.at_the_box())
            assert await box.hears(BEEP, 60)
            box.play_tone(tone_of(MARKET))
            ringing, waiting, _ = await stack.enter_async_context(one.all_calling([KEY, MARKET, OUTLET]))
            await waiting.press("1")
            await ringing.press("1")
            await one.rings("anna")
            died = kill(one)
            await until_ready(one, ready=False, within=NOTICED_SECONDS)
            await until_ready(one, ready=True, within=BACK_SECONDS)
            assert await served(one) - died < SERVED_SECONDS + metronome().latest
            await one.switchboard.until_seen(dict.fromkeys(one.staff.people))  # everybody is free, and reachable
        stories = await one.all_stories(TALKS + 5)
        lost = [story for story in stories if story.call.arrived.timestamp() < died]
        assert len(lost) == TALKS + 4
        assert {story.call.end for story in lost} == {"asterisk ended"}
        assert [wrong for story in lost for wrong in wrong_ends(story, died)] == []
        assert all(story.recording and story.recording.repaired for story in lost)
        assert sum(leg.answered is not None for story in lost for leg in story.legs) == TALKS
        (message,) = [message for story in lost for message in story.messages]
        assert (message.box, message.owner, message.repaired) == ("night", "operators", True)
        await agree(one)


def wrong_ends(story: CallStory, died: float) -> list[str]:
    """Whatever of the call did not end with its last sound that was written."""
    ends = [story.call.ended, *(leg.ended for leg in story.legs)]
    late = [end.timestamp() - died if end else None for end in ends]
    return [f"{story.call.id}: {seconds}" for seconds in late if not (seconds and -UNWRITTEN_SECONDS < seconds < 0.1)]


async def test_frozen_all_calls_go_on(installation: Installation) -> None:
    async with scene(installation) as one:
        engine, pbx = one.endpoints.engine, one.endpoints.pbx
        async with one.calling(MARKET, MAIN) as talk, one.calling(OUTLET, MAIN) as menu:
            await talk.press("1")
            person = await talk.who((*OPERATORS, *OTHERS), 20)
            assert person is not None
            async with frozen(one):
                await until_ready(one, ready=False, within=NOTICED_SECONDS)
                await asyncio.sleep(FROZEN_SECONDS - NOTICED_SECONDS)
            await until_ready(one, ready=True, within=BACK_SECONDS)
            assert await talk.who([person], 10) == person
            await menu.press("1")
            assert await menu.who((*OPERATORS, *OTHERS), 20) not in (None, person)
        assert (one.endpoints.engine, one.endpoints.pbx) == (engine, pbx)
        stories = await one.all_stories(2)
        assert [(story.call.end, len(story.legs)) for story in stories] == [("talk", 1), ("talk", 1)]
        await agree(one, but="recording's length")  # nothing was heard meanwhile, and nothing recorded


async def test_restarted_when_convenient_no_call_is_dropped_and_people_sit_where_they_sat(
    installation: Installation,
) -> None:
    async with scene(installation) as one:
        seating = Seating(installation.seats, Turns(installation.turns))
        seating.sit("anna", "boris")
        async with one.calling(MARKET, MAIN) as talk:
            await talk.press("1")
            person = await talk.who((*OPERATORS, *OTHERS), 20)
            assert person is not None
            restart = asyncio.create_task(asterisk(one).cli("core restart when convenient"))
            await served(one)  # new calls come as before
            assert await talk.who([person], 10) == person
        await until_ready(one, ready=False, within=BACK_SECONDS)
        await until_ready(one, ready=True, within=BACK_SECONDS)
        with suppress(PbxError):  # the command is not answered before Asterisk goes
            await restart
        await served(one)
        async with one.calling(KEY, MAIN) as call:
            await call.press("1")
            assert await call.who(KEY_ACCOUNT, 20) == "boris", "anna sits at this telephone"
        seating.leave("anna")
        stories = await one.all_stories(4)
        assert [(story.call.end, len(story.legs)) for story in stories] == [("talk", 1)] * 4
        assert stories[0].legs[0].person == "anna"
        await agree(one)


@pytest.mark.parametrize("seen", [pytest.param(True, id="seen"), pytest.param(False, id="while no engine is there")])
async def test_restarted_now_its_calls_end_with_the_true_cause(installation: Installation, seen: bool) -> None:
    async with scene(installation) as one:
        async with one.calling(MARKET, MAIN) as talk, one.calling(OUTLET, MAIN):
            await talk.press("1")
            assert await talk.who((*OPERATORS, *OTHERS), 20)
            restarted, engine = time.time(), one.endpoints.engine
            if not seen:
                await one.kill_engine()
            with suppress(PbxError):  # the command is not answered before Asterisk goes
                await asterisk(one).cli("core restart now")
            if not seen:
                await one.replaced(engine)
            await until_ready(one, ready=True, within=BACK_SECONDS)
            await served(one)
        stories = await one.all_stories(3)
        lost = [story for story in stories if story.call.arrived.timestamp() < restarted]
        assert [story.call.end for story in lost] == ["asterisk ended"] * 2
        ends = [
            end.timestamp() for story in lost for end in (story.call.ended, *(leg.ended for leg in story.legs)) if end
        ]
        assert [end - restarted for end in ends if end - restarted > NOTICED_SECONDS] == []
        assert [story.recording is not None and story.recording.repaired for story in lost] == [False] * 2
        await agree(one)


async def test_who_came_to_the_company_while_it_ran_has_a_telephone_after_its_death(installation: Installation) -> None:
    file = installation.folder / "newcomer.csv"
    file.write_text("id,name,role\nnewcomer,Newcomer,accountant\n")
    imported = await asyncio.to_thread(switchboard, installation.folder, "import", "people", str(file))
    assert imported.returncode == 0, imported.stdout + imported.stderr
    async with scene(installation) as one:
        await until(lambda: "newcomer" in installation.endpoints().phones, 10, "the engine to learn of the newcomer")
        kill(one)
        await until_ready(one, ready=False, within=NOTICED_SECONDS)
        await until_ready(one, ready=True, within=BACK_SECONDS)
        known = read(installation.endpoints_file)
        async with Phone("newcomer", known.secrets["newcomer"], server=known.server) as phone:
            await phone.register()
