"""The HTTP API beside a running installation: what it tells of real calls, and that its end touches none."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import pytest

from ari_app.witness.auditing import audit
from ari_app.witness.comparing import WRONG_BY
from db.accounts import AccountBook
from db.database import Database
from demo.outgoing import Outgoing
from demo.scenario import Answers, Declines, Unplugged
from demo.scenarios.cast import COMPLAINTS, MAIN, MARKET, OPERATORS, OUTLET, REGIONAL
from demo.tones import spans, tone_of
from dialplan.plan import LOOPBACK
from premises import ports
from premises.installation import Installation
from tests.asterisk.conftest import down, prepare, up
from tests.asterisk.faults.scene import Scene, scene, until
from tests.asterisk.test_line import outside
from tests.asterisk.test_presence import restored
from tests.asterisk.test_supervision import MOMENT, answered, recorded, silence
from tests.integration.web_api import ACCOUNTS, Api, Follower, following, sign_in

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The sample company, whose operators may call outside, being served, with the API beside it."""
    folder = tmp_path_factory.mktemp("var")
    prepare(folder)
    trunk = f'trunk: {{contact: "sip:{LOOPBACK}:{ports.pick().sip}"}}\n'
    (folder / "settings.yaml").write_text("rules: routing_rules.yaml\n" + trunk)
    rules = folder / "routing_rules.yaml"
    text = rules.read_text(encoding="utf-8")
    assert text.count("outside: {") == 1
    rules.write_text(text.replace("outside: {", 'outside: {dial: {operator: "+7916*"}, '), encoding="utf-8")
    process = up(folder)
    yield Installation(folder)
    assert down(process) == 0


@pytest.fixture
def api(installation: Installation, database: Database) -> Iterator[Api]:
    book = AccountBook(database)
    tokens = sign_in(book)
    url = installation.web().api
    yield Api(installation, database, url, tokens)
    for name in ACCOUNTS:
        book.remove(name)


async def test_a_call_is_followed_while_it_rings_is_talked_and_ends(installation: Installation, api: Api) -> None:
    async with scene(installation) as one, following(api, "sveta") as sveta:
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            person = await call.who(OPERATORS, 20)
            assert person is not None
            key = await _until_talks(sveta, person)
            assert key in [live["id"] for live in (await api.get("sveta", "/calls/live"))["calls"]]
        while not sveta.calls[key]["ended"] or sveta.people[person]["state"] != "free":
            await sveta.take()
        await one.story()
    story = await api.get("sveta", f"/calls/{key}")
    assert story["call"]["end"] == "talk"
    assert f"talked with {person}, caller hung up" in [told["text"] for told in story["trail"]]
    sound = await api.ask("sveta", "GET", f"/calls/{key}/recording")
    assert len(sound.content) == story["recording"]["bytes"]
    behind = await api.get("sveta", f"/reports/month/calls?table=person&row={person}&column=answered&limit=200")
    assert key in [one["call"]["id"] for one in behind["calls"]]


async def test_who_waits_is_seen_until_somebody_talks_with_the_caller(installation: Installation, api: Api) -> None:
    async with scene(installation) as one, restored(one, "olga", "oleg"):
        for person in ("olga", "oleg"):
            await one.switchboard.set_away(person, "lunch")
        await one.switchboard.until_seen({"olga": "away", "oleg": "away"})
        async with one.calling(MARKET, MAIN) as first, one.calling(REGIONAL, MAIN) as second:
            await first.press("1")
            assert await first.who(OPERATORS, 20) == "omid"
            await second.press("1")
            (waits,) = await _until_waits(api, 1)
            assert waits["offered"] is None
            assert (await api.get("sveta", f"/calls/{waits['call']}"))["call"]["number"] == REGIONAL
            await first.hang_up()
            assert await second.who(OPERATORS, 20) == "omid"
            assert await _until_waits(api, 0) == []


async def test_a_desk_that_only_follows_knows_who_waits_and_what_is_owed(installation: Installation, api: Api) -> None:
    async with scene(installation) as one, restored(one, "olga", "oleg"), following(api, "sveta") as sveta:
        for person in ("olga", "oleg"):
            await one.switchboard.set_away(person, "lunch")
        await one.switchboard.until_seen({"olga": "away", "oleg": "away"})
        async with one.calling(MARKET, MAIN) as first, one.calling(REGIONAL, MAIN) as second:
            await first.press("1")
            assert await first.who(OPERATORS, 20) == "omid"
            talks = await _until_talks(sveta, "omid")
            await second.press("1")
            waits = await _until_waits_behind(sveta, talks)
            assert waits["offered"] is None
            async with following(api, "galina", sveta.sequence) as back:
                assert await _until_waits_behind(back, talks) == waits
            noted = {"reason": "wish", "task": "operators"}
            assert (await api.ask("sveta", "POST", f"/calls/{talks}/remarks", json=noted)).status == 201
            task = await _until_owed(sveta, talks)
            assert (task["kind"], task["owner"], task["taken_by"], task["done"]) == ("remark", "operators", None, None)
            before = sveta.sequence
            assert (await api.ask("olga", "PUT", f"/tasks/{task['id']}/done", json={})).status == 204
            while not sveta.tasks[task["id"]]["done"]:
                await sveta.take()
            async with following(api, "olga", before) as back:
                assert (await _until_owed(back, talks))["done_by"] == "olga"
            await first.hang_up()
            assert await second.who(OPERATORS, 20) == "omid"
            while sveta.queues["operators"]["waiting"]:
                await sveta.take()
            while not any(leg["answered"] for leg in sveta.calls[waits["call"]]["legs"]):
                await sveta.take()


async def test_what_a_talk_was_about_is_noted_in_it_and_the_department_is_told(
    installation: Installation, api: Api
) -> None:
    async with scene(installation) as one, following(api, "sveta") as sveta:
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            person = await call.who(OPERATORS, 20)
            assert person is not None
            key = await _until_talks(sveta, person)
            wish = {"reason": "wish", "note": "on Saturdays, please"}
            noted = await api.ask("sveta", "POST", f"/calls/{key}/remarks", json=wish)
            assert noted.status == 201, noted.content
        await one.story()
    (remark,) = (await api.get("sveta", f"/calls/{key}"))["remarks"]
    assert (remark["by"], remark["reason"], remark["text"]) == ("sveta", "wish", "on Saturdays, please")
    (department,) = remark["tell"]
    told = installation.told / department
    await until(lambda: any(key in file.read_text() for file in told.glob("*.json")), 10, "the department to be told")


async def test_who_is_set_away_over_the_api_gets_no_calls(installation: Installation, api: Api) -> None:
    async with scene(installation) as one:
        away = {"kind": "away", "reason": "lunch"}
        for person in ("olga", "oleg"):
            assert (await api.ask("sveta", "PUT", f"/people/{person}/duty", json=away)).status == 200
        await one.switchboard.until_seen({"olga": "away", "oleg": "away"})
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            assert await call.who(OPERATORS, 20) == "omid"
        for person in ("olga", "oleg"):
            await api.ask("sveta", "PUT", f"/people/{person}/duty", json={"kind": "in"})
        await one.switchboard.until_seen({"olga": None, "oleg": None})


async def test_a_person_calls_outside_from_a_program_as_if_it_had_been_dialled(
    installation: Installation, api: Api
) -> None:
    async with scene(installation) as one, outside(one, OUTLET) as phone:
        begun = await api.ask("olga", "POST", "/calls", json={"number": "8" + OUTLET[2:]})
        assert begun.status == 202, begun.content
        there = await phone.incoming(10)
        own = one.desk("olga").calls[-1]
        assert (own.caller.user, there.caller.user) == (OUTLET, MAIN)
        await one.switchboard.until_seen({"olga": "busy"})
        again = await api.ask("olga", "POST", "/calls", json={"number": OUTLET})
        assert (again.status, again.json["detail"]) == (409, "olga's telephone is in a call")
        await there.answer()
        there.play_tone(tone_of(OUTLET))
        assert await own.hears(tone_of(OUTLET), 10)
        assert await there.hears(tone_of("olga"), 10)
        await there.hang_up()
        await own.ended(10)
        await one.switchboard.until_seen({"olga": None})
        story = await one.story()
        found = await asyncio.to_thread(audit, installation, one.stories, one.began, 0.0)
    assert story.call.id == begun.json["call"]
    assert (story.call.number, story.call.dialled, story.call.end) == (OUTLET, ">olga", "talk")
    assert [(leg.person, leg.rule) for leg in story.legs] == [(OUTLET, "T1"), ("olga", "T1")]
    assert story.recording is not None
    assert found == []


async def test_who_reaches_nobody_outside_has_called_as_both_witnesses_tell(
    installation: Installation, api: Api
) -> None:
    async with scene(installation) as one, outside(one, OUTLET) as phone:
        assert (await api.ask("olga", "POST", "/calls", json={"number": OUTLET})).status == 202
        there = await phone.incoming(10)
        await asyncio.sleep(WRONG_BY)
        await there.decline()
        await one.desk("olga").calls[-1].ended(20)
        story = await one.story()
        found = await asyncio.to_thread(audit, installation, one.stories, one.began, 0.0)
    assert [(leg.person, leg.why) for leg in story.legs] == [(OUTLET, "declined")]
    assert found == []


async def test_whose_telephone_declines_has_called_nobody_and_is_offered_calls_again(
    installation: Installation, api: Api
) -> None:
    async with scene(installation, {"olga": Declines()}) as one:
        assert (await api.ask("olga", "POST", "/calls", json={"number": OUTLET})).status == 202
        await until(lambda: len(one.desk("olga").calls) == 1, 10, "olga's telephone to ring")
        await one.desk("olga").calls[-1].ended(10)
        await one.desk("olga").adopt(Answers())
        await one.switchboard.until_seen({"olga": None})
        await one.desk("olga").adopt(Unplugged())
        await one.switchboard.until_seen({"olga": "not registered"})
        refused = await api.ask("olga", "POST", "/calls", json={"number": OUTLET})
        assert (refused.status, refused.json["detail"]) == (409, "olga's telephone is not registered")
        assert one.stories.calls(since=one.began) == ()
        assert await asyncio.to_thread(audit, installation, one.stories, one.began, 0.0) == []


async def test_a_caller_is_handed_over_and_put_down_over_the_api(installation: Installation, api: Api) -> None:
    async with scene(installation) as one, following(api, "sveta") as sveta:
        async with one.calling(OUTLET, COMPLAINTS) as call:
            assert await call.who(["mark"], 20) == "mark"
            key = await _until_talks(sveta, "mark")
            assert (await api.ask("sveta", "POST", f"/calls/{key}/transfer", json={"to": "nina"})).status == 204
            assert await call.who(["nina"], 20) == "nina"
            await one.desk("mark").calls[-1].ended(10)
            key = await _until_talks(sveta, "nina")
            assert (await api.ask("sveta", "POST", f"/calls/{key}/transfer", json={"to": "603"})).status == 204
            assert await call.who(["viktor"], 20) == "viktor"
            await _until_talks(sveta, "viktor")
            assert (await api.ask("sveta", "DELETE", f"/calls/{key}/talk")).status == 204
            await call.ended(10)
            await one.desk("viktor").calls[-1].ended(10)
        story = await one.story()
    assert [(leg.person, leg.why) for leg in story.legs] == [("mark", None), ("nina", None), ("viktor", None)]
    assert story.call.end == "talk"
    acts = (await api.get("audit", f"/calls/{key}"))["acts"]
    assert [(act["by"], act["what"], act["person"], act["why"]) for act in acts] == [
        ("sveta", "hand over", "mark", "nina"),
        ("sveta", "hand over", "nina", "603"),
        ("sveta", "hang up", "viktor", None),
    ]


async def test_a_colleague_is_asked_over_the_api_and_joins_and_is_given_the_caller(
    installation: Installation, api: Api
) -> None:
    async with scene(installation) as one, following(api, "sveta") as sveta:
        async with one.calling(OUTLET, COMPLAINTS) as call:
            assert await call.who(["mark"], 20) == "mark"
            call.play_tone(tone_of(OUTLET))
            key = await _until_talks(sveta, "mark")
            consultation, mark = f"/calls/{key}/consultation", one.desk("mark").calls[-1]

            assert (await api.ask("sveta", "POST", consultation, json={"person": "nina"})).status == 204
            assert await mark.who(["nina"], 10) == "nina"
            nina = one.desk("nina").calls[-1]
            assert nina.caller.name == f"{OUTLET[1:]}: mark asks"
            assert await nina.who(["mark"], 10) == "mark"
            assert not await call.hears(tone_of("mark"), 0.5)
            again = await api.ask("sveta", "POST", consultation, json={"person": "maria"})
            assert (again.status, again.json["detail"]) == (409, "mark asks nina already")

            assert (await api.ask("sveta", "POST", f"/calls/{key}/conference")).status == 204
            for heard, by in (("mark", call), ("nina", call), (OUTLET, mark), (OUTLET, nina), ("mark", nina)):
                assert await by.hears(tone_of(heard), 10), f"{heard} is not heard"

            assert (await api.ask("sveta", "DELETE", consultation)).status == 204
            await nina.ended(10)
            assert await call.who(["mark"], 10) == "mark"
            assert await mark.who([OUTLET], 10) == OUTLET

            assert (await api.ask("sveta", "POST", consultation, json={"person": "405"})).status == 204
            assert await mark.who(["nina"], 10) == "nina"
            assert (await api.ask("sveta", "POST", f"/calls/{key}/transfer", json={"to": "nina"})).status == 204
            assert await call.who(["nina"], 20) == "nina"
        story = await one.story()
    assert [(leg.person, leg.rule, leg.why) for leg in story.legs] == [
        ("mark", "D19", None),
        ("nina", "D11", None),
        ("nina", "D11", None),
        ("nina", "D19", None),
    ]
    assert story.call.end == "talk"


@pytest.mark.parametrize(
    ("conference", "then"),
    [pytest.param(False, "mark", id="before the caller joins"), pytest.param(True, "nina", id="when all three talk")],
)
async def test_who_drops_out_while_asking_over_the_api_does_not_drop_the_caller(
    installation: Installation, api: Api, conference: bool, then: str
) -> None:
    async with scene(installation) as one, following(api, "sveta") as sveta:
        async with one.calling(OUTLET, COMPLAINTS) as call:
            key = await _asks_nina(one, call, sveta, api)
            if conference:
                assert (await api.ask("sveta", "POST", f"/calls/{key}/conference")).status == 204
                assert await call.hears(tone_of("nina"), 10)
            await one.desk("mark").calls[-1].hang_up()
            assert await call.who([then], 20) == then
        story = await one.story()
    assert [leg.person for leg in story.legs] == ["mark", "nina", then]


async def test_an_engine_that_dies_while_a_colleague_is_asked_leaves_the_caller_with_whoever_asked(
    installation: Installation, api: Api
) -> None:
    async with scene(installation) as one, following(api, "sveta") as sveta:
        async with one.calling(OUTLET, COMPLAINTS) as call:
            await _asks_nina(one, call, sveta, api)
            engine = one.endpoints.engine
            await one.kill_engine()
            await one.replaced(engine)
            assert await call.who(["mark"], 20) == "mark"
        story = await one.story()
    assert [(leg.person, bool(leg.ended)) for leg in story.legs] == [("mark", True), ("nina", True)]


async def _asks_nina(one: Scene, call: Outgoing, follower: Follower, api: Api) -> str:
    """The call, in which mark asks nina."""
    assert await call.who(["mark"], 20) == "mark"
    key = await _until_talks(follower, "mark")
    assert (await api.ask("sveta", "POST", f"/calls/{key}/consultation", json={"person": "nina"})).status == 204
    assert await one.desk("mark").calls[-1].who(["nina"], 10) == "nina"
    return key


async def test_a_head_hears_an_operators_talk_along_and_the_recording_is_paused(
    installation: Installation, api: Api
) -> None:
    async with scene(installation) as one, following(api, "sveta") as sveta:
        async with one.calling(MARKET, MAIN) as call:
            await call.press("1")
            person = await call.who(OPERATORS, 20)
            assert person is not None
            key = await _until_talks(sveta, person)
            call.play_tone(tone_of(MARKET))
            listen = await api.ask("galina", "PUT", f"/calls/{key}/supervision", json={"manner": "listen"})
            assert listen.status == 204, listen.content
            await until(lambda: bool(one.desk("galina").calls), 10, "the telephone to ring")
            (own,) = one.desk("galina").calls
            assert await own.hears(tone_of(MARKET), 10)
            assert await own.hears(tone_of(person), 10)
            assert (await api.ask("sveta", "PUT", f"/calls/{key}/pause", json={})).status == 204
            assert (await api.ask("sveta", "PUT", f"/calls/{key}/pause", json={"reason": "hunger"})).status == 409
            assert (await api.ask("galina", "DELETE", f"/calls/{key}/supervision")).status == 204
            await own.ended(10)
            with standing_still(one.endpoints.engine):
                late = await api.ask("galina", "PUT", f"/calls/{key}/supervision", json={"manner": "listen"})
            assert (late.status, "does not answer" in late.json["detail"]) == (503, True)
            assert (await api.ask("galina", "DELETE", f"/calls/{key}/supervision")).status == 409
            assert one.desk("galina").calls == [own], "what nobody waited for any more was not done"
            assert await call.who([person], 10) == person
        await one.story()
    acts = (await api.get("sveta", f"/calls/{key}"))["acts"]
    assert [(act["by"], act["what"], act["person"]) for act in acts] == [
        ("galina", "listen", person),
        ("sveta", "pause", person),
    ]
    assert [act["why"] for act in acts] == [None, "card number"]
    assert all(act["ended"] for act in acts)


async def test_whom_an_operator_calls_outside_a_head_hears_along(installation: Installation, api: Api) -> None:
    """As in a talk with a caller: a whisper reaches neither the one called nor the recording, who joins is in both."""
    async with scene(installation) as one, outside(one, OUTLET) as phone:
        own = await one.desk("olga").dial(OUTLET)
        there = await phone.incoming(10)
        await there.answer()
        there.play_tone(tone_of(OUTLET))
        own.play_tone(tone_of("olga"))
        assert await there.hears(tone_of("olga"), 10)
        (call,) = one.stories.open_calls()
        supervision = f"/calls/{call.id}/supervision"
        refused = await api.ask("galina", "PUT", supervision, json={"manner": "take over"})
        assert (refused.status, refused.json["detail"]) == (409, "olga has called outside: nobody can take that over")
        assert (await api.ask("galina", "PUT", supervision, json={"manner": "listen"})).status == 204
        await until(lambda: bool(one.desk("galina").calls), 10, "the telephone to ring")
        (head,) = one.desk("galina").calls
        assert await head.hears(tone_of("olga"), 10)
        assert await head.hears(tone_of(OUTLET), 10)
        assert not await own.hears(tone_of("galina"), MOMENT)
        await head.press("2")
        assert await own.hears(tone_of("galina"), 10)
        assert not await there.hears(tone_of("galina"), MOMENT)
        await head.press("4")  # nobody can take it over
        await head.press("3")
        assert await there.hears(tone_of("galina"), 10)
        assert await own.hears(tone_of("galina"), 10)
        await head.hang_up()
        assert await there.who(["olga", "galina"], 10) == "olga"
        await own.press("*1")  # for whoever is there, be it a machine
        given = await api.ask("olga", "POST", f"/calls/{call.id}/transfer", json={"to": "galina"})
        assert (given.status, given.json["detail"]) == (409, "who has called outside cannot hand over")
        assert (await api.ask("olga", "PUT", f"/calls/{call.id}/pause", json={})).status == 204
        await asyncio.sleep(2 * MOMENT)
        assert await there.hears(tone_of("olga"), 10)
        assert (await api.ask("olga", "POST", f"/calls/{call.id}/help")).status == 204
        await until(lambda: len(one.desk("galina").calls) > 1, 10, "the telephone to ring for help")
        assert await own.hears(tone_of("galina"), 10)
        assert (await api.ask("olga", "DELETE", f"/calls/{call.id}/talk")).status == 204
        await there.ended(10)
        story = await one.story()
    assert [(act.by, act.what, act.person) for act in story.acts] == [
        *(("galina", manner, "olga") for manner in ("listen", "whisper", "join")),
        *(("olga", wish, "olga") for wish in ("pause", "help")),
        ("galina", "whisper", "olga"),
    ]
    assert all(act.ended for act in story.acts)
    assert there.keys_heard == "*1"
    caller, called = recorded(installation, story)
    assert spans(caller, tone_of("galina")) == ()
    assert silence(caller, "olga").end, "what was said during the pause is not recorded"
    heard, (_, _, join, *_) = spans(called, tone_of("galina")), story.acts
    assert heard, "who joins is in the recording"
    assert heard[0].start > (join.began - answered(story)).total_seconds() - MOMENT, "who whispers is not"


async def test_by_the_feature_code_one_hears_along_whom_a_colleague_calls_outside(installation: Installation) -> None:
    async with scene(installation) as one, outside(one, OUTLET) as phone:
        own = await one.desk("olga").dial(OUTLET)
        there = await phone.incoming(10)
        await there.answer()
        there.play_tone(tone_of(OUTLET))
        assert await own.hears(tone_of(OUTLET), 10)
        head = await one.desk("galina").dial("*51olga")
        await head.answered()
        assert await head.hears(tone_of(OUTLET), 10)
        taking = await one.desk("viktor").dial("*54olga")
        await taking.ended(10)
        assert await own.hand_over("nina") == 404
        assert await own.hears(tone_of(OUTLET), 10)
        await there.hang_up()
        await head.ended(10)
        story = await one.story()
    assert [(act.by, act.what, act.person) for act in story.acts] == [("galina", "listen", "olga")]
    assert [leg.person for leg in story.legs] == [OUTLET, "olga"]


async def test_its_end_touches_no_call_and_it_is_back_where_it_was(installation: Installation, api: Api) -> None:
    async with scene(installation) as one, one.calling(MARKET, MAIN) as call:
        await call.press("1")
        person = await call.who(OPERATORS, 20)
        assert person is not None
        os.kill(int((installation.folder / "web.lock").read_text()), signal.SIGKILL)
        await _until_back(api)
        assert await call.hears(tone_of(person)), "the talk was cut off"
        assert [live["legs"][0]["person"] for live in (await api.get("sveta", "/calls/live"))["calls"]] == [person]


@contextmanager
def standing_still(process: int) -> Iterator[None]:
    """Stop a process until the block ends."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


async def _until_waits(api: Api, many: int) -> list[dict[str, str | None]]:
    """Who waits for the operators, once they are so many."""
    async with asyncio.timeout(10):
        while True:
            told = (await api.get("olga", "/queues"))["queues"]
            (waiting,) = [one["waiting"] for one in told if one["name"] == "operators"]
            if len(waiting) == many:
                return list(waiting)
            await asyncio.sleep(0.1)


async def _until_waits_behind(follower: Follower, served: str) -> dict[str, Any]:
    """The one who waits for the operators by what was told, once the call that is served waits no more."""
    while True:
        match [one for queue in follower.queues.values() for one in queue["waiting"]]:
            case [waits] if waits["call"] != served:
                return dict(waits)
        await follower.take()


async def _until_owed(follower: Follower, call: str) -> dict[str, Any]:
    """What is owed in this call, or was."""
    while not (found := [task for task in follower.tasks.values() if task["call"] == call]):
        await follower.take()
    return dict(found[-1])


async def _until_talks(follower: Follower, person: str) -> str:
    """Gives the call in which the person talks."""
    while True:
        for key, call in follower.calls.items():
            if any(leg["person"] == person and leg["answered"] for leg in call["legs"]):
                return key
        await follower.take()


async def _until_back(api: Api) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await api.get(None, "/health")
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
            else:
                return
