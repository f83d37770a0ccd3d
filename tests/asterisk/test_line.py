"""The waiting line as callers notice it: who is rung for whom, and in which order (D3, D22, T7)."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from zoneinfo import ZoneInfo

import pytest

from ari_app.witness.auditing import listed
from db.tasks import TaskList
from demo.desk import Desk
from demo.endpoints import read
from demo.errors import Gone
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.scenario import Answers, OnThePhone, RingsOut
from demo.scenarios.cast import FINANCE, MAIN, MARKET, OPERATORS, OUTLET, PERSIAN, REGIONAL, all_of
from demo.tones import BEEP, tone_of
from dialplan.plan import LOOPBACK
from premises import ports
from premises.installation import Installation
from routing.outcomes import Absence, LineClosed, Unanswered
from routing.steps import Wait
from routing.trail import decode
from tests.asterisk.conftest import down, prepare, switchboard, up
from tests.asterisk.faults.engines import engines, lines
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
    call_back:
      key: 1
      offer: {en: Press 1., ru: Нажмите 1., fa: ۱}
      confirm: {en: "{number}.", ru: "{number}.", fa: "{number}."}
      elsewhere: {key: 2, ask: {en: Which?, ru: Какой?, fa: کدام؟}, refuse: {en: No., ru: Нет., fa: نه}}
      thanks: {en: We call., ru: Мы позвоним., fa: تماس}
      tell: {en: Call back., ru: Звонок., fa: تماس}
      owner: head of retail
      tries: 2
      pause: 10s
  finance: {next: ring_all, closes: {with: brief, tell: closed_now}}
lines:
  "+74950000008": {route: closing}
"""
OUTSIDE = 'outside: {numbers: "+79160000301", call_back: "+7916*", dial: {manager: "+7916*"}, calls: 30 per hour, '
INSIDE = "inside: {operator: operator}\n"
OFTEN, UNTIL = 'mon-sun: "00:00-24:00", holidays: open', "  brief: {%s}\n"
CLOSING, CLOSES_SOON = "+74950000008", dt.timedelta(seconds=8)
FIRST = "    offer: 4s\n    first: language 6s\n"
AHEAD = """\
  - rule: T7
    name: closing
    when: {dialled: "+74950000008"}
    wait for: finance
    at most: 3m
    otherwise: {message: office}
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
    hours = "hours:\n"
    for old, new in (
        (hours, hours + UNTIL % OFTEN),
        ("\nlines:\n", "\n" + QUEUES),
        ("outside: {", OUTSIDE),
        ("    offer: 4s\n", FIRST),
        ("duty: {", INSIDE + "duty: {"),
        ("transfers:\n", f'transfers:\n  699: "{OUTLET} 20s"\n'),
        ("  - rule: D3\n", AHEAD),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    rules.write_text(text, encoding="utf-8")
    with (folder / "settings.yaml").open("a") as settings:
        settings.write(f'trunk: {{contact: "sip:{LOOPBACK}:{ports.pick().sip}"}}\n')
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
    assert await asyncio.to_thread(one.stories.sounds.messages, heard=False) == ()


async def test_when_the_last_one_leaves_whoever_waits_is_asked_for_a_message_at_once(lined: Installation) -> None:
    async with scene(lined) as one, only(one, "oleg"), one.all_calling((MARKET, OUTLET)) as (talks, waits):
        await talks.press("1")
        assert await talks.who(OPERATORS, 20) == "oleg"
        before = len(told(one))
        await waits.press("1")
        await until(lambda: told(one)[before:] == [1], 20, "the second one to be in line")
        try:
            await one.switchboard.set_away("oleg", "lunch")
            await asyncio.sleep(3)  # it counts once the talk is over, and until then shows nowhere
            await talks.hang_up()
            assert await waits.hears(BEEP, 60)
        finally:
            await one.switchboard.set_away("oleg", None)


async def test_all_are_rung_at_once_and_whom_the_quickest_forestalls_has_missed_nothing(lined: Installation) -> None:
    async with scene(lined, {"alla": RingsOut(), "arman": RingsOut()}) as one:
        async with one.calling(MARKET, CLOSING) as call:
            assert await call.who(FINANCE, 20) == "fatima"
            others = [one.desk(person).calls[-1] for person in ("alla", "arman")]
            for other in others:
                await other.ended(5)
            await one.switchboard.until_seen({"alla": None, "arman": None, "fatima": "busy"})
        story = await one.story()
    assert [other.cancelled_for for other in others] == ['SIP;cause=200;text="Call completed elsewhere"'] * 2
    assert {leg.person: leg.why for leg in story.legs} == {
        **dict.fromkeys(("alla", "arman"), Absence.ELSEWHERE),
        "fatima": None,
    }


# -------------------------------------------------------------------------------------------- called back, and closed


@asynccontextmanager
async def outside(one: Scene, number: str) -> AsyncIterator[Phone]:
    """A caller's telephone, which the trunk leads to."""
    contact = str(one.installation.settings.trunk.contact)
    where = read(one.installation.endpoints_file)
    async with Phone(number, server=where.server, at=(LOOPBACK, int(contact.rpartition(":")[2]))) as phone:
        yield phone


async def asks_for_a_call(one: Scene, phone: Phone, agrees: str) -> None:
    """Call, wait in line, hear the offer, press the key and hear the number."""
    call = await phone.dial(MAIN)
    await call.answered()
    await is_told_the_number(one, call)
    await call.press(agrees)
    await call.ended(20)


async def is_told_the_number(one: Scene, call: Outgoing) -> None:
    """Wait in line, hear the offer, press the key, and hear which number will be called."""
    before, numbers = len(told(one)), numbers_told(one)
    await call.press("1")
    await until(lambda: len(told(one)) > before, 20, "the offer")
    await call.press("1")
    await until(lambda: numbers_told(one) > numbers, 20, "the number to be told")


def numbers_told(one: Scene) -> int:
    return sum(1 for line in lines(one.installation.folder) if line.get("event") == "told the number to be called")


async def test_who_does_not_want_to_be_called_at_the_number_waits_on(lined: Installation) -> None:
    async with scene(lined) as one, only(one, "oleg"), one.all_calling((MARKET, OUTLET)) as (talks, waits):
        await talks.press("1")
        assert await talks.who(OPERATORS, 20) == "oleg"
        await is_told_the_number(one, waits)
        await waits.press("3")
        await talks.hang_up()
        assert await waits.who(OPERATORS, 20) == "oleg"
        assert owed(one) == []


async def gives(one: Scene, call: Outgoing, number: str) -> None:
    """Refuse the number that was told by giving another one, after which a number is told once more."""
    asked, numbers = numbers_asked(one), numbers_told(one)
    await call.press("2")
    await until(lambda: numbers_asked(one) > asked, 20, "another number to be asked for")
    await call.press(f"{number}#")
    await until(lambda: numbers_told(one) > numbers, 20, "the number to be told")


def numbers_asked(one: Scene) -> int:
    return sum(
        1 for line in lines(one.installation.folder) if line.get("event") == "asked for another number to be called"
    )


async def test_who_gives_another_number_that_the_rules_allow_is_called_there(lined: Installation) -> None:
    async with scene(lined) as one, only(one, "oleg"), outside(one, OUTLET) as phone:
        async with one.all_calling((MARKET, REGIONAL)) as (talks, asks):
            await talks.press("1")
            assert await talks.who(OPERATORS, 20) == "oleg"
            await is_told_the_number(one, asks)
            await gives(one, asks, "79001234567")  # not among those that may be called
            await gives(one, asks, OUTLET[1:])
            await asks.press("1")
            await asks.ended(20)
            await talks.hang_up()
            await is_called_back(one, phone)
        assert called_back(one) in (["in progress"], ["talk"])
        await until(lambda: not owed(one), 10, "the promise to be kept")


async def test_a_number_outside_is_asked_and_then_given_the_caller(lined: Installation) -> None:
    async with scene(lined) as one, only(one, "oleg"), outside(one, OUTLET) as phone:
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            assert await call.who(OPERATORS, 20) == "oleg"
            oleg = one.desk("oleg").calls[-1]
            await oleg.press("*4699#")
            await answers(phone)
            assert await oleg.hears(tone_of(OUTLET), 10)
            with suppress(Gone):  # it is over while the last key is still down
                await oleg.press("*7")
            await answers(phone)
            assert await call.hears(tone_of(OUTLET), 10)
        story = await one.story()
    assert [(leg.person, leg.rule) for leg in story.legs] == [("oleg", "D3"), (OUTLET, "D11"), (OUTLET, "D3")]


async def answers(phone: Phone) -> None:
    rings = await phone.incoming(30)
    await rings.answer()
    rings.play_tone(tone_of(OUTLET))


async def test_who_asks_is_called_back_in_turn_by_one_engine_of_two_though_the_other_dies(
    lined: Installation,
) -> None:
    async with scene(lined) as one, only(one, "oleg"), outside(one, OUTLET) as phone:
        async with engines(lined) as them:
            await them.beside()
            async with one.calling(MARKET, MAIN) as talks, one.calling(REGIONAL, MAIN) as later:
                await talks.press("1")
                assert await talks.who(OPERATORS, 20) == "oleg"
                await asks_for_a_call(one, phone, agrees="1")
                await later.press("1")
                await asyncio.sleep(1)
                await talks.hang_up()
                first = await phone.incoming(30)  # oleg is taken, though somebody has waited, who came later
                await first.ring()
                await until(lambda: called_back(one) == ["in progress"], 5, "it to be registered")
                await them.kill(them.serving[0])
                await first.ended(10)
                assert await later.who(OPERATORS, 20) == "oleg"
                await later.hang_up()
                await is_called_back(one, phone)
        await one.replaced(0)
        stories = await one.all_stories(5)
        assert called_back(one) == ["not reached", "talk"]
        (answer,) = (story for story in stories if story.call.id.startswith("back-2-"))
        assert (answer.call.number, answer.call.dialled) == (OUTLET, "<oleg")
        assert [leg.person for leg in answer.legs if leg.answered] == ["oleg"]
        assert listed(lined, one.began)[answer.call.id].talked, "Asterisk's list has nothing of the talk"
        assert len(phone.calls) == 3  # the first one was the caller's own
        await until(lambda: not owed(one), 10, "the promise to be kept")


def called_back(one: Scene) -> list[str]:
    """What came of each call to somebody who had asked for it."""
    rows = one.stories.calls(since=one.began, number=OUTLET)
    return [row.end or "in progress" for row in reversed(rows) if row.id.startswith("back-")]


async def is_called_back(one: Scene, phone: Phone) -> None:
    """Answer the call, from the line that was called; both hear each other."""
    back = await phone.incoming(30)
    assert back.caller.user == MAIN
    await back.answer()
    assert await back.who(OPERATORS, 10) == "oleg"
    back.play_tone(tone_of(OUTLET))
    assert await one.desk("oleg").calls[-1].hears(tone_of(OUTLET), 5)
    await back.hang_up()


def owed(one: Scene) -> list[str]:
    """Promises that are not kept, with who must see to it."""
    return [
        f"{task.task.id} {task.task.owner}" for task in TaskList(one.database).open() if task.task.kind != "message"
    ]


async def does_not_answer(one: Scene) -> None:
    """Ask for a call, with everybody busy, and decline it each time; then somebody has to see to it."""
    async with outside(one, OUTLET) as phone:
        await asks_for_a_call(one, phone, agrees="")
        (promise,) = owed(one)
        await one.staff.adopt({"olga": Answers()})
        for _ in range(2):
            await (await phone.incoming(30)).decline(486)
        await asyncio.sleep(3)
        assert owed(one) == [promise]
        assert promise.endswith("head of retail")
        assert len(phone.calls) == 3
    shown = await asyncio.to_thread(switchboard, one.installation.folder, "tasks", "--for", "galina")
    assert "call-back" in shown.stdout


async def waits_until_it_closes(one: Scene) -> None:
    """Wait for people who are busy, until their line closes; be told so, and leave a message."""
    rules = one.installation.folder / "routing_rules.yaml"
    soon = dt.datetime.now(ZoneInfo("Europe/Moscow")) + CLOSES_SOON + dt.timedelta(minutes=1)
    closing = f'mon-sun: "00:00-{soon:%H:%M}", holidays: open'
    rules.write_text(rules.read_text(encoding="utf-8").replace(UNTIL % OFTEN, UNTIL % closing), encoding="utf-8")
    accepted = in_force(one)
    await until(lambda: in_force(one) > accepted, 10, "the rules")
    async with one.calling(MARKET, CLOSING) as waits:
        assert await waits.hears(BEEP, 90)
        waits.play_tone(tone_of(MARKET))
        await asyncio.sleep(1)
    async with one.calling(MARKET, CLOSING) as comes_later:
        assert await comes_later.hears(BEEP, 20)


def in_force(one: Scene) -> int:
    return sum(1 for line in lines(one.installation.folder) if line.get("event") == "rules in force")


async def test_who_is_not_reached_is_owed_a_call_and_who_waits_when_it_closes_goes_on(lined: Installation) -> None:
    busy = all_of((*OPERATORS, "nina", "maria", *FINANCE), OnThePhone(150))
    async with scene(lined, busy) as one:
        async with asyncio.TaskGroup() as both:
            both.create_task(does_not_answer(one))
            both.create_task(waits_until_it_closes(one))
        stories = await one.all_stories(5)
    trails = [decode(story.call.trail) for story in stories if story.call.answered]
    outcomes = [type(entry.outcome) for trail in trails for entry in trail.entries]
    assert sorted(str(story.call.end) for story in stories) == [
        *("call-back", "caller left", "message", "not reached", "not reached")
    ]
    assert LineClosed in outcomes


# -------------------------------------------------------------------------------------------------------- calling out


async def test_a_person_calls_a_customer_as_the_register_tells_though_the_engine_dies(lined: Installation) -> None:
    async with scene(lined) as one, outside(one, OUTLET) as phone:
        own = await one.desk("mark").dial("8" + OUTLET[2:])  # as people in this country dial it
        there = await phone.incoming(10)
        assert there.caller.user == MAIN
        await one.switchboard.until_seen({"mark": "busy"})
        await there.answer()
        await own.answered()
        there.play_tone(tone_of(OUTLET))
        own.play_tone(tone_of("mark"))
        assert await own.hears(tone_of(OUTLET), 10)
        assert await there.hears(tone_of("mark"), 10)
        engine = one.endpoints.engine
        await one.kill_engine()
        await one.replaced(engine)
        await one.switchboard.until_seen({"mark": "busy"})
        await there.hang_up()
        await own.ended(10)
        await one.switchboard.until_seen({"mark": None})
        story = await one.story()
        report = await asyncio.to_thread(
            switchboard, lined.folder, "report", "day", "--calls", "person", "mark", "talks"
        )
    assert (story.call.number, story.call.dialled, story.call.customer, story.call.end) == (
        OUTLET,
        ">mark",
        "c301",
        "talk",
    )
    called, calling = story.legs
    assert (called.person, calling.person, called.rule) == (OUTLET, "mark", "T1")
    assert (called.answered, called.ended) == (calling.answered, calling.ended)
    assert story.call.id in report.stdout
    assert story.recording is not None


@pytest.mark.parametrize(("person", "number"), [("olga", OUTLET), ("mark", "+74957654321"), ("mark", "1122")])
async def test_nobody_calls_whom_the_rules_do_not_let_the_role_call(
    lined: Installation, person: str, number: str
) -> None:
    async with scene(lined) as one:
        own = await one.desk(person).dial(number)
        await own.answered()
        await own.prompt_began()
        await own.ended(10)
        story = await one.story()
    assert (story.call.dialled, story.call.end, story.legs) == (f">{person}", "goodbye", ())


async def test_a_person_whom_the_rules_do_not_let_call_a_colleague_hears_a_goodbye(lined: Installation) -> None:
    async with scene(lined) as one:
        own = await one.desk("olga").dial("mark")
        await own.answered()
        await own.prompt_began()
        await own.ended(10)
        story = await one.story()
        told = await asyncio.to_thread(switchboard, lined.folder, "call", story.call.id)
    assert (story.call.dialled, story.call.end, story.legs) == ("@mark", "goodbye", ())
    assert "the rules let nobody of this role call mark inside the house" in told.stdout


async def test_the_same_colleague_is_asked_while_a_caller_waits(lined: Installation) -> None:
    async with scene(lined) as one, only(one, "olga"), one.calling(REGIONAL, MAIN) as call:
        await call.press("1")
        assert await call.who(OPERATORS, 20) == "olga"
        own = await one.desk("olga").dial("mark")
        await own.answered()
        assert await own.who(one.staff.people, 10) == "mark"
        await own.hang_up()
        assert await call.who(OPERATORS, 10) == "olga"


async def test_everybody_calls_for_help_from_every_telephone(lined: Installation) -> None:
    """Olga's role may call nobody outside, and she is away; at the desk nobody sits."""
    async with scene(lined) as one, only(one, "oleg"), outside(one, "112") as phone, at_the_desk(one) as desk:
        for telephone in (one.desk("olga"), desk):
            own = await telephone.dial("112")
            there = await phone.incoming(10)
            assert there.caller.user == MAIN
            await there.answer()
            await own.answered()
            there.play_tone(tone_of(OUTLET))
            assert await own.hears(tone_of(OUTLET), 10)
            await there.hang_up()
            await own.ended(10)
        stories = await one.all_stories(2)
    assert {(story.call.number, story.call.dialled, story.call.end) for story in stories} == {
        ("112", ">olga", "talk"),
        ("112", ">desk-1", "talk"),
    }
    assert all(story.recording for story in stories)
    assert {leg.person for story in stories for leg in story.legs} == {"112", "olga", "desk-1"}


@asynccontextmanager
async def at_the_desk(one: Scene) -> AsyncIterator[Desk]:
    """The telephone that is nobody's own."""
    account = one.endpoints.desks["desk-1"]
    async with Desk("desk-1", account.secret, read(one.installation.endpoints_file).server) as desk:
        yield desk
