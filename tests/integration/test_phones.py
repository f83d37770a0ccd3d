"""The demo's telephones on real sockets: with each other, and with a hand-written peer."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from os import fsdecode
from pathlib import Path

import pytest

from demo import ear, sdp, sip, tones
from demo.errors import Gone, NotInTime, Refused
from demo.incoming import Incoming
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.sdp import Media, Unsuitable
from demo.talk import State
from demo.transactions import Timers
from tests.integration.sip_peer import CHALLENGE, HERE, SECRET, peer, within
from tests.until import until

SDP = ("Content-Type", "application/sdp")
QUICK = Timers(first=0.02)
BUSY = 0.5
"""Seconds."""


@asynccontextmanager
async def a_call(codecs: tuple[str, ...] = sdp.OFFER) -> AsyncIterator[tuple[Outgoing, Incoming]]:
    """One phone calling another."""
    async with Phone("boris", server=HERE) as boris, Phone("+7916", server=boris.place, codecs=codecs) as caller:
        call = await caller.dial("boris")
        yield call, await boris.incoming()


@asynccontextmanager
async def a_talk(codecs: tuple[str, ...] = sdp.OFFER) -> AsyncIterator[tuple[Outgoing, Incoming]]:
    """One phone talking with another."""
    async with a_call(codecs) as (call, incoming):
        await incoming.answer()
        await call.answered()
        yield call, incoming


async def test_a_call_rings_is_answered_and_ended_by_the_caller() -> None:
    async with a_call() as (call, incoming):
        assert incoming.caller.user == "+7916"
        await incoming.ring()
        await call.ringing()
        assert call.state is State.RINGING
        await incoming.answer()
        await call.answered()
        await call.hang_up()
        await incoming.ended()
        assert (call.ended_by, incoming.ended_by) == ("us", "them")
        assert incoming.was_answered


async def test_a_call_began_and_ended_when_the_messages_came_however_busy_the_phone_was_then() -> None:
    async with a_call() as (call, incoming):
        for deed in (incoming.answer, incoming.hang_up):
            doing = asyncio.create_task(deed())
            await asyncio.sleep(0)  # it is sent
            time.sleep(BUSY)  # noqa: ASYNC251 - and nobody looks
            await doing
        await call.ended()
        assert call.answered_at == pytest.approx(incoming.answered_at, abs=BUSY / 2)
        assert call.ended_at == pytest.approx(incoming.ended_at, abs=BUSY / 2)


async def test_the_called_one_hangs_up() -> None:
    async with a_talk() as (call, incoming):
        await incoming.hang_up()
        await call.ended()
        assert (call.ended_by, call.code) == ("them", None)
        await call.hang_up()


@pytest.mark.parametrize("codecs", [("PCMU",), ("PCMA",)], ids=lambda codecs: str(codecs[0]))
async def test_both_hear_who_the_other_is_and_the_keys(codecs: tuple[str, ...]) -> None:
    async with a_talk(codecs) as (call, incoming):
        incoming.play_tone(tones.tone_of("boris"))
        call.play_tone(tones.tone_of("+7916"))
        assert await call.who(["anna", "boris"]) == "boris"
        assert await incoming.hears(tones.tone_of("+7916"))
        await call.press("12#")
        await incoming.press("9")
        await until(lambda: (incoming.keys_heard, call.keys_heard) == ("12#", "9"))
        incoming.be_silent()
        await asyncio.sleep(0.2)
        assert not await call.hears(tones.tone_of("boris"), within=0.4)


async def test_a_prompt_is_heard_to_begin_and_to_end(tmp_path: Path) -> None:
    ear.save(tones.tone(1050, 4000).tobytes(), tmp_path / "prompt.wav")
    async with a_talk() as (call, incoming):
        playing = asyncio.create_task(incoming.play(tmp_path / "prompt.wav"))
        await call.prompt_began()
        await call.prompt_ended(quiet=0.3)
        await playing
        with pytest.raises(NotInTime, match="a prompt to begin"):
            await call.prompt_began(within=0.1)
        await call.hang_up()
        assert not await call.hears(1050)
        call.save(tmp_path / "heard.wav")
        spans = tones.spans(ear.load(tmp_path / "heard.wav").tobytes(), 1050)
        assert [round(span.seconds, 1) for span in spans] == [0.5]


@pytest.mark.parametrize("code", [486, 603, 480, 503])
async def test_a_declined_call_tells_with_which_code(code: int) -> None:
    async with a_call() as (call, incoming):
        await incoming.decline(code)
        with pytest.raises(Refused, match=str(code)):
            await call.answered()
        assert (call.code, incoming.ended_by) == (code, "us")
        await incoming.decline()


async def test_a_caller_who_leaves_while_it_rings_stops_the_ringing() -> None:
    async with a_call() as (call, incoming):
        await incoming.ring()
        await call.hang_up()
        await incoming.ended()
        assert (call.code, incoming.code, incoming.ended_by) == (487, 487, "them")
        await incoming.ring()
        with pytest.raises(Gone):
            await incoming.answer()


async def test_a_caller_leaves_a_phone_that_has_not_answered_at_all() -> None:
    async with peer() as server, Phone("+7916", server=server.place) as phone:
        call = await phone.dial("anna")
        invite = await server.gets("INVITE")
        leaving = asyncio.create_task(call.hang_up())
        await asyncio.sleep(0.05)
        server.answers(invite, 180)
        cancel = await server.gets("CANCEL")
        assert cancel.branch == invite.branch
        server.answers(cancel, 200)
        server.answers(invite, 487)
        await leaving
        assert call.state is State.ENDED


async def test_an_answer_that_crosses_the_callers_leaving_is_ended_with_a_bye() -> None:
    async with peer() as server, Phone("+7916", server=server.place) as phone:
        call = await phone.dial("anna")
        invite = await server.gets("INVITE")
        leaving = asyncio.create_task(call.hang_up())
        await asyncio.sleep(0.05)
        server.answers(invite, 200, SDP, body=sdp.write(Media("127.0.0.1", 9)))
        await server.gets("ACK")
        server.answers(await server.gets("BYE"), 200)
        await leaving


async def test_early_media_is_heard_before_the_answer() -> None:
    async with peer() as server, Phone("+7916", server=server.place) as phone:
        call = await phone.dial("anna")
        with pytest.raises(Gone, match="no audio"):
            call.play_tone(1050)
        invite = await server.gets("INVITE")
        server.answers(invite, 183, SDP, body=sdp.write(Media("127.0.0.1", 9)))
        await call.ringing()
        assert call.state is State.EARLY
        server.answers(invite, 200)
        await call.answered()
        await server.gets("ACK")
        hanging_up = asyncio.create_task(call.hang_up())
        server.answers(await server.gets("BYE"), 200)
        await hanging_up


async def test_an_answer_without_audio_is_ended_at_once() -> None:
    async with peer() as server, Phone("+7916", server=server.place) as phone:
        call = await phone.dial("anna")
        server.answers(await server.gets("INVITE"), 200)
        await server.gets("ACK")
        server.answers(await server.gets("BYE"), 200)
        await call.ended()


async def test_nothing_in_common_is_refused_with_488() -> None:
    async with peer() as server, Phone("anna", server=server.place) as phone:
        asked = asyncio.create_task(server.asks("INVITE", phone, body=sdp.write(Media("127.0.0.1", 9, (), 101))))
        incoming = await phone.incoming()
        with pytest.raises(Unsuitable):
            await incoming.answer()
        assert (await asked).code == 488


async def test_a_call_is_renegotiated_held_and_checked_by_a_session_timer() -> None:
    async with peer() as server, Phone("+7916", server=server.place) as phone:
        call = await phone.dial("anna")
        invite = await server.gets("INVITE")
        early = await server.asks("UPDATE", phone, call=within(invite))
        server.answers(invite, 200, SDP, body=sdp.write(Media("127.0.0.1", 9, ("PCMA",))))
        await call.answered()
        held = Media("127.0.0.1", 9, ("PCMA",), 101, "sendonly")
        answers = [
            await server.asks(method, phone, call=within(invite), sequence=number, body=body)
            for number, (method, body) in enumerate(
                [
                    ("INVITE", sdp.write(held)),
                    ("INVITE", b""),
                    ("UPDATE", b""),
                    ("UPDATE", b"v=0"),
                    ("INFO", b""),
                    ("REFER", b""),
                ],
                2,
            )
        ]
        assert [early.code, *(answer.code for answer in answers)] == [481, 200, 200, 200, 488, 200, 405]
        assert sdp.read(answers[0].body).direction == "recvonly"
        assert sdp.read(answers[1].body).codecs == ("PCMA",)
        assert (await server.asks("BYE", phone, call=within(invite), sequence=9)).code == 200
        assert call.ended_by == "them"


async def test_requests_that_belong_to_no_call_are_answered_properly() -> None:
    async with peer() as server, Phone("anna", server=server.place) as phone:
        codes = [
            (await server.asks(method, phone)).code for method in ("OPTIONS", "NOTIFY", "BYE", "CANCEL", "MESSAGE")
        ]
        assert codes == [200, 200, 481, 481, 405]


async def test_a_phone_proves_who_it_is_registers_and_leaves() -> None:
    async with peer() as server, Phone("anna", SECRET, server=server.place) as phone:
        registering = asyncio.create_task(phone.register())
        server.answers(await server.gets("REGISTER"), 401, CHALLENGE)
        proof = await server.gets("REGISTER")
        assert 'username="anna"' in proof.headers.get("Authorization")
        assert SECRET not in str(proof)
        server.answers(proof, 200)
        await registering
        assert phone.is_registered
        leaving = asyncio.create_task(phone.unregister())
        bye = await server.gets("REGISTER")
        assert bye.headers.get("Expires") == "0"
        server.answers(bye, 200)
        await leaving
        assert not phone.is_registered


@pytest.mark.parametrize(
    "challenge", [CHALLENGE, ("WWW-Authenticate", "Basic")], ids=["wrong secret", "unknown scheme"]
)
async def test_a_phone_that_is_not_let_in_says_so(challenge: tuple[str, str]) -> None:
    async with peer() as server, Phone("anna", SECRET, server=server.place) as phone:
        registering = asyncio.create_task(phone.register())
        while not registering.done():
            request, _ = await server.came.get()
            server.wire.respond(request, sip.answer(request, 401, tag="peer", extra=(challenge,)), phone.place)
            await asyncio.sleep(0.05)
        with pytest.raises(Refused, match="401"):
            await registering
        assert not phone.is_registered


async def test_a_server_that_is_not_there_is_noticed() -> None:
    async with peer() as server:
        nowhere = server.place
    async with Phone("anna", SECRET, server=nowhere, timers=QUICK) as phone:
        with pytest.raises(Refused, match="408"):
            await phone.register()


async def test_a_pulled_cable_says_nothing() -> None:
    async with peer() as server:
        phone = Phone("anna", SECRET, server=server.place)
        async with phone:
            registering = asyncio.create_task(phone.register())
            server.answers(await server.gets("REGISTER"), 200)
            await registering
            await phone.vanish()
        assert server.came.empty()


async def test_with_the_cable_pulled_nobody_answers_at_once() -> None:
    async with peer() as server, Phone("anna", SECRET, server=server.place) as phone:
        registering = asyncio.create_task(phone.register())
        await server.gets("REGISTER")
        await phone.vanish()
        assert not phone.is_open
        with pytest.raises(Refused, match="408"):
            await registering
        with pytest.raises(Refused, match="408"):
            await (await phone.dial("echo")).answered()


async def test_a_phone_that_nobody_calls_says_so() -> None:
    async with Phone("anna", server=HERE) as phone:
        with pytest.raises(NotInTime, match="anna"):
            await phone.incoming(within=0.05)


async def test_a_hostile_caller_sends_what_it_likes() -> None:
    async with peer() as server, Phone("+7916", server=server.place) as phone:
        name = fsdecode(b'"\xff\x01" <sip:x@y>')
        await phone.dial("1&2", sender=name, extra=(("X-Evil", "1"),))
        invite = await server.gets("INVITE")
        assert invite.uri.startswith("sip:1&2@")
        assert invite.headers.get("From").startswith(name)
        assert invite.headers.get("X-Evil") == "1"
        server.answers(invite, 603)


async def test_noise_on_the_line_is_passed_over() -> None:
    async with a_talk() as (call, incoming):
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=incoming._line.wire.place
        )
        transport.sendto(b"\r\n\r\n")
        transport.sendto(b"\xff" * 70)
        await asyncio.sleep(0.05)
        transport.close()
        await call.hang_up()
        await incoming.ended()
