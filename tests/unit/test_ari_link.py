"""A link over a real socket, to a peer that behaves, that misbehaves, and that goes away."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest
import uvloop
from structlog.testing import capture_logs

from ari_app.ari import Address, Link, connect, links
from ari_app.ari.connecting import backoff, verdict
from ari_app.ari.errors import AriError, Conflict, Fenced, LinkLost, NotFound, Refused, TimedOut, failure
from ari_app.ari.events import Event, StasisEnd, StasisStart, Unknown
from ari_app.ari.timings import Timings
from tests.unit.ari_peer import EVENT, QUICK, Peer, peer


@pytest.fixture
async def asterisk() -> AsyncIterator[Peer]:
    async with peer() as it:
        yield it


class Seen(list[Event]):
    """A sink that can be waited for."""

    def __call__(self, event: Event) -> None:
        self.append(event)
        self.more.set()

    async def until(self, count: int) -> None:
        while len(self) < count:
            self.more.clear()
            await self.more.wait()

    def __init__(self) -> None:
        super().__init__()
        self.more = asyncio.Event()


# ------------------------------------------------------------------------------------------------------- connecting


async def test_filter_and_subscriptions_are_in_force_before_the_link_is_given_out(asterisk: Peer) -> None:
    async with connect(
        asterisk.address, "sb-t", events=[StasisStart], watch=["deviceState:", "deviceState:SIP/x"], timings=QUICK
    ) as link:
        assert link.app == "sb-t"
        assert asterisk.apps == ["sb-t,watch-sb-t"]
        told = [(it["method"], it["uri"], json.loads(it["message_body"])) for it in asterisk.requests]
    always = [{"type": "RESTResponse"}, {"type": "ApplicationReplaced"}]
    assert told == [
        ("PUT", "applications/sb-t/eventFilter", {"allowed": [*always, {"type": "StasisStart"}]}),
        ("PUT", "applications/watch-sb-t/eventFilter", {"allowed": [*always, {"type": "DeviceStateChanged"}]}),
        ("POST", "applications/watch-sb-t/subscription", {"eventSource": ["deviceState:"]}),
        ("POST", "applications/watch-sb-t/subscription", {"eventSource": ["deviceState:SIP/x"]}),
    ]


async def test_nothing_is_watched_unless_asked_for(asterisk: Peer) -> None:
    async with connect(asterisk.address, "sb-t", timings=QUICK):
        assert asterisk.apps == ["sb-t"]
        assert len(asterisk.requests) == 1


def test_the_secret_is_not_shown() -> None:
    address = Address(user="u", secret="geheim")
    assert "geheim" not in f"{address} {address!r} {address.socket('sb-t')}"


@pytest.mark.parametrize(("status", "words"), [(401, "user or secret"), (404, "no ARI")])
async def test_connecting_in_vain_says_why(asterisk: Peer, status: int, words: str) -> None:
    asterisk.refuse = [status]
    with pytest.raises(Refused, match=words):
        async with connect(asterisk.address, "sb-t", timings=QUICK):
            pass


@pytest.mark.parametrize("status", [403, 500])
async def test_a_refused_filter_says_why(asterisk: Peer, status: int) -> None:
    async def refuse(peer: Peer, request: dict[str, Any]) -> None:
        await peer.answer(request, status, {"message": "no"})

    asterisk.deeds["applications/sb-t/eventFilter"] = refuse
    with pytest.raises(AriError) as failed:
        async with connect(asterisk.address, "sb-t", timings=QUICK):
            pass
    assert isinstance(failed.value, Refused) is (status == 403)


async def test_nobody_there_is_an_os_error() -> None:
    with pytest.raises(ConnectionRefusedError):
        async with connect(Address(port=1, user="u", secret="s"), "sb-t", timings=QUICK):
            pass


VERDICTS = {
    "wrong secret": (401, 0.0, True),
    "no ARI there": (404, 11.0, True),
    "Asterisk is starting": (404, 3.0, False),
    "still starting": (503, 100.0, False),
    "read-only user": (403, 0.0, True),
}


@pytest.mark.parametrize(("status", "seconds", "final"), VERDICTS.values(), ids=VERDICTS)
def test_what_is_final(status: int, seconds: float, final: bool) -> None:
    assert (verdict(failure("x", status, ""), seconds, Timings()) is not None) is final


@pytest.mark.parametrize("error", [OSError(111, "refused"), TimeoutError(), LinkLost("x"), TimedOut("x")], ids=repr)
def test_what_may_pass(error: Exception) -> None:
    assert verdict(error, 1000.0, Timings()) is None


def test_pauses_grow_to_their_limit() -> None:
    pauses = backoff(Timings(retry_first=0.1, retry_most=0.5))
    assert [next(pauses) for _ in range(5)] == [0.1, 0.2, 0.4, 0.5, 0.5]


# ---------------------------------------------------------------------------------------------------- reconnecting


async def test_the_loop_gives_a_new_link_after_each_loss(asterisk: Peer) -> None:
    lost: list[LinkLost] = []
    async with aclosing(links(asterisk.address, "sb-t", timings=QUICK)) as attempts:
        async for link in attempts:
            await link.asterisk.ping()
            if len(lost) == 2:
                break
            asterisk.break_off()
            lost.append(await link.ended())
    assert [type(it) for it in lost] == [LinkLost, LinkLost]
    assert asterisk.apps == ["sb-t"] * 3


async def test_a_starting_asterisk_is_waited_for(asterisk: Peer) -> None:
    asterisk.refuse = [404, 503, 404]
    async for link in links(asterisk.address, "sb-t", timings=QUICK):
        await link.asterisk.ping()
        break
    assert asterisk.refuse == []


async def test_an_absent_asterisk_is_waited_for() -> None:
    async with peer() as first:
        port = first.port
    attempts = links(Address(port=port, user="u", secret="geheim"), "sb-t", timings=QUICK)
    coming = asyncio.ensure_future(anext(attempts))
    await asyncio.sleep(0.03)
    async with peer(port):
        link = await coming
        await link.asterisk.ping()
        await link.close()


async def test_the_loop_ends_when_trying_on_makes_no_sense(asterisk: Peer) -> None:
    asterisk.refuse = [503, 401]
    with pytest.raises(Refused):
        await anext(links(asterisk.address, "sb-t", timings=QUICK))


async def test_a_web_server_that_is_no_asterisk_is_given_up_after_a_while(asterisk: Peer) -> None:
    asterisk.refuse = [404] * 100
    with pytest.raises(Refused, match="no ARI"):
        await anext(links(asterisk.address, "sb-t", timings=QUICK))
    assert len(asterisk.refuse) < 99


async def test_a_process_whose_name_was_taken_ends(asterisk: Peer) -> None:
    attempts = links(asterisk.address, "sb-t", timings=QUICK)
    link = await anext(attempts)
    seen: list[Event] = []
    link.deliver(seen.append)
    await asterisk.say({"type": "ApplicationReplaced", "application": "sb-t"})
    await asterisk.say(EVENT)
    assert isinstance(await link.ended(), Fenced)
    for reply in (link.channels.answer("1.2"), link.channels.set_variable("1.2", "X", "1")):
        with pytest.raises(Fenced):
            await reply
    with pytest.raises(Fenced, match="another process"):
        await anext(attempts)
    assert [type(it).__name__ for it in seen] == ["ApplicationReplaced"]
    assert asterisk.slow == []


# ---------------------------------------------------------------------------------------------------------- events


async def test_events_come_in_order_and_none_is_lost_before_somebody_takes_them(asterisk: Peer) -> None:
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        for number in range(5):
            await asterisk.say(EVENT | {"timestamp": str(number)})
        await link.asterisk.ping()
        seen = Seen()
        link.deliver(seen)
        for number in range(5, 10):
            await asterisk.say(EVENT | {"timestamp": str(number)})
        await asterisk.say({"type": "ChannelVarset"})
        await seen.until(11)
    assert [it.timestamp for it in seen[:10]] == [str(number) for number in range(10)]
    assert all(isinstance(it, StasisEnd) for it in seen[:10])
    assert isinstance(seen[10], Unknown)


async def test_an_event_that_is_not_taken_costs_only_itself(asterisk: Peer) -> None:
    seen: list[str] = []

    def take(event: Event) -> None:
        seen.append(event.timestamp)
        if event.timestamp == "0":
            raise KeyError(0)

    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        link.deliver(take)
        with capture_logs() as logs:
            await asterisk.say(EVENT | {"timestamp": "0"})
            await asterisk.say({"type": "StasisEnd"})
            await asterisk.say(EVENT | {"timestamp": "1"})
            await link.asterisk.ping()
    assert seen == ["0", "1"]
    assert [it["event"] for it in logs] == ["an event was not taken", "not understood"]


async def test_a_message_in_pieces_is_put_together(asterisk: Peer) -> None:
    text = json.dumps(EVENT).encode()
    seen = Seen()
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        link.deliver(seen)
        for head, piece in ((0x01, text[:10]), (0x00, text[10:20]), (0x80, text[20:])):
            asterisk.send_bytes(bytes([head, len(piece)]) + piece)
        await seen.until(1)
    assert isinstance(seen[0], StasisEnd)


# -------------------------------------------------------------------------------------------------------- commands


async def test_commands_are_sent_when_called_and_answered_in_any_order(asterisk: Peer) -> None:
    held: list[dict[str, Any]] = []

    async def hold(peer: Peer, request: dict[str, Any]) -> None:
        held.append(request)

    async def answer_both(peer: Peer, request: dict[str, Any]) -> None:
        await peer.answer(request, 200, {"id": "2"})
        await peer.answer(held[0], 404, {"message": "Channel not found"})

    asterisk.deeds = {"channels/1/answer": hold, "bridges/2": answer_both}
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        answered, bridge = link.channels.answer("1"), link.bridges.create("2")
        assert (await bridge).id == "2"
        with pytest.raises(NotFound):
            await answered


async def test_no_answer_is_an_error_and_the_link_goes_on(asterisk: Peer) -> None:
    async def ignore(peer: Peer, request: dict[str, Any]) -> None:
        return

    asterisk.deeds["channels/1/answer"] = ignore
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        with pytest.raises(TimedOut):
            await link.channels.answer("1")
        await link.asterisk.ping()


FORGOTTEN = {
    "a channel that is gone": (404, "Channel not found", "debug"),
    "a refusal": (409, "Channel 1 currently recording", "warning"),
    "success": (204, "", None),
}


@pytest.mark.parametrize(("status", "message", "level"), FORGOTTEN.values(), ids=FORGOTTEN)
async def test_a_forgotten_failure_is_in_the_log(asterisk: Peer, status: int, message: str, level: str | None) -> None:
    async def refuse(peer: Peer, request: dict[str, Any]) -> None:
        await peer.answer(request, status, {"message": message})

    asterisk.deeds["channels/1/answer"] = refuse
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        with capture_logs() as logs:
            link.forget(link.channels.answer("1"))
            link.channels.answer("1")
            await link.asterisk.ping()
    assert [it["log_level"] for it in logs] == ([level] if level else [])


async def test_the_slow_lane_does_not_hold_up_the_fast_one(asterisk: Peer) -> None:
    asterisk.slow_wait = 0.1
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        slow = link.channels.set_variable("1.2", "SB_X", "1")
        await link.asterisk.ping()
        assert not slow.done
        await slow
    assert asterisk.slow == ['POST /ari/channels/1.2/variable {"variable":"SB_X","value":"1"}']


async def test_the_slow_lane_fails_as_the_fast_one_does(asterisk: Peer) -> None:
    asterisk.slow_status = 409
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        with pytest.raises(Conflict):
            await link.bridges.add("b", "1", slow=True)
        asterisk.slow_wait = 1.0
        with pytest.raises(TimedOut):
            await link.asterisk.reload("res_pjsip.so")


async def test_closing_ends_what_is_under_way_on_both_lanes(asterisk: Peer) -> None:
    async def ignore(peer: Peer, request: dict[str, Any]) -> None:
        return

    asterisk.slow_wait = 1.0
    asterisk.deeds["channels/1/answer"] = ignore
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        started = link.channels.set_variable("1", "X", "1")
        await asyncio.sleep(0.01)
        replies = [started, link.channels.answer("1"), link.channels.set_variable("1", "X", "1")]
    assert [type(it.error()) for it in replies] == [LinkLost] * 3
    assert isinstance(await link.ended(), LinkLost)
    with pytest.raises(LinkLost):
        await link.asterisk.ping()
    await link.close()


async def test_the_slow_lane_notices_that_nobody_is_there(asterisk: Peer) -> None:
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        link._slow._address = Address(port=1, user="u", secret="s")
        with pytest.raises(LinkLost):
            await link.channels.set_variable("1", "X", "1")


# ---------------------------------------------------------------------------------------------------- ways to lose


async def freeze(asterisk: Peer, link: Link) -> None:
    asterisk.pongs = False


async def say_goodbye(asterisk: Peer, link: Link) -> None:
    await asterisk.socket.close(code=1001, message=b"shutting down")


async def break_off(asterisk: Peer, link: Link) -> None:
    asterisk.break_off()


async def talk_nonsense(asterisk: Peer, link: Link) -> None:
    asterisk.send_bytes(b"\xff\xff\xff\xff")


LOSSES = {
    "frozen": (freeze, "silent"),
    "a closed socket": (say_goodbye, "1001 shutting down"),
    "a broken connection": (break_off, "the connection ended"),
    "bytes that are no WebSocket": (talk_nonsense, ""),
}


@pytest.mark.parametrize(("lose", "why"), LOSSES.values(), ids=LOSSES)
async def test_a_loss_is_noticed_and_explained(asterisk: Peer, lose: Any, why: str) -> None:
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        await lose(asterisk, link)
        lost = await link.ended()
        assert why in str(lost)
        assert link.lost is lost
        with pytest.raises(LinkLost):
            await link.asterisk.ping()


async def test_whatever_way_links_are_lost_every_command_has_its_outcome_and_nothing_is_left(asterisk: Peer) -> None:
    outcomes: list[AriError | None] = []

    async def lose_at_the_fifth(peer: Peer, request: dict[str, Any]) -> None:
        await ways[len(peer.apps) % len(ways)](peer, link)
        peer.pongs = True

    ways = [say_goodbye, break_off, talk_nonsense]
    asterisk.deeds["channels/5/answer"] = lose_at_the_fifth
    async with aclosing(links(asterisk.address, "sb-t", watch=["deviceState:"], timings=QUICK)) as attempts:
        async for link in attempts:
            replies = [link.channels.answer(str(number)) for number in range(10)]
            replies += [link.channels.set_variable(str(number), "X", "1") for number in range(5)]
            await link.ended()
            await link.close()
            assert all(reply.done for reply in replies)
            outcomes += [reply.error() for reply in replies]
            if len(asterisk.apps) == 9:
                break
    assert {type(it) for it in outcomes} == {type(None), LinkLost}
    assert [task for task in asyncio.all_tasks() if "ari_app" in repr(task.get_coro())] == []


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_command_in_the_moment_of_the_loss_fails_as_all_that_wait_do(run: Callable[[Any], None]) -> None:
    faults: list[object] = []

    async def lose() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
        async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link:
            first = link.asterisk.ping()
            assert link._transport is not None
            link._transport.underlying_transport.abort()
            await asyncio.sleep(0)
            for reply in (first, link.asterisk.ping()):
                with pytest.raises(LinkLost):
                    await reply

    run(lose())
    assert faults == []


async def test_a_waiting_command_does_not_cost_the_link(asterisk: Peer) -> None:
    async def wait(peer: Peer, request: dict[str, Any]) -> None:
        await asyncio.sleep(2 * QUICK.silence)
        await peer.answer(request)

    asterisk.deeds["bridges/b/addChannel"] = wait
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        with capture_logs() as logs:
            await link.bridges.add("b", "1")
        await link.asterisk.ping()
    assert logs[0]["event"] == "Asterisk reads no commands"
    assert logs[0]["first"] == "POST bridges/b/addChannel"


async def test_a_peer_that_does_not_say_goodbye_is_left(asterisk: Peer) -> None:
    async def sleep(peer: Peer, request: dict[str, Any]) -> None:
        await asyncio.sleep(5)

    asterisk.deeds["channels/1/answer"] = sleep
    async with connect(asterisk.address, "sb-t", timings=QUICK) as link:
        reply = link.channels.answer("1")
    assert isinstance(reply.error(), LinkLost)
