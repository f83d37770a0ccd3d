"""Two hundred calls of mixed kinds, twenty at a time: none fails, each is registered and recorded, nothing is left."""

import asyncio
import time
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from ari_app.pbx import accounts
from db.database import connect
from db.stories import CallStory, Stories
from demo.audio import metronome
from demo.desk import Staff
from demo.endpoints import read
from demo.scenario import RingsOut
from demo.tones import spans, tone_of
from dialplan.plan import LOOPBACK
from premises.installation import Installation
from tests.asterisk.conftest import down, prepare, switchboard, up
from tests.asterisk.load import ABSENT_MINDED, Placed, place_all, with_full_line
from tests.asterisk.usage import Usage, usage

pytestmark = pytest.mark.timeout(400)
AT_ONCE = 20
LENGTH_SECONDS = 0.2
"""How far a recording's length may be from what the caller's phone saw, but for the telephones' own pauses."""
SPOKEN_SECONDS = 0.7
"""How much of a second's humming must be in a recording at least."""
SETTLES = 20.0
"""Seconds after the last call in which every recording is sealed and everything is given back."""
FILES = 10
"""Files that may be open in addition: worker threads open the database when they first need it, and keep it."""
GROWTH_MIB = 64
"""Memory that may be taken in addition. Twenty calls at a time need some, and allocators keep it: Asterisk 22.10.1 went
from 59 to 105 MiB with the first 200 calls, then to 106 and 107 with 200 more each."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it all."""

    installation: Installation
    calls: list[Placed]
    stories: dict[str, CallStory]
    """By the calls' names."""
    before: dict[str, Usage]
    after: dict[str, Usage]
    late: float
    """By how many seconds the telephones spoke too late at most."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """The calls have been placed, at an installation of their own which still serves."""
    folder = tmp_path_factory.mktemp("load")
    prepare(folder)
    rules = folder / "routing_rules.yaml"
    rules.write_text(with_full_line(rules.read_text(encoding="utf-8")), encoding="utf-8")
    process = up(folder)
    try:
        yield asyncio.run(_load(Installation(folder)))
    finally:
        status = down(process)
    assert status == 0


async def _load(installation: Installation) -> Load:
    before, addresses = usage(installation), read(installation.endpoints_file)
    async with Staff(addresses) as staff:
        await staff.adopt(dict.fromkeys(ABSENT_MINDED, RingsOut()))
        calls = await place_all(addresses, staff, AT_ONCE)
    stories = await asyncio.to_thread(_settled, installation)
    return Load(installation, calls, stories, before, usage(installation), metronome().latest)


def _settled(installation: Installation) -> dict[str, CallStory]:
    """Every call's story, once all of them are closed and their recordings sealed; else as far as it came."""
    database, deadline = connect(installation.settings.database or ""), time.monotonic() + SETTLES
    try:
        register = Stories(database)
        while True:
            stories = [story for call in register.calls() if (story := register.story(call.id))]
            closed = all(story.call.ended and story.recording for story in stories)
            if closed or time.monotonic() > deadline:
                return {_key(story): story for story in stories}
            time.sleep(0.5)
    finally:
        database.close()


def _key(story: CallStory) -> str:
    """As `Placed.key`; who withholds its number sends no name of its own."""
    return story.call.name or "" if story.call.number else story.call.dialled


def _sides(file: Path) -> tuple[bytes, bytes]:
    """The caller's and the company's samples."""
    with wave.open(str(file)) as recording:
        sound = array("h", recording.readframes(recording.getnframes()))
    return sound[0::2].tobytes(), sound[1::2].tobytes()


def _hummed(side: bytes, hz: int) -> float:
    """For how many seconds a tone sounds."""
    return sum(span.seconds for span in spans(side, hz))


def test_no_call_fails(loaded: Load) -> None:
    assert len(loaded.calls) == 200
    assert [f"{call.name}: {trouble}" for call in loaded.calls for trouble in call.troubles] == []


def test_twenty_are_served_at_a_time(loaded: Load) -> None:
    moments = [call.answered for call in loaded.calls]
    served = [sum(call.answered <= moment < call.ended for call in loaded.calls) for moment in moments]
    assert AT_ONCE - 2 <= max(served) <= AT_ONCE  # one or two may just be dialling


def test_callers_hear_those_who_are_there_for_them(loaded: Load) -> None:
    wrong = [(call.name, call.heard) for call in loaded.calls if call.kind.talk and call.heard not in call.kind.talk]
    assert wrong == []


def test_every_call_is_registered_once_with_the_end_it_had(loaded: Load) -> None:
    assert {name: story.call.end for name, story in loaded.stories.items()} == {
        call.key: call.kind.end for call in loaded.calls
    }


def test_the_register_names_who_was_heard(loaded: Load) -> None:
    answered = {
        name: [leg.person for leg in story.legs if leg.answered is not None] for name, story in loaded.stories.items()
    }
    assert answered == {call.key: [call.heard] if call.heard else [] for call in loaded.calls}


def test_every_message_is_kept(loaded: Load) -> None:
    messages = {name: len(story.messages) for name, story in loaded.stories.items()}
    assert messages == {call.key: int(call.kind.speaks) for call in loaded.calls}


def test_every_recording_lasts_from_the_answer_to_the_hang_up(loaded: Load) -> None:
    lengths = {name: story.recording.seconds for name, story in loaded.stories.items() if story.recording}
    differs = LENGTH_SECONDS + loaded.late
    assert lengths == {call.key: pytest.approx(call.lasted, abs=differs) for call in loaded.calls}


def test_every_recording_has_the_caller_left_and_who_answered_right(loaded: Load) -> None:
    assert [wrong for call in loaded.calls for wrong in _wrong_voices(loaded, call)] == []


def _wrong_voices(loaded: Load, call: Placed) -> Iterator[str]:
    recording = loaded.stories[call.key].recording
    assert recording is not None
    left, right = _sides(loaded.installation.recordings / recording.file)
    caller = call.hum if call.kind.talk or call.kind.speaks else None
    company = tone_of(call.heard) if call.heard else None
    for side, sound, own, others in (("left", left, caller, company), ("right", right, company, caller)):
        if own is not None and _hummed(sound, own) < SPOKEN_SECONDS:
            yield f"{call.name}: {own} Hz is not on the {side}"
        if others is not None and _hummed(sound, others):
            yield f"{call.name}: {others} Hz is on the {side}"


async def test_no_channel_and_no_bridge_is_left(loaded: Load) -> None:
    installation = loaded.installation
    account = accounts.settle(installation.pbx / "accounts.json", ()).ari
    address = f"http://{LOOPBACK}:{installation.endpoints().ports['http']}/ari"
    login = {"Authorization": aiohttp.encode_basic_auth(account.user, account.secret)}
    async with aiohttp.ClientSession(headers=login) as session:
        for what in ("channels", "bridges"):
            async with session.get(f"{address}/{what}") as answer:
                assert await answer.json() == [], what


@pytest.mark.parametrize("process", ["engine", "Asterisk"])
def test_files_and_memory_are_given_back(loaded: Load, process: str) -> None:
    before, after = loaded.before[process], loaded.after[process]
    assert after.files <= before.files + FILES
    assert after.mebibytes <= before.mebibytes + GROWTH_MIB


def test_all_pieces_are_sealed_and_files_and_register_agree(loaded: Load) -> None:
    assert [file.name for file in loaded.installation.pbx.rglob("*.wav")] == []
    verified = switchboard(loaded.installation.folder, "recordings", "verify")
    assert (verified.returncode, verified.stdout) == (0, "files and register agree\n")
