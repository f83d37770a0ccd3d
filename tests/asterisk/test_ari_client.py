"""The ARI client and the real Asterisk: what `ari_app.ari` says of it is so. Telephones are the demo's."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
import pytest_asyncio

from ari_app.ari import Address, Link, connect, errors, links
from ari_app.ari.events import (
    CallBroadcast,
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelEnteredBridge,
    ChannelLeftBridge,
    ChannelStateChange,
    DeviceStateChanged,
    Event,
    PlaybackFinished,
    PlaybackStarted,
    RecordingFinished,
    StasisEnd,
    StasisStart,
)
from ari_app.pbx import accounts
from ari_app.pbx.asterisk import Asterisk, program
from demo.conversation import Conversation
from demo.incoming import Incoming
from demo.outgoing import Outgoing
from demo.phone import Phone
from dialplan.plan import LOOPBACK, Account, Pbx, Trunk
from dialplan.plan import Phone as Telephone
from premises import ports

pytestmark = pytest.mark.asyncio(loop_scope="module")

APP = "sb-ari"
LINE = "+74950000001"
E = TypeVar("E", bound=Event)


class Seen(list[Event]):
    """Everything that the link tells; what is waited for may have come already."""

    def __init__(self) -> None:
        super().__init__()
        self._more = asyncio.Event()

    def __call__(self, event: Event) -> None:
        self.append(event)
        self._more.set()

    async def first(self, kind: type[E], fits: Callable[[E], bool] = lambda _: True, after: int = 0) -> E:
        async with asyncio.timeout(10.0):
            while True:
                for event in self[after:]:
                    if isinstance(event, kind) and fits(event):
                        return event
                self._more.clear()
                await self._more.wait()

    async def of(self, kind: type[Any], channel: str, after: int = 0) -> Any:
        return await self.first(kind, lambda event: event.channel.id == channel, after)

    def kinds(self, channel: str) -> list[str]:
        """What was told of a channel, in its order."""
        about = [it for it in self if getattr(getattr(it, "channel", None), "id", None) == channel]
        return [type(it).__name__ for it in about]


def is_now(person: str, state: str) -> Callable[[DeviceStateChanged], bool]:
    return lambda it: (it.device_state.name, it.device_state.state) == (f"PJSIP/{person}", state)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pbx(tmp_path_factory: pytest.TempPathFactory) -> Pbx:
    folder = tmp_path_factory.mktemp("ari")
    kept = accounts.settle(folder / "secrets.json", ["anna", "boris"])
    return Pbx(
        ports=ports.settle(folder / "ports.json"),
        ari=kept.ari,
        ami=kept.ami,
        phones=tuple(Telephone(person=who, name=who, secret=secret) for who, secret in kept.phones.items()),
        trunks=(Trunk(name="trunk", match=(LOOPBACK,)),),
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(pbx: Pbx, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asterisk]:
    async with Asterisk(program(os.environ), pbx, tmp_path_factory.mktemp("pbx")) as running:
        yield running


def address(pbx: Pbx) -> Address:
    return Address(port=pbx.ports.http, user=pbx.ari.user, secret=pbx.ari.secret)


@pytest_asyncio.fixture(loop_scope="module")
async def link(pbx: Pbx, asterisk: Asterisk) -> AsyncIterator[Link]:
    async with connect(address(pbx), APP, watch=["deviceState:"]) as it:
        yield it
        for channel in await it.channels.list():
            it.forget(it.channels.hang_up(channel.id))
        for bridge in await it.bridges.list():
            it.forget(it.bridges.destroy(bridge.id))


@pytest.fixture
def seen(link: Link) -> Seen:
    it = Seen()

    def hear(event: Event) -> None:
        if isinstance(event, CallBroadcast):  # the dialplan offers every caller
            link.forget(link.applications.claim(APP, event.channel.id))
        it(event)

    link.deliver(hear)
    return it


@pytest_asyncio.fixture(loop_scope="module")
async def anna(pbx: Pbx, asterisk: Asterisk) -> AsyncIterator[Phone]:
    async with Phone("anna", pbx.phones[0].secret, server=(LOOPBACK, pbx.ports.sip)) as phone:
        await phone.register()
        yield phone


Caller = tuple[Outgoing, str]


@pytest_asyncio.fixture(loop_scope="module")
async def caller(pbx: Pbx, link: Link, seen: Seen) -> AsyncIterator[Caller]:
    """Somebody who called and waits, and the channel's id."""
    async with Phone("+79161234567", server=(LOOPBACK, pbx.ports.sip)) as phone:
        call = await phone.dial(LINE)
        yield call, (await seen.first(StasisStart)).channel.id


@pytest_asyncio.fixture(loop_scope="module")
async def answered(caller: Caller, link: Link) -> Caller:
    await link.channels.answer(caller[1])
    await caller[0].answered()
    return caller


def ring(link: Link, leg: str, endpoint: str = "PJSIP/anna", **more: Any) -> Any:
    return link.channels.originate(endpoint, channel_id=leg, app=APP, app_args=("leg",), **more)


# ------------------------------------------------------------------------------------------------------ telephones


async def test_a_telephones_coming_and_going_is_told(pbx: Pbx, link: Link, seen: Seen) -> None:
    async with Phone("anna", pbx.phones[0].secret, server=(LOOPBACK, pbx.ports.sip)) as phone:
        await phone.register()
        await seen.first(DeviceStateChanged, is_now("anna", "NOT_INUSE"))
        assert (await link.endpoints.get("anna")).state == "online"
    await seen.first(DeviceStateChanged, is_now("anna", "UNAVAILABLE"))
    assert {it.resource: it.state for it in await link.endpoints.list()}["anna"] == "offline"


async def test_a_telephones_own_calls_are_told_and_nothing_is_told_twice(link: Link, seen: Seen, anna: Phone) -> None:
    await ring(link, "leg-1")
    call = await anna.incoming()
    await call.ring()
    await call.answer()
    await seen.of(StasisStart, "leg-1")
    await seen.first(DeviceStateChanged, is_now("anna", "INUSE"))
    await link.channels.hang_up("leg-1")
    await seen.of(ChannelDestroyed, "leg-1")
    kinds = seen.kinds("leg-1")
    assert kinds.count("ChannelStateChange") == 2
    assert kinds.count("ChannelDestroyed") == kinds.count("StasisStart") == kinds.count("StasisEnd") == 1
    assert kinds[-1] == "ChannelDestroyed"


Reaction = Callable[[Incoming], Awaitable[None]]


async def keep_ringing(call: Incoming) -> None:
    await call.ring()


REACTIONS: dict[str, tuple[Reaction, int]] = {
    "busy": (lambda call: call.decline(486), 17),
    "declined": (lambda call: call.decline(603), 21),
    "temporarily unavailable": (lambda call: call.decline(480), 19),
    "rings on": (keep_ringing, 19),
}


@pytest.mark.parametrize(("react", "cause"), REACTIONS.values(), ids=REACTIONS)
async def test_a_leg_that_is_not_answered_ends_with_a_cause(
    link: Link, seen: Seen, anna: Phone, react: Reaction, cause: int
) -> None:
    await ring(link, "leg-1", timeout=0.5)
    await react(await anna.incoming())
    assert (await seen.of(ChannelDestroyed, "leg-1")).cause == cause
    assert "StasisStart" not in seen.kinds("leg-1")


async def test_a_leg_that_we_hang_up_ends_with_our_cause(link: Link, seen: Seen, anna: Phone) -> None:
    await ring(link, "leg-1")
    call = await anna.incoming()
    await call.ring()
    await seen.of(ChannelStateChange, "leg-1")
    await link.channels.hang_up("leg-1", cause=26)
    assert (await seen.of(ChannelDestroyed, "leg-1")).cause == 26
    await call.ended()


async def test_a_leg_hung_up_right_behind_its_originate_is_gone(link: Link, seen: Seen, anna: Phone) -> None:
    made, gone = ring(link, "leg-1"), link.channels.hang_up("leg-1")
    assert (await made).id == "leg-1"
    await gone
    await seen.of(ChannelDestroyed, "leg-1")
    assert await link.channels.list() == ()


async def test_a_leg_that_cannot_be_tried_is_an_error_and_no_event(link: Link, seen: Seen, anna: Phone) -> None:
    with pytest.raises(errors.Unavailable):
        await ring(link, "leg-1", "PJSIP/boris")
    with pytest.raises(errors.Unavailable):
        await ring(link, "leg-2", "PJSIP/nobody")
    with pytest.raises(errors.BadRequest):
        await ring(link, "leg-3", originator="gone")
    await link.asterisk.ping()
    assert seen.kinds("leg-1") == seen.kinds("leg-2") == seen.kinds("leg-3") == []


async def test_what_the_rung_telephone_shows(link: Link, anna: Phone) -> None:
    await ring(link, "leg-1", caller_id='"Ünï, Co" <+79161234567>', variables={"SB_X": "a,b"})
    await anna.incoming()
    assert (await link.channels.get("leg-1")).caller.number == "+79161234567"
    assert (await link.channels.variable("leg-1", "SB_X")).value == "a,b"


# --------------------------------------------------------------------------------------------------------- callers


async def test_a_caller_comes_rings_is_answered_and_leaves(link: Link, seen: Seen, caller: Caller) -> None:
    call, channel = caller
    start = await seen.of(StasisStart, channel)
    assert start.args == ("call", LINE)
    assert start.channel.caller.number == "+79161234567"
    link.forget(link.channels.ring(channel))
    await call.ringing()
    await link.channels.answer(channel)
    await link.channels.answer(channel)
    await call.answered()
    await call.hang_up()
    await seen.of(StasisEnd, channel)
    with pytest.raises(errors.NotFound):
        await link.channels.answer(channel)
    assert seen.kinds(channel)[-1] == "StasisEnd"


async def test_a_list_is_played_as_one_and_keys_are_told(link: Link, seen: Seen, answered: Caller) -> None:
    call, channel = answered
    media = ["sound:digits/1", "sound:does,not,exist", "number:2", "sound:digits/3"]
    await link.channels.play(channel, media, playback_id="p-1", language="ru")
    await call.prompt_began()
    await call.press("5")
    assert (await seen.of(ChannelDtmfReceived, channel)).digit == "5"
    finished = await seen.first(PlaybackFinished)
    assert (finished.playback.id, finished.playback.state) == ("p-1", "done")
    assert finished.playback.target_uri == f"channel:{channel}"


async def test_a_playback_is_stopped_and_one_that_waits_too(link: Link, seen: Seen, answered: Caller) -> None:
    _, channel = answered
    link.forget(link.channels.play(channel, ["sound:vm-intro"], playback_id="p-1"))
    link.forget(link.channels.play(channel, ["sound:vm-intro"], playback_id="p-2"))
    assert (await link.playbacks.get("p-2")).state == "queued"
    await link.playbacks.stop("p-2")
    await link.playbacks.stop("p-1")
    await seen.first(PlaybackFinished, lambda it: it.playback.id == "p-2")
    with pytest.raises(errors.NotFound):
        await link.playbacks.stop("p-1")


async def test_a_file_that_is_missing_is_a_failed_playback(link: Link, seen: Seen, answered: Caller) -> None:
    link.forget(link.channels.play(answered[1], ["sound:/does/not/exist"], playback_id="p-1"))
    assert (await seen.first(PlaybackFinished)).playback.state == "failed"


async def test_a_message_is_recorded(link: Link, seen: Seen, answered: Caller, asterisk: Asterisk) -> None:
    call, channel = answered
    call.play_tone(440)
    await link.channels.record(channel, name="m-1", max_seconds=20, max_silence=2, terminate_on="#")
    assert (await link.recordings.get("m-1")).state in ("queued", "recording")
    await asyncio.sleep(1.2)
    await call.press("#")
    recording = (await seen.first(RecordingFinished)).recording
    assert recording.name == "m-1"
    assert recording.duration is not None
    assert recording.talking_duration is not None
    assert (asterisk.recording / "m-1.wav").stat().st_size > 8000
    with pytest.raises(errors.Conflict):
        await link.channels.record(channel, name="m-1")
    with pytest.raises(errors.Unprocessable):
        await link.channels.record(channel, name="m-2", format="nonsense")


async def test_a_recording_is_stopped_and_the_caller_joined_only_then(link: Link, seen: Seen, answered: Caller) -> None:
    _, channel = answered
    await link.bridges.create("b-1")
    await link.channels.record(channel, name="m-3")
    with pytest.raises(errors.Conflict):
        await link.bridges.add("b-1", channel)
    await link.recordings.stop("m-3")
    await seen.first(RecordingFinished)
    for _ in range(100):  # it counts as recording for a moment more
        with contextlib.suppress(errors.Conflict):
            await link.bridges.add("b-1", channel)
            break
    assert (await link.bridges.get("b-1")).channels == (channel,)


async def test_ringing_and_music_after_the_answer_are_heard(link: Link, answered: Caller) -> None:
    call, channel = answered
    await link.channels.ring(channel)
    await call.prompt_began()
    await link.channels.stop_ringing(channel)
    await link.channels.stop_ringing(channel)
    await call.prompt_ended()
    await link.channels.start_music(channel)
    await call.prompt_began()
    await link.channels.stop_music(channel)
    await call.prompt_ended()


async def test_variables(link: Link, answered: Caller) -> None:
    _, channel = answered
    with pytest.raises(errors.NotFound):
        await link.channels.variable(channel, "SB_X")
    await link.channels.set_variable(channel, "SB_X", 'a, "b"')
    assert (await link.channels.variable(channel, "SB_X")).value == 'a, "b"'
    assert (await link.channels.variable(channel, "CHANNEL(state)")).value == "Up"


async def test_a_channel_is_taken_over(link: Link, seen: Seen, answered: Caller) -> None:
    _, channel = answered
    before = len(seen)
    await link.channels.move(channel, app=APP, app_args=("adopt", "2"))
    assert (await seen.of(StasisStart, channel, before)).args == ("adopt", "2")
    assert seen.kinds(channel)[-2:] == ["StasisEnd", "StasisStart"]


async def test_back_in_the_dialplan_it_is_no_longer_ours(link: Link, seen: Seen, answered: Caller) -> None:
    _, channel = answered
    await link.bridges.create("b-1")
    await link.channels.continue_in_dialplan(channel, context="phones", extension="*43", priority=1)
    await seen.of(StasisEnd, channel)
    with pytest.raises(errors.NotInStasis):
        await link.channels.ring(channel)
    with pytest.raises(errors.NotInStasis):
        await link.bridges.add("b-1", channel)
    with pytest.raises(errors.NotFound):
        await link.bridges.add("b-1", "gone")


# --------------------------------------------------------------------------------------------------------- bridges


async def joined(link: Link, seen: Seen, anna: Phone, channel: str) -> Conversation:
    """Have Anna answer and talk with the caller in b-1."""
    await ring(link, "leg-1", originator=channel)
    call = await anna.incoming()
    await call.answer()
    await seen.of(StasisStart, "leg-1")
    made, added = link.bridges.create("b-1"), link.bridges.add("b-1", channel, "leg-1")
    assert (await made).technology == "softmix"
    await added
    return call


async def test_two_talk_and_part(link: Link, seen: Seen, answered: Caller, anna: Phone) -> None:
    call, channel = answered
    other = await joined(link, seen, anna, channel)
    assert set((await link.bridges.get("b-1")).channels) == {channel, "leg-1"}
    call.play_tone(440)
    other.play_tone(660)
    assert await call.hears(660)
    assert await other.hears(440)
    await link.bridges.remove("b-1", "leg-1")
    await seen.of(ChannelLeftBridge, "leg-1")
    with pytest.raises(errors.Unprocessable):
        await link.bridges.remove("b-1", "leg-1")
    await link.bridges.destroy("b-1")
    with pytest.raises((errors.NotFound, errors.NotInStasis)):  # gone, or just going
        await link.bridges.destroy("b-1")
    await seen.of(ChannelLeftBridge, channel)


async def test_stop_and_add_may_be_sent_together(link: Link, seen: Seen, answered: Caller) -> None:
    _, channel = answered
    await link.bridges.create("b-1")
    await link.channels.play(channel, ["sound:vm-intro"], playback_id="p-1")
    await seen.first(PlaybackStarted)
    stopped, added = link.playbacks.stop("p-1"), link.bridges.add("b-1", channel)
    await stopped
    await added
    entered = await seen.of(ChannelEnteredBridge, channel)
    assert seen.index(await seen.first(PlaybackFinished)) < seen.index(entered)


async def test_an_add_that_waits_on_the_slow_lane_holds_up_nobody(link: Link, seen: Seen, answered: Caller) -> None:
    _, channel = answered
    await link.bridges.create("b-1")
    await link.channels.play(channel, ["sound:vm-intro"], playback_id="p-1")
    await seen.first(PlaybackStarted)
    added = link.bridges.add("b-1", channel, slow=True)
    variable = link.channels.set_variable(channel, "SB_X", "1")
    await link.asterisk.ping()
    assert not added.done
    assert not variable.done
    await link.playbacks.stop("p-1")
    await added
    await variable


async def test_an_add_that_waits_on_the_fast_lane_does_not_cost_the_link(
    link: Link, seen: Seen, answered: Caller
) -> None:
    """Asterisk reads nothing while it waits, not even pings, for longer than a silence is endured."""
    _, channel = answered
    await link.bridges.create("b-1")
    await link.channels.play(channel, ["sound:vm-intro"], playback_id="p-1")
    await link.bridges.add("b-1", channel)
    assert seen.index(await seen.first(PlaybackFinished)) < seen.index(await seen.of(ChannelEnteredBridge, channel))
    assert link.lost is None


# ---------------------------------------------------------------------------------------------------- Asterisk itself


async def test_asterisk_tells_of_itself(link: Link) -> None:
    info = await link.asterisk.info()
    assert int(info.system.version.split(".")[0]) >= 22
    assert info.status.startup_time
    await link.applications.subscribe(APP, "endpoint:PJSIP/anna")
    assert (await link.applications.unsubscribe(APP, "endpoint:PJSIP/anna")).endpoint_ids == ()
    await link.asterisk.reload("res_pjsip.so")
    with pytest.raises(errors.NotFound):
        await link.asterisk.reload("res_nothing.so")


async def test_a_command_of_the_greatest_size_is_done(link: Link, anna: Phone) -> None:
    await ring(link, "leg-1", variables={"SB_X": "x" * 60_000})
    assert len((await link.channels.variable("leg-1", "SB_X")).value) == 60_000


async def test_many_commands_sent_at_once_are_answered_each(link: Link) -> None:
    replies = [link.channels.get(f"none-{number}") for number in range(500)]
    for reply in replies:
        with pytest.raises(errors.NotFound):
            await reply


async def test_a_list_may_be_longer_than_a_thread_of_asterisk_has_room_for(link: Link, seen: Seen) -> None:
    """Over its WebSocket it would all go on the stack, which ends Asterisk: with 700 channels, or 100 like these."""
    lengthy, ids = ("x" * 6000,), [f"long-{number}" for number in range(100)]
    for channel in ids:
        await link.channels.originate("Local/*43@phones", channel_id=channel, app=APP, app_args=lengthy)
    for channel in ids:
        await seen.of(StasisStart, channel)
    assert len(await link.channels.list()) >= 200
    assert link.lost is None
    for channel in ids:
        await link.channels.hang_up(channel)
    async with asyncio.timeout(10.0):
        while await link.channels.list():  # noqa: ASYNC110 - nobody tells of all of them
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("account", [Account("nobody", "x"), Account("switchboard", "wrong")], ids=["user", "secret"])
async def test_a_wrong_account_is_refused(pbx: Pbx, asterisk: Asterisk, account: Account) -> None:
    wrong = Address(port=pbx.ports.http, user=account.user, secret=account.secret)
    with pytest.raises(errors.Refused, match="user or secret"):
        await anext(links(wrong, APP))


async def test_whose_name_is_taken_commands_no_more(pbx: Pbx, asterisk: Asterisk) -> None:
    async with connect(address(pbx), APP) as link, connect(address(pbx), APP) as other:
        assert isinstance(await link.ended(), errors.Fenced)
        with pytest.raises(errors.Fenced):
            await link.asterisk.ping()
        await other.asterisk.ping()


async def test_a_frozen_asterisk_is_lost_and_found_again(pbx: Pbx, asterisk: Asterisk) -> None:
    async with contextlib.aclosing(links(address(pbx), APP)) as attempts:
        link = await anext(attempts)
        os.kill(asterisk.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(0.1)  # its threads stop one after the other
            waiting = link.asterisk.ping()
            lost = await link.ended()
        finally:
            os.kill(asterisk.pid, signal.SIGCONT)
        assert "silent" in str(lost)
        assert isinstance(waiting.error(), errors.LinkLost)
        link = await anext(attempts)
        await link.asterisk.ping()


async def test_a_restarted_asterisk_is_told_from_a_broken_link(pbx: Pbx, tmp_path: Path) -> None:
    own = msgspec.structs.replace(pbx, ports=ports.pick())
    async with contextlib.aclosing(links(address(own), APP)) as attempts:
        coming = asyncio.ensure_future(anext(attempts))
        async with Asterisk(program(os.environ), own, tmp_path / "pbx"):
            link = await coming
            first = await link.asterisk.info()
        await link.ended()
        coming = asyncio.ensure_future(anext(attempts))
        async with Asterisk(program(os.environ), own, tmp_path / "pbx"):
            second = await (await coming).asterisk.info()
        assert first.status.startup_time != second.status.startup_time
