"""Supervisors and mentors hear a talk along, and what must not be recorded is silence (T6, T8): by who hears whom."""

import asyncio
import datetime as dt
import hashlib
import itertools
import re
from array import array
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from db.records import ActRow
from db.stories import CallStory
from demo.audio import metronome
from demo.conversation import Conversation
from demo.g711 import RATE
from demo.incoming import Incoming
from demo.outgoing import Outgoing
from demo.scenario import Declines, Habit, OnThePhone
from demo.scenarios.cast import KEY, MAIN, OUTLET
from demo.talk import State
from demo.tones import ALONE, Span, is_quiet, share, spans, tone_of
from premises.asking import ask
from premises.asks import Ask, Done, LeaveTalk, RaiseHand, Refused, Supervise
from premises.clock import now
from premises.installation import Installation
from routing.supervision import Manner
from tests.asterisk.complaint import HEARD, complaint
from tests.asterisk.conftest import switchboard
from tests.asterisk.faults.engines import engines
from tests.asterisk.faults.scene import Scene, scene, until
from tests.asterisk.test_presence import restored
from tests.asterisk.test_recording import sides

pytestmark = pytest.mark.timeout(120)

CLICKS = 5
"""Packets in which a tone begins or is broken off sound like something else."""
MOMENT = 0.6
"""Seconds in which it is listened for what must not be heard."""
RULES = "supervisors: {mark: [nina, viktor], anna: [nina]}\n  mentors: {anna: boris}\n  pauses: [card number, passport]"


@pytest.fixture(scope="module", autouse=True)
def rules(installation: Installation) -> Iterator[None]:
    """Nina supervises mark, and boris is anna's mentor, as long as these tests last."""
    usual = installation.rule_file.read_text(encoding="utf-8")
    changed, times = re.subn(r"(?<=^supervision:\n)(  .*\n)+", f"  {RULES}\n", usual, flags=re.MULTILINE)
    assert times == 1
    _bring_into_force(installation, changed)
    yield
    _bring_into_force(installation, usual)


def _bring_into_force(installation: Installation, text: str) -> None:
    installation.rule_file.write_text(text, encoding="utf-8")
    kept = installation.rules / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.yaml"
    asyncio.run(until(kept.exists, HEARD, "the rules to be in force"))


class Talk:
    """A caller who talks with mark, whose line for complaints it called."""

    def __init__(self, one: Scene, call: Outgoing, person: str) -> None:
        self.one, self.call, self.person = one, call, person
        self.at = one.desk(person).calls[-1]

    @property
    def id(self) -> str:
        return self.one.stories.open_calls()[-1].id

    @asynccontextmanager
    async def dialled(self, person: str, code: str) -> AsyncIterator[Outgoing]:
        """Somebody who has dialled a feature code and hums, until the block ends."""
        own = await self.one.desk(person).dial(code)
        await own.answered()
        own.play_tone(tone_of(person))
        yield own
        await own.hang_up()

    async def regrets(self, person: str, code: str) -> None:
        """Somebody dials what is not to be heard, and is told "sorry"."""
        own = await self.one.desk(person).dial(code)
        await own.answered()
        await own.prompt_began()
        await own.ended(HEARD)
        assert spans(own.heard, tone_of(self.person)) == ()

    async def rings(self, person: str) -> Incoming:
        """Somebody's telephone, which rings, is answered, and hums."""
        desk = self.one.desk(person)
        await until(lambda: bool(desk.calls) and desk.calls[-1].state is State.ANSWERED, HEARD, f"{person} to answer")
        return desk.calls[-1]

    async def asks(self, kind: type[Ask], by: str, **more: Manner) -> Done | Refused:
        """What the engine answers that the HTTP API asks."""
        until = now() + dt.timedelta(seconds=HEARD)
        about = {"call": self.id, "by": by, "talking": self.person, "until": until, "type": kind.__name__}
        return await ask(self.one.installation.asks, msgspec.convert(about | more, Ask), HEARD)

    async def are_heard(self, by: Conversation, *people: str) -> None:
        """All of these are heard by somebody."""
        for person in people:
            assert await by.hears(tone_of(person), HEARD), f"{person} is not heard"

    async def is_not_heard(self, person: str, by: Conversation) -> None:
        assert not await by.hears(tone_of(person), MOMENT), f"{person} is heard"

    async def goes_on(self) -> None:
        """The caller hears whoever talks with it, alone."""
        assert await self.call.who(self.one.staff.people, HEARD) == self.person

    async def acts(self, *whats: str) -> list[ActRow]:
        """What was done so far, once it is in the register."""
        call, found = self.id, list[ActRow]()

        def are_there() -> bool:
            story = self.one.stories.story(call)
            found[:] = story.acts if story else ()
            return [act.what for act in found] == list(whats)

        await until(are_there, HEARD, f"{whats} in the register, which has {found}")
        return found


@asynccontextmanager
async def talk(installation: Installation, **habits: Habit) -> AsyncIterator[Talk]:
    async with complaint(installation, habits) as (one, call):
        yield Talk(one, call, "mark")


def done(story: CallStory) -> list[tuple[str, str, str]]:
    return [(act.by, act.what, act.person) for act in story.acts]


async def test_a_supervisor_listens_whispers_joins_and_goes(installation: Installation) -> None:
    async with talk(installation) as it:
        async with it.dialled("nina", "*51mark") as nina:
            await it.are_heard(nina, "mark", OUTLET)
            await it.is_not_heard("nina", it.at)
            await it.is_not_heard("nina", it.call)
            await nina.press("2")
            await it.are_heard(it.at, "nina", OUTLET)
            await it.are_heard(nina, "mark", OUTLET)
            await it.is_not_heard("nina", it.call)
            await nina.press("3")
            await it.are_heard(it.call, "nina", "mark")
            await it.are_heard(it.at, "nina", OUTLET)
        await it.goes_on()
        assert (it.at.keys_heard, it.call.keys_heard) == ("", "")
    story = await it.one.story()
    assert done(story) == [("nina", what, "mark") for what in ("listen", "whisper", "join")]
    assert all(act.ended for act in story.acts)
    assert [leg.person for leg in story.legs] == ["mark"]
    told = switchboard(installation.folder, "call", story.call.id).stdout
    assert all(words in told for words in ("nina listened to mark for", "nina whispered to mark", "nina joined mark"))
    caller, company = recorded(installation, story)
    assert spans(caller, tone_of("nina")) == ()
    heard = spans(company, tone_of("nina"))
    _, _, join = story.acts
    assert heard, "who joins is in the recording"
    assert heard[0].start > (join.began - answered(story)).total_seconds() - MOMENT, "who whispers is not"


def foreign(by: Conversation, since: int, person: str) -> int:
    """In how many packets from that one on something else sounds than this person."""
    packets = [frame.codec.decode(frame.payload) for frame in by.audio.ear.frames[since:]]
    return sum(1 for each in packets if not is_quiet(each) and share(each, tone_of(person)) < ALONE)


def silence(side: bytes, person: str) -> Span:
    """The first time, once this person is heard, for which nothing but zeros was recorded."""
    place = round(spans(side, tone_of(person))[0].start * RATE)
    for sounds, run in itertools.groupby(array("h", side)[place:], bool):
        begin, place = place, place + sum(1 for _ in run)
        if not sounds and place - begin > MOMENT * RATE:
            return Span(begin / RATE, place / RATE)
    raise AssertionError(f"{person} is recorded all the time")


def recorded(installation: Installation, story: CallStory) -> tuple[bytes, bytes]:
    assert story.recording
    return sides(installation.recordings / story.recording.file)


def answered(story: CallStory) -> dt.datetime:
    assert story.call.answered
    return story.call.answered


@pytest.mark.parametrize("way", ["code", "key", "api"])
async def test_a_supervisor_takes_the_caller_over(installation: Installation, way: str) -> None:
    async with talk(installation) as it:
        if way == "code":
            nina: Conversation = await it.one.desk("nina").dial("*54402")
            await nina.answered()
            nina.play_tone(tone_of("nina"))
        else:
            assert await it.asks(Supervise, "nina", manner="listen") == Done()
            nina = await it.rings("nina")
            await it.are_heard(nina, "mark")
            if way == "key":
                await nina.press("4")
            else:
                assert await it.asks(Supervise, "nina", manner="take over") == Done()
        await it.are_heard(it.call, "nina")
        await it.are_heard(nina, OUTLET)
        await it.at.ended(HEARD)
        await it.is_not_heard("mark", it.call)
        await it.one.switchboard.until_seen({"mark": None, "nina": "busy"})
        await nina.hand_over("viktor")
        assert await it.call.who(it.one.staff.people, HEARD) == "viktor"
    story = await it.one.story()
    assert ("nina", "take over", "mark") in done(story)
    assert [leg.person for leg in story.legs if leg.answered] == ["mark", "nina", "viktor"]
    assert all(
        one.ended and later.answered and one.ended <= later.answered for one, later in itertools.pairwise(story.legs)
    )
    _, company = recorded(installation, story)
    assert spans(company, tone_of("nina"))
    assert story.call.end == "talk"


async def test_the_api_rings_a_supervisor_changes_the_manner_and_sends_away(installation: Installation) -> None:
    async with talk(installation) as it:
        assert await it.asks(Supervise, "nina", manner="listen") == Done()
        nina = await it.rings("nina")
        assert nina.caller.name == "listen mark"
        await it.are_heard(nina, "mark", OUTLET)
        await it.acts("listen")
        assert await it.asks(Supervise, "nina", manner="whisper") == Done()
        await it.are_heard(it.at, "nina")
        assert await it.asks(LeaveTalk, "nina") == Done()
        await nina.ended(HEARD)
        assert isinstance(await it.asks(LeaveTalk, "nina"), Refused)
        await it.goes_on()


async def test_who_may_not_or_cannot_hear_a_talk_along_is_told_so(installation: Installation) -> None:
    async with talk(installation, viktor=OnThePhone()) as it:
        whys = {"maria": "does not supervise mark", "mark": "does not supervise mark", "viktor": "is in a call"}
        for by, why in whys.items():
            answer = await it.asks(Supervise, by, manner="listen")
            assert isinstance(answer, Refused)
            assert why in answer.why
        await asyncio.gather(
            *(
                it.regrets(who, code)
                for who, code in (("maria", "*51mark"), ("nina", "*51viktor"), ("anna", "*51nobody"))
            )
        )
        await it.goes_on()
    assert (await it.one.story()).acts == ()


async def test_a_raised_hand_rings_the_supervisors_until_one_comes(installation: Installation) -> None:
    async with talk(installation, nina=Declines()) as it:
        await it.at.press("*1")
        viktor = await it.rings("viktor")
        assert [call.caller.name for call in it.one.desk("nina").calls] == ["mark needs help"]
        await it.are_heard(viktor, "mark", OUTLET)
        await it.are_heard(it.at, "viktor")
        await it.is_not_heard("viktor", it.call)
    story = await it.one.story()
    assert done(story) == [("mark", "help", "mark"), ("viktor", "whisper", "mark")]
    assert story.acts[0].why == "viktor came"


async def test_nobody_comes_who_is_away_and_that_is_written_down(installation: Installation) -> None:
    async with talk(installation) as it, restored(it.one, "nina", "viktor"):
        for person in ("nina", "viktor"):
            await it.one.switchboard.set_away(person, "lunch")
        await it.one.switchboard.until_seen({"nina": "away", "viktor": "away"})
        assert await it.asks(RaiseHand, "mark") == Done()
        await it.acts("help")
        await it.goes_on()
    (act,) = (await it.one.story()).acts
    assert (act.by, act.why) == ("mark", "nobody came")
    assert [desk.calls for desk in it.one.staff.desks(["nina", "viktor"])] == [[], []]


async def test_a_mentor_hears_each_talk_of_a_trainee_along_to_its_end(installation: Installation) -> None:
    async with scene(installation) as one, engines(installation) as them, one.calling(KEY, MAIN) as call:
        await call.press("1")
        assert await call.who(one.staff.people, 2 * HEARD) == "anna"
        call.play_tone(tone_of(KEY))
        it = Talk(one, call, "anna")
        boris = await it.rings("boris")
        await it.are_heard(boris, "anna", KEY)
        await it.is_not_heard("boris", it.at)
        await it.is_not_heard("boris", it.call)

        await it.at.press("*4405#")
        await boris.ended(HEARD)
        await it.rings("nina")
        await it.at.press("*5")
        boris = await it.rings("boris")
        await it.are_heard(boris, "anna", KEY)

        await them.kill(them.serving[0])
        await boris.ended(2 * HEARD)
        boris = await it.rings("boris")
        await it.are_heard(boris, "anna", KEY)

        await boris.hang_up()
        await them.kill(them.serving[0])
        await it.goes_on()
        await it.at.press("*2")
        await it.acts("listen", "listen", "listen", "pause")
        assert one.desk("boris").calls[-1] is boris, "who has gone is not called back"
    acts = (await one.story()).acts
    assert [(act.by, act.what) for act in acts[:3]] == [("boris", "listen")] * 3
    assert all(act.ended for act in acts)


async def test_what_must_not_be_recorded_is_exact_silence(installation: Installation) -> None:
    async with talk(installation) as it:
        await it.at.press("*2")
        begun = [len(ear.audio.ear.frames) for ear in (it.at, it.call)]
        await it.acts("pause")
        await asyncio.sleep(1.0)
        assert foreign(it.at, begun[0], OUTLET) > CLICKS, "mark hears that it is paused"
        assert foreign(it.call, begun[1], "mark") <= CLICKS, "and the caller does not"
        await it.at.press("*3")
        await asyncio.sleep(1.0)
        await it.at.press("*2")
        await it.acts("pause", "pause")
        await it.at.hand_over("nina")
        assert await it.call.who(it.one.staff.people, HEARD) == "nina"
        await asyncio.sleep(1.0)
        assert it.call.keys_heard == ""
    story = await it.one.story()
    pause, forgotten = story.acts
    assert forgotten.ended, "it ends with the talk"
    assert (pause.by, pause.why) == ("mark", "card number")
    assert pause.ended
    assert story.recording
    assert story.call.ended
    late = metronome().latest
    assert abs(story.recording.seconds - (story.call.ended - answered(story)).total_seconds()) < MOMENT + late
    caller, company = recorded(installation, story)
    assert spans(company, tone_of("nina"))[-1].seconds > 0.5
    for side, who in ((caller, OUTLET), (company, "mark")):
        silent = silence(side, who)
        assert silent.seconds > (pause.ended - pause.began).total_seconds() - MOMENT - late
        assert spans(side, tone_of(who))[-1].end > silent.end, "and what comes after it is recorded"
    verified = await asyncio.to_thread(switchboard, installation.folder, "recordings", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


async def test_an_engines_death_ends_the_hearing_along_and_nothing_else(installation: Installation) -> None:
    async with talk(installation) as it, engines(installation) as them:
        async with it.dialled("nina", "*51mark") as nina:
            await it.are_heard(nina, "mark", OUTLET)
            await it.at.press("*2")
            await it.acts("listen", "pause")
            await them.kill(them.serving[0])
            await nina.ended(2 * HEARD)
        await it.goes_on()
        await it.at.press("*3")
        async with it.dialled("nina", "*54mark") as nina:
            await it.are_heard(it.call, "nina")
            await them.kill(them.serving[0])
            await it.are_heard(nina, OUTLET)
            await it.are_heard(it.call, "nina")
            await it.call.hang_up()
            await nina.ended(HEARD)
    story = await it.one.story()
    assert [leg.person for leg in story.legs if leg.answered] == ["mark", "nina"]
    assert all(act.ended for act in story.acts)
    assert [act.what for act in story.acts if act.by == "mark"] == ["pause"]
