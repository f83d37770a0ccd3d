"""The proxy of the fault tests: what it lets pass, loses, doubles and reorders, is what it was told."""

import asyncio
import json
import random

import pytest

from ari_app.ari import Address, connect
from ari_app.ari.errors import AriError
from ari_app.ari.events import Event
from tests.asterisk.faults.frames import Cutter, Piece
from tests.asterisk.faults.proxy import Mischief, proxy
from tests.unit.ari_peer import EVENT, QUICK, peer

HEAD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


def frame(payload: bytes, kind: int = 1) -> bytes:
    """A server's frame, as RFC 6455 5.2 has it."""
    if len(payload) < 126:
        return bytes([0x80 | kind, len(payload)]) + payload
    if len(payload) < 65536:
        return bytes([0x80 | kind, 126]) + len(payload).to_bytes(2, "big") + payload
    return bytes([0x80 | kind, 127]) + len(payload).to_bytes(8, "big") + payload


def event(number: int) -> Piece:
    payload = json.dumps({"type": "StasisEnd", "number": number}).encode()
    return Piece(frame(payload), payload)


ANSWER = json.dumps({"type": "RESTResponse"}).encode()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
@pytest.mark.parametrize("chunk", [5, 1000, 100_000])
def test_frames_of_any_length_are_cut_out_however_they_come(size: int, chunk: int) -> None:
    sent = HEAD + frame(b"x" * size) + frame(b"ping", 9)
    cutter = Cutter()
    pieces = [piece for at in range(0, len(sent), chunk) for piece in cutter.feed(sent[at : at + chunk])]
    assert [piece.raw for piece in pieces] == [HEAD, frame(b"x" * size), frame(b"ping", 9)]
    assert [piece.payload for piece in pieces] == [None, b"x" * size, None]


def test_what_is_no_websocket_passes_as_it_is() -> None:
    cutter = Cutter()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\x81\x7f.."
    assert b"".join(piece.raw for piece in cutter.feed(answer) + cutter.feed(b"HTTP/1.1")) == answer + b"HTTP/1.1"


@pytest.mark.parametrize(
    ("rolled", "passed"),
    [
        pytest.param([0.9, 0.9], [1, 2], id="nothing happens"),
        pytest.param([0.1, 0.9], [2], id="the first is lost"),
        pytest.param([0.3, 0.9], [1, 1, 2], id="the first comes twice"),
        pytest.param([0.5, 0.9], [2, 1], id="the first comes behind the second"),
        pytest.param([0.5, 0.1], [1], id="the first is late and the second lost"),
    ],
)
def test_the_dice_decide(rolled: list[float], passed: list[int]) -> None:
    class Dice(random.Random):
        def random(self) -> float:
            return rolled.pop(0)

    mischief = Mischief(Dice(), 0.2)
    pieces = [piece for number in (1, 2) for piece in mischief.pass_on(event(number))]
    assert [json.loads(piece.payload or b"")["number"] for piece in pieces] == passed
    assert mischief.release() == []


def test_an_event_held_back_comes_by_itself_at_last() -> None:
    mischief = Mischief(random.Random(0), 0.0)
    mischief._held = [event(1)]
    assert mischief.release() == [event(1)]


@pytest.mark.parametrize(("lost", "passed"), [("StasisEnd", 0), ("StasisStart", 1)])
def test_events_of_one_type_are_lost(lost: str, passed: int) -> None:
    assert len(Mischief(random.Random(0), 0.0, lost).pass_on(event(1))) == passed


def test_answers_to_commands_are_never_touched() -> None:
    mischief = Mischief(random.Random(0), 1.0)
    answer = Piece(frame(ANSWER), ANSWER)
    assert mischief.pass_on(answer) == [answer]


async def test_a_link_through_it_can_be_cut_and_frozen() -> None:
    async with peer() as asterisk:
        with proxy(asterisk.port) as between:
            address = Address(port=between.port, user="u", secret="geheim")
            for fault, words in (("cut", "ended"), ("freeze", "silent")):
                async with connect(address, "sb-t", timings=QUICK) as link:
                    await link.asterisk.ping()
                    if fault == "cut":
                        between.cut()
                        why = await asyncio.wait_for(link.ended(), 2)
                    else:
                        with between.frozen():
                            why = await asyncio.wait_for(link.ended(), 2)
                    assert words in str(why)


async def test_events_are_lost_and_answers_are_not() -> None:
    async with peer() as asterisk:
        with proxy(asterisk.port) as between, between.unreliable(0.3, seed=1):
            address, heard = Address(port=between.port, user="u", secret="geheim"), list[Event]()
            async with connect(address, "sb-t", timings=QUICK) as link:
                link.deliver(heard.append)
                for _ in range(30):
                    await asterisk.say(EVENT)
                    await link.asterisk.ping()
                await asyncio.sleep(0.4)
                assert link.lost is None
    assert 10 < len(heard) != 30


async def test_a_frozen_proxy_lets_nobody_in() -> None:
    async with peer() as asterisk:
        with proxy(asterisk.port) as between, between.frozen():
            address = Address(port=between.port, user="u", secret="geheim")
            with pytest.raises((AriError, OSError, TimeoutError)):
                async with connect(address, "sb-t", timings=QUICK):
                    pass
