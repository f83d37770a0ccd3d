"""What the real Asterisk records, and leaves when it is killed: it is sealed with the right voices on each side."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ari_app.ari import Address, Link, links
from ari_app.ari.events import CallBroadcast, RecordingFinished, StasisStart
from ari_app.pbx.asterisk import Asterisk, program
from ari_app.recordings import sealing
from ari_app.recordings.archive import Archive
from ari_app.recordings.places import Places, StillWritten
from ari_app.recordings.rounds import Patience
from db.database import connect, file_url
from db.register import Register
from db.stories import Stories
from demo.audio import metronome
from demo.phone import Phone
from demo.tones import spans, speech
from dialplan.plan import LOOPBACK, Pbx
from tests.asterisk.bare import plan

CALLER_HZ = 440
CALLER = "+79161234567"


@pytest.fixture
def pbx(tmp_path: Path) -> Pbx:
    return plan(tmp_path)


@pytest.fixture
async def asterisk(tmp_path: Path, pbx: Pbx) -> AsyncIterator[Asterisk]:
    async with Asterisk(program(os.environ), pbx, tmp_path / "pbx") as running:
        yield running


@pytest.fixture
def places(tmp_path: Path, asterisk: Asterisk) -> Places:
    return Places(
        monitor=asterisk.monitor,
        spool=asterisk.recording,
        recordings=tmp_path / "recordings",
        messages=tmp_path / "messages",
    )


class Count:
    """What is counted."""

    failed = 0

    def recording_sealed(self, *, repaired: bool) -> None:
        """Nobody asks."""

    def recording_failed(self) -> None:
        self.failed += 1


def sides(file: Path) -> tuple[bytes, bytes]:
    """The caller's and the company's samples."""
    sound = memoryview(file.read_bytes()[44:]).cast("H")
    return bytes(sound[0::2].tobytes()), bytes(sound[1::2].tobytes())


def outside(pbx: Pbx) -> Phone:
    return Phone(user=CALLER, server=(LOOPBACK, pbx.ports.sip))


async def test_a_call_is_sealed_at_once_after_its_end_with_the_caller_left(
    tmp_path: Path, pbx: Pbx, asterisk: Asterisk, places: Places
) -> None:
    """Without an engine the dialplan answers and apologises."""
    database = connect(file_url(tmp_path / "register.sqlite"))
    register = Register(database)
    archive = Archive(places, register, Count(), Patience())
    async with outside(pbx) as phone:
        call = await phone.dial("+74950000001")
        await call.answered()
        began = time.monotonic()
        call.play_tone(CALLER_HZ)
        await asyncio.sleep(3)
        (known,) = places.unsealed_calls()
        await call.hang_up()
        lasted = time.monotonic() - began
    archive.call_ended(known)
    await archive.settled()

    (row,) = Stories(database).sounds.recordings()
    register.close()
    database.close()
    assert (row.call, row.repaired) == (known, False)
    assert abs(row.seconds - lasted) < 0.2 + metronome().latest
    caller, company = sides(places.recordings / row.file)
    assert sum(span.seconds for span in spans(caller, CALLER_HZ)) > 2.5 - metronome().latest
    assert spans(company, CALLER_HZ) == ()
    assert sum(span.seconds for span in speech(company)) > 1
    assert places.unsealed_calls() == []


async def test_a_killed_asterisk_costs_the_recording_two_seconds_at_most(
    pbx: Pbx, asterisk: Asterisk, places: Places
) -> None:
    async with outside(pbx) as phone:
        call = await phone.dial("+74950000001")
        await call.answered()
        call.play_tone(CALLER_HZ)
        await asyncio.sleep(4.5)
        (known,) = places.unsealed_calls()
        with pytest.raises(StillWritten):
            sealing.seal(known, places)
        os.killpg(asterisk.pid, signal.SIGKILL)
        await asterisk.ended()
        await phone.vanish()
    row = sealing.seal(known, places)
    assert row.repaired
    assert row.seconds > 2.3
    caller, company = sides(places.recordings / row.file)
    assert sum(span.seconds for span in spans(caller, CALLER_HZ)) > 2 - metronome().latest
    assert speech(company)


@pytest.mark.parametrize(
    ("hums", "ends"),
    [
        pytest.param(True, "#", id="ended by a key"),
        pytest.param(True, "hang-up", id="ended by hanging up"),
        pytest.param(False, "silence", id="nothing was said"),
    ],
)
async def test_a_message_is_kept_if_something_was_said(
    tmp_path: Path, pbx: Pbx, asterisk: Asterisk, places: Places, hums: bool, ends: str
) -> None:
    database = connect(file_url(tmp_path / "register.sqlite"))
    register, count = Register(database), Count()
    archive = Archive(places, register, count, Patience())
    address = Address(port=pbx.ports.http, user=pbx.ari.user, secret=pbx.ari.secret)
    async for link in links(address, "sb-test"):
        async with outside(pbx) as phone:
            call = await phone.dial("+74950000001")
            message, finished = await record(link)
            await call.answered()
            if hums:
                await call.prompt_ended()  # the tone after which one speaks
                call.play_tone(CALLER_HZ)
                await asyncio.sleep(2)
            if ends == "#":
                await call.press("#")
            elif ends == "hang-up":
                await call.hang_up()
            await asyncio.wait_for(finished.wait(), 10)
            archive.message_left(message, "office", "operators")
            await archive.settled()
        break
    kept = list(Stories(database).sounds.every_message())
    register.close()
    database.close()
    assert (len(kept), count.failed) == (int(hums), 0)
    assert places.unsealed_messages() == []
    for row in kept:
        assert (row.box, row.owner) == ("office", "operators")
        sound = (places.messages / row.file).read_bytes()[44:]
        assert sum(span.seconds for span in spans(sound, CALLER_HZ)) > 1.5 - metronome().latest


async def record(link: Link) -> tuple[str, asyncio.Event]:
    """Take the next call and record a message of it, as the engine does; gives its id and its end."""
    channel: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    finished = asyncio.Event()

    def hear(event: object) -> None:
        if isinstance(event, CallBroadcast):
            link.forget(link.applications.claim(link.app, event.channel.id))
        elif isinstance(event, StasisStart):
            channel.set_result(event.channel.id)
        elif isinstance(event, RecordingFinished):
            finished.set()

    link.deliver(hear)
    call = await asyncio.wait_for(channel, 5)
    message = f"m-{call}-1"
    await link.channels.answer(call)
    await link.channels.record(
        call, name=message, format="wav", max_seconds=20, max_silence=3, beep=True, terminate_on="#"
    )
    return message, finished
