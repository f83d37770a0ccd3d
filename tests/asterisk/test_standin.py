"""The stand-in on a real Asterisk without any engine: callers are served by the same rules, and the register tells so.

The calls are those that `test_calls` places at the engine, and they are judged in the same way.
"""

import asyncio
import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from ari_app.cli import main
from ari_app.pbx.asterisk import Asterisk, program
from ari_app.pbx.planning import own_ports, plan
from ari_app.recordings.archive import Archive
from ari_app.recordings.places import Places
from ari_app.recordings.rounds import Patience
from ari_app.verdict import Verdict, judge
from db.database import Database, connect
from db.directory import Directory
from db.pins import PinBook
from db.register import Register
from db.stories import CallStory, Stories
from demo.audio import metronome
from demo.desk import Staff
from demo.endpoints import Endpoints
from demo.phone import Phone
from demo.play import play_all
from demo.scenario import Answers, Scenario
from demo.scenarios import ALL
from demo.scenarios.cast import KEY, MARKET, OPERATORS
from dialplan.plan import LOOPBACK, Pbx
from premises import passwords, ports
from premises.installation import Installation
from routing import load
from routing.outcomes import Absence, Missed, Pressed, Said, Unanswered
from routing.state import State, encode_state
from routing.trail import decode
from tests.asterisk.conftest import prepare
from tests.company import TOP

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]

LINE = "+74950000001"
RUNG_AT_LAST = (*OPERATORS, "desk-1")
"""By the dialplan alone, which does not know who sits where: whoever is quickest has the caller."""
CALLS = (
    *("t2-after-the-prompt", "t2-typed-ahead", "t4-night-box", "t4-gives-up-while-ringing"),
    *("d4-declined", "d4-person-hangs-up"),
)
"""What differs between engine and stand-in, and what matters most."""


class NoEngine:
    """What a play needs besides its phones; nobody has to see anything, for the stand-in looks itself."""

    def __init__(self, database: Database) -> None:
        self._directory = Directory(database)

    async def set_away(self, person: str, reason: str | None) -> None:
        await asyncio.to_thread(self._directory.set_away, person, reason)

    async def until_seen(self, states: Mapping[str, str | None]) -> None:
        """At once."""


class Count:
    """What is counted."""

    def recording_sealed(self, *, repaired: bool) -> None:
        """Nobody asks."""

    def recording_failed(self) -> None:
        """Nobody asks."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The sample company, whose rules were in force and whose prompts an engine has made."""
    folder = tmp_path_factory.mktemp("a folder's name")
    prepare(folder)
    with (folder / "settings.yaml").open("a") as settings:
        settings.write(f'trunk: {{contact: "sip:{LOOPBACK}:{ports.pick().sip}"}}\n')
    house = Installation(folder)
    rules = house.rule_file.read_bytes() + b"inside: {operator: operator}\n"
    house.rule_file.write_bytes(rules)
    (house.rules / f"{load(rules).version}.yaml").write_bytes(rules)
    return house


@pytest.fixture(scope="module")
def database(house: Installation) -> Iterator[Database]:
    opened = connect(house.settings.database or "")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pbx(house: Installation, database: Database) -> Pbx:
    staff = Directory(database).staff()
    return plan(house, staff, load(house.rule_file.read_bytes()), own_ports(house))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(house: Installation, pbx: Pbx) -> AsyncIterator[Asterisk]:
    async with Asterisk(program(os.environ), pbx, house.pbx) as running:
        yield running


@pytest.fixture(scope="module")
def endpoints(pbx: Pbx) -> Endpoints:
    secrets = {phone.person: phone.secret for phone in pbx.phones}
    return Endpoints((LOOPBACK, pbx.ports.sip), LOOPBACK, secrets)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def staff(asterisk: Asterisk, endpoints: Endpoints) -> AsyncIterator[Staff]:
    async with Staff(endpoints) as people:
        yield people


@pytest.fixture(scope="module")
def stand_in(house: Installation, asterisk: Asterisk) -> Iterator[subprocess.Popen[bytes]]:
    process = start(house)
    yield process
    process.terminate()
    process.wait(10)


def start(house: Installation) -> subprocess.Popen[bytes]:
    """Start the stand-in; returns once it serves."""
    log = house.logs / "stand-in.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "agi", "--data", str(house.folder)], cwd=TOP, stdout=output, stderr=output
        )
    deadline = time.monotonic() + 20
    while "stand-in serves" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(log.read_text())
        time.sleep(0.05)
    return process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def verdicts(
    house: Installation,
    asterisk: Asterisk,
    endpoints: Endpoints,
    database: Database,
    staff: Staff,
    stand_in: subprocess.Popen[bytes],
) -> dict[str, Verdict]:
    """What came of each call; one that did not go well is placed once more, alone."""
    chosen = [scenario for scenario in ALL if scenario.id in CALLS]
    async with kept(house, asterisk, database):
        found = await placed(chosen, endpoints, staff, database, 5)
        again = [verdict.result.scenario for verdict in found.values() if not verdict.good]
        return found | await placed(again, endpoints, staff, database, 1)


async def placed(
    scenarios: list[Scenario], endpoints: Endpoints, staff: Staff, database: Database, at_once: int
) -> dict[str, Verdict]:
    judging: dict[str, asyncio.Task[Verdict]] = {}
    results = play_all(scenarios, endpoints, staff, NoEngine(database), at_once=at_once)
    async with contextlib.aclosing(results):
        async for result in results:
            judging[result.scenario.id] = asyncio.create_task(asyncio.to_thread(judge, result, database))
    return {scenario: await verdict for scenario, verdict in judging.items()}


@contextlib.asynccontextmanager
async def kept(house: Installation, asterisk: Asterisk, database: Database) -> AsyncIterator[None]:
    """Recordings and messages are kept as an engine does that came back: by its sweep."""
    places = Places(
        monitor=asterisk.monitor, spool=asterisk.recording, recordings=house.recordings, messages=house.messages
    )
    register = Register(database)
    archive = Archive(places, register, Count(), Patience())

    async def there() -> list[str]:
        lines = (await asterisk.cli("core show channels concise")).splitlines()
        return [line.rpartition("!")[2] for line in lines]

    async def sweep() -> None:
        while True:
            await archive.sweep(there, ("lost", None))
            await asyncio.sleep(0.5)

    sweeping = asyncio.create_task(sweep())
    try:
        yield
    finally:
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)
        await archive.sweep(there, ("lost", None))
        await asyncio.to_thread(register.close)


@pytest.mark.parametrize("scenario", CALLS)
async def test_the_call_goes_as_at_the_engine(verdicts: dict[str, Verdict], scenario: str) -> None:
    assert verdicts[scenario].troubles == ()


async def test_the_register_tells_who_served_them(
    verdicts: dict[str, Verdict], house: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    stories = [verdict.story for verdict in verdicts.values() if verdict.story]
    assert {story.call.served_by for story in stories} == {"stand-in"}
    assert main(["call", stories[0].call.id, "--data", str(house.folder)]) == 0
    assert "answered by the stand-in" in capsys.readouterr().out
    assert main(["calls", "--data", str(house.folder)]) == 0
    assert "stand-in" in capsys.readouterr().out


async def test_legs_tell_who_rang_how_long(verdicts: dict[str, Verdict]) -> None:
    story = verdicts["d4-declined"].story
    assert story is not None
    missed, talked = story.legs
    assert (missed.person, missed.why, missed.answered) == ("anna", "declined", None)
    assert missed.id == f"leg-{story.call.id}-s1"
    assert talked.answered is not None
    assert talked.ended is not None
    assert talked.rang < talked.answered < talked.ended


async def test_a_message_lies_in_its_box_for_who_must_listen(verdicts: dict[str, Verdict], database: Database) -> None:
    story = verdicts["t4-night-box"].story
    assert story is not None
    (message,) = [one for one in Stories(database).sounds.every_message() if one.call == story.call.id]
    assert (message.box, message.owner) == ("night", "operators")
    assert message.seconds > 1


async def test_a_recording_is_as_long_as_its_call(verdicts: dict[str, Verdict]) -> None:
    for verdict in verdicts.values():
        story = verdict.story
        assert story is not None
        if story.recording and story.call.answered and story.call.ended:
            lasted = (story.call.ended - story.call.answered).total_seconds()
            assert abs(story.recording.seconds - lasted) < 1.0 + metronome().latest, verdict.result.scenario.id


def calls_of(stand_in: subprocess.Popen[bytes]) -> list[int]:
    """The processes of its calls."""
    children = Path(f"/proc/{stand_in.pid}/task/{stand_in.pid}/children")
    return [int(child) for child in children.read_text().split()]


async def story_of(database: Database, name: str, since: dt.datetime) -> CallStory:
    """The story of the call that this name placed, once it is over."""
    stories = Stories(database)
    async with asyncio.timeout(10):
        while True:
            for call in await asyncio.to_thread(stories.calls, since=since):
                if call.name == name and call.ended and (story := stories.story(call.id)):
                    return story
            await asyncio.sleep(0.1)


async def test_who_dials_a_forged_environment_is_served_by_the_dialplan_alone(
    endpoints: Endpoints, staff: Staff, house: Installation, stand_in: subprocess.Popen[bytes]
) -> None:
    """Asterisk hands the number dialled on to AGI with the line's end that was encoded in it."""
    await staff.adopt(dict.fromkeys(staff.people, Answers()))
    async with Phone(MARKET, server=endpoints.server) as phone:
        call = await phone.dial(f"{LINE}%0aagi_uniqueid%3a%201.1")
        assert await call.who(staff.people, 10) in RUNG_AT_LAST
        await call.hang_up()
    assert "agi_uniqueid came twice" in (house.logs / "stand-in.log").read_text()


async def test_who_has_signed_in_at_another_telephone_is_rung_there(
    endpoints: Endpoints, staff: Staff, database: Database, stand_in: subprocess.Popen[bytes]
) -> None:
    await staff.adopt({"anna": Answers(), "nina": Answers()})
    PinBook(database).set("anna", passwords.kept("4711"))
    began = dt.datetime.now(dt.UTC)
    (seat,) = staff.desks(["nina"])
    signing_in = await seat.dial("*44")
    await signing_in.answered()
    await signing_in.prompt_began()
    await signing_in.press("101#4711#")
    await signing_in.ended()
    async with Phone(KEY, server=endpoints.server, name="seated") as phone:
        call = await phone.dial(LINE)
        await call.answered()
        await call.press("1")
        assert await call.who(staff.people, 20) == "nina"
        await call.hang_up()
    signing_out = await seat.dial("*46")
    await signing_out.answered()
    await signing_out.ended()
    await NoEngine(database).set_away("anna", None)
    story = await story_of(database, "seated", began)
    assert [(leg.person, leg.why) for leg in story.legs] == [("anna", None)]


async def test_a_call_that_an_engine_had_begun_goes_on_where_it_was(
    house: Installation, asterisk: Asterisk, endpoints: Endpoints, staff: Staff, database: Database,
    stand_in: subprocess.Popen[bytes],
) -> None:  # fmt: skip
    """Anna was tried before the engine went: Boris is next, and no prompt is said again."""
    await staff.adopt({"anna": Answers(), "boris": Answers()})
    began = dt.datetime.now(dt.UTC)
    state = State(
        rules=load(house.rule_file.read_bytes()).version,
        at=began - dt.timedelta(seconds=20),
        outcomes=(Said(), Said(), Pressed("1"), Unanswered((Missed("anna", Absence.NO_ANSWER),))),
        began=began,
        answered=began - dt.timedelta(seconds=19),
    )
    async with with_state(asterisk, encode_state(state)), Phone(KEY, server=endpoints.server, name="goes on") as phone:
        call = await phone.dial(LINE)
        assert await call.who(staff.people, 10) == "boris"
        await call.hang_up()
    story = await story_of(database, "goes on", began - dt.timedelta(seconds=30))
    assert (story.call.arrived, story.call.answered, story.call.end) == (state.at, state.answered, "talk")
    trail = decode(story.call.trail)
    assert trail.outcomes[:4] == state.outcomes
    assert [leg.person for leg in story.legs] == ["boris"]


async def test_a_call_whose_state_cannot_be_read_begins_anew(
    asterisk: Asterisk, endpoints: Endpoints, staff: Staff, database: Database, stand_in: subprocess.Popen[bytes]
) -> None:
    began = dt.datetime.now(dt.UTC)
    async with with_state(asterisk, "nonsense"), Phone(KEY, server=endpoints.server, name="anew") as phone:
        call = await phone.dial(LINE)
        await call.prompt_began()
        await call.hang_up()
    story = await story_of(database, "anew", began)
    first = decode(story.call.trail).entries[0]
    assert first.step.notes[0].text.startswith("the stand-in begins anew")


@contextlib.asynccontextmanager
async def with_state(asterisk: Asterisk, state: str) -> AsyncIterator[None]:
    """Let calls come with this state: a global variable shows through where the channel has none of its own."""
    await asterisk.cli(f"dialplan set global SB_STATE {state}")
    try:
        yield
    finally:
        await asterisk.cli('dialplan set global SB_STATE ""')


async def test_a_call_whose_process_dies_is_rung_through_by_the_dialplan(
    endpoints: Endpoints, staff: Staff, stand_in: subprocess.Popen[bytes]
) -> None:
    await staff.adopt(dict.fromkeys(staff.people, Answers()))
    async with Phone(MARKET, server=endpoints.server) as phone:
        call = await phone.dial(LINE)
        await call.prompt_began()
        (process,) = calls_of(stand_in)
        os.kill(process, signal.SIGKILL)
        assert await call.who(staff.people, 10) in RUNG_AT_LAST
        await call.hang_up()


async def test_a_stand_in_that_hangs_is_passed_over(
    endpoints: Endpoints, staff: Staff, stand_in: subprocess.Popen[bytes]
) -> None:
    await staff.adopt(dict.fromkeys(staff.people, Answers()))
    stand_in.send_signal(signal.SIGSTOP)
    try:
        async with Phone(MARKET, server=endpoints.server) as phone:
            call = await phone.dial(LINE)
            assert await call.who(staff.people, 10) in RUNG_AT_LAST
            await call.hang_up()
    finally:
        stand_in.send_signal(signal.SIGCONT)


async def test_who_may_not_call_a_colleague_asks_one_while_a_caller_waits(
    endpoints: Endpoints, staff: Staff, database: Database, stand_in: subprocess.Popen[bytes]
) -> None:
    await staff.adopt(dict.fromkeys(("anna", "nina"), Answers()))
    began = dt.datetime.now(dt.UTC)
    (anna,) = staff.desks(["anna"])
    refused = await anna.dial("nina")
    await refused.answered()
    await refused.prompt_began()
    await refused.ended()
    async with Phone(KEY, server=endpoints.server, name="waits") as phone:
        call = await phone.dial(LINE)
        await call.answered()
        await call.press("1")
        assert await call.who(staff.people, 20) == "anna"
        asked = await anna.dial("nina")
        await asked.answered()
        assert await asked.who(staff.people, 20) == "nina"
        await asked.hang_up()
        await call.hang_up()
    await story_of(database, "waits", began)
    inside = [call.id for call in Stories(database).calls(since=began) if call.dialled == "@nina"]
    stories = [Stories(database).story(call) for call in inside]
    assert sorted(len(story.legs) for story in stories if story) == [0, 1]


async def test_help_is_called_from_every_telephone_by_the_stand_in_and_by_the_dialplan_alone(
    house: Installation, endpoints: Endpoints, staff: Staff, database: Database, stand_in: subprocess.Popen[bytes]
) -> None:
    began = dt.datetime.now(dt.UTC)
    await helped(house, endpoints, staff)
    stand_in.send_signal(signal.SIGSTOP)
    try:
        await helped(house, endpoints, staff)
    finally:
        stand_in.send_signal(signal.SIGCONT)
    (call,) = [call for call in Stories(database).calls(since=began) if call.number == "112"]
    assert (call.dialled, call.served_by) == (">desk-1", "stand-in")


async def helped(house: Installation, endpoints: Endpoints, staff: Staff) -> None:
    """Call for help from a telephone at which nobody sits, and be answered."""
    (desk,) = staff.desks(["desk-1"])
    contact = str(house.settings.trunk.contact)
    async with Phone("112", server=endpoints.server, at=(LOOPBACK, int(contact.rpartition(":")[2]))) as phone:
        own = await desk.dial("112")
        there = await phone.incoming(10)
        assert there.caller.user == LINE
        await there.answer()
        await own.answered()
        await there.hang_up()
        await own.ended(10)


async def test_a_stand_in_that_is_told_to_end_leaves_its_calls_to_go_on_and_then_the_dialplan_rings(
    house: Installation, endpoints: Endpoints, staff: Staff, database: Database, stand_in: subprocess.Popen[bytes]
) -> None:
    began = dt.datetime.now(dt.UTC)
    await staff.adopt(dict.fromkeys(staff.people, Answers()))
    async with Phone(KEY, server=endpoints.server, name="goes on too") as phone:
        call = await phone.dial(LINE)
        await call.answered()
        await call.press("1")
        assert await call.who(staff.people, 10) == "anna"
        stand_in.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(stand_in.wait, 5) == 0
        assert await call.who(staff.people, 2) == "anna"
        await call.hang_up()
    assert (await story_of(database, "goes on too", began)).call.end == "talk"

    async with Phone(MARKET, server=endpoints.server) as phone:
        call = await phone.dial(LINE)
        assert await call.who(staff.people, 10) in RUNG_AT_LAST
        await call.hang_up()
