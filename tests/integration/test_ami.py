"""The AMI client at a peer that answers, refuses, freezes, closes or talks nonsense."""

import asyncio

import pytest

from ari_app.ami import Ami, AmiEvent, AmiLost, AmiNotAdmitted, AmiRefused, AmiTimedOut
from tests.integration.ami_peer import QUICK, Headers, Peer, nothing, peer
from tests.until import until

CHANNEL = "1795599000.7"
EVENT = b"Event: Cdr\r\nPrivilege: cdr,all\r\nUniqueID: 1.7\r\n\r\n"


def unheard(_: AmiEvent) -> None:
    pytest.fail("no event was sent")


async def test_a_variable_is_set_and_the_answer_awaited() -> None:
    async with peer() as asterisk, Ami(asterisk.address, unheard, QUICK) as ami:
        await ami.set_variable(CHANNEL, "SB_STATE", '{"v": "1", "w": "ü ${X}"}')
        await ami.set_variable(CHANNEL, "TIMEOUT(absolute)", "30")
        sent = [action for action in asterisk.actions if action["Action"] == "Setvar"]
    assert [(action["Channel"], action["Variable"], action["Value"]) for action in sent] == [
        (CHANNEL, "SB_STATE", '{"v": "1", "w": "ü ${X}"}'),
        (CHANNEL, "TIMEOUT(absolute)", "30"),
    ]


@pytest.mark.parametrize(
    ("channel", "name", "value"),
    [
        ("1.7", "X", "a\r\nAction: Originate"),
        ("1.7", "X", "a\nb"),
        ("1.7", "X", "a\x00b"),
        ("1.7", "X", "a\u2028b"),
        ("1.7", "X", " a"),
        ("1.7", "X", "\ud800"),
        ("1.7", "X", "ü" * 508),
        ("1.7\r\nVariable: Y", "X", "a"),
        ("", "X", "a"),
        ("1.7", "", "a"),
        ("1.7", "X\r\nY", "a"),
        ("1.7", "SHELL(touch x)", "a"),
        ("1.7", "X=1", "a"),
    ],
)
async def test_what_could_become_more_than_a_value_is_not_sent(channel: str, name: str, value: str) -> None:
    async with peer() as asterisk, Ami(asterisk.address, unheard, QUICK) as ami:
        with pytest.raises(ValueError, match=r"."):
            await ami.set_variable(channel, name, value)
        assert not [action for action in asterisk.actions if action["Action"] == "Setvar"]


async def test_a_channel_that_is_gone_is_said_in_asterisks_words() -> None:
    async def gone(asterisk: Peer, action: Headers) -> None:
        asterisk.answer(action, "Error", "No such channel")

    async with peer() as asterisk, Ami(asterisk.address, unheard, QUICK) as ami:
        asterisk.deeds["Setvar"] = gone
        with pytest.raises(AmiRefused, match="No such channel"):
            await ami.set_variable(CHANNEL, "X", "1")
        assert ami.lost is None


async def test_an_answer_that_does_not_come_is_not_awaited_for_ever_and_others_go_on() -> None:
    async with peer() as asterisk, Ami(asterisk.address, unheard, QUICK) as ami:
        asterisk.deeds["Setvar"] = nothing
        with pytest.raises(AmiTimedOut):
            await ami.set_variable(CHANNEL, "X", "1")
        del asterisk.deeds["Setvar"]
        await ami.set_variable(CHANNEL, "X", "2")
        assert (ami.lost, asterisk.logins) == (None, 1)


async def test_a_frozen_asterisk_is_a_lost_connection_which_is_made_again() -> None:
    async with peer() as asterisk, Ami(asterisk.address, unheard, QUICK) as ami:
        asterisk.deeds["Ping"] = nothing
        await until(lambda: ami.lost is not None)
        with pytest.raises(AmiLost):
            await ami.set_variable(CHANNEL, "X", "1")
        del asterisk.deeds["Ping"]
        await until(lambda: ami.lost is None and ami.connections > 1)
        await ami.set_variable(CHANNEL, "X", "2")
        values = [action["Value"] for action in asterisk.actions if action["Action"] == "Setvar"]
        assert values == ["2"], "what failed is not sent later"


async def test_an_action_under_way_ends_with_the_connection_and_is_not_sent_again() -> None:
    async def break_off(asterisk: Peer, _: Headers) -> None:
        asterisk.break_off()

    async with peer() as asterisk, Ami(asterisk.address, unheard, QUICK) as ami:
        asterisk.deeds["Setvar"] = break_off
        with pytest.raises(AmiLost):
            await ami.set_variable(CHANNEL, "X", "1")
        await until(lambda: ami.connections == 2)
        assert sum(action["Action"] == "Setvar" for action in asterisk.actions) == 1


async def test_a_wrong_secret_is_said_at_once_and_not_tried_again() -> None:
    async with peer() as asterisk:
        asterisk.secret = "another"
        with pytest.raises(AmiNotAdmitted, match=r"engine@127\.0\.0\.1.*Authentication failed") as caught:
            async with Ami(asterisk.address, unheard, QUICK):
                pytest.fail("it was let in")
        assert "geheim" not in str(caught.value)
        await asyncio.sleep(0.1)
        assert asterisk.logins == 1


async def test_a_secret_that_is_wrong_for_a_while_only_takes_a_while() -> None:
    """Asterisk was started again, and has read its new configuration only in part."""
    async with peer() as asterisk, Ami(asterisk.address, unheard, QUICK) as ami:
        asterisk.secret = "another"
        asterisk.break_off()
        await until(lambda: isinstance(ami.lost, AmiNotAdmitted))
        asterisk.secret = "geheim"
        await until(lambda: ami.lost is None)


async def test_entering_waits_until_asterisk_is_there() -> None:
    async with peer() as gone:
        port = gone.port
    entering = asyncio.create_task(enter(port))
    await asyncio.sleep(0.1)
    assert not entering.done()
    async with peer(port):
        assert await asyncio.wait_for(entering, 5) == 1


async def enter(port: int) -> int:
    it = Peer()
    it.port = port
    async with Ami(it.address, unheard, QUICK) as ami:
        return ami.connections


@pytest.mark.parametrize("banner", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\xff" * 1000, b"x" * (2 << 20)])
async def test_what_does_not_speak_ami_is_not_waited_for(banner: bytes) -> None:
    async with peer() as asterisk:
        asterisk.banner = banner
        asterisk.deeds["Login"] = nothing
        entering = asyncio.create_task(enter(asterisk.port))
        await until(lambda: asterisk.logins > 1)
        entering.cancel()
        await asyncio.wait((entering,))


async def test_events_are_heard_in_order_and_a_fault_of_the_hearer_costs_one() -> None:
    heard: list[AmiEvent] = []

    def hear(event: AmiEvent) -> None:
        heard.append(event)
        if len(heard) == 1:
            raise RuntimeError("a fault")

    async with peer() as asterisk, Ami(asterisk.address, hear, QUICK) as ami:
        asterisk.say(
            EVENT + b"Event: Shutdown\r\nShutdown: Cleanly\r\n\r\n" + b"no: event\r\n\r\n" + b"\xff\xfe\r\n\r\n"
        )
        asterisk.say(b"Event: Cdr\r\nUniqueID: 1.8\r\nUniqueID: 1.9\r\n\r\n")
        for byte in EVENT:
            asterisk.say(bytes([byte]))
        await until(lambda: len(heard) == 3)
        assert ami.lost is None
    assert [event.name for event in heard] == ["Cdr", "Shutdown", "Cdr"]
    assert heard[2].fields["UniqueID"] == "1.7"


async def test_leaving_ends_the_connection_and_what_would_make_it_again() -> None:
    async with peer() as asterisk:
        async with Ami(asterisk.address, unheard, QUICK) as ami:
            assert ami.lost is None
        logins = asterisk.logins
        await asyncio.sleep(0.1)
        assert asterisk.logins == logins
        with pytest.raises(AmiLost):
            await ami.set_variable(CHANNEL, "X", "1")
