"""What a call's script notices: everything in its order, and then the reason why it ended."""

import asyncio
import datetime as dt
import weakref

import pytest

from ari_app.calls.inbox import AsteriskEnds, CallerLeft, Ended, HandedOver, Inbox, LinkGone, Shutdown, TakenAway
from tests.unit import garbage


async def test_messages_come_in_their_order_and_before_the_end() -> None:
    inbox: Inbox[str] = Inbox()
    inbox.put("answered")
    inbox.put("digit")
    inbox.end(CallerLeft(16))
    inbox.put("too late")
    assert [await inbox.take(), await inbox.take()] == ["answered", "digit"]
    with pytest.raises(CallerLeft) as left:
        await inbox.take()
    assert left.value.cause == 16


async def test_an_ended_inbox_raises_again_and_again_its_first_reason() -> None:
    inbox: Inbox[str] = Inbox()
    inbox.end(LinkGone())
    inbox.end(Shutdown())
    for _ in range(2):
        with pytest.raises(LinkGone):
            await inbox.take()
    assert isinstance(inbox.ended, LinkGone)


async def test_a_waiting_script_is_woken_by_a_message() -> None:
    inbox: Inbox[str] = Inbox()
    waiting = asyncio.create_task(inbox.take())
    await asyncio.sleep(0)
    inbox.put("ring")
    assert await waiting == "ring"


async def test_a_waiting_script_is_woken_by_the_end() -> None:
    inbox: Inbox[str] = Inbox()
    waiting = asyncio.create_task(inbox.take())
    await asyncio.sleep(0)
    inbox.end(CallerLeft())
    with pytest.raises(CallerLeft):
        await waiting


async def test_a_time_limit_gives_none_and_loses_nothing() -> None:
    inbox: Inbox[str] = Inbox()
    now = asyncio.get_running_loop().time()
    assert await inbox.take(until=now) is None
    assert await inbox.take(until=now + 0.01) is None
    inbox.put("late")
    assert await inbox.take(until=now) == "late"


async def test_being_cancelled_leaves_the_inbox_usable() -> None:
    inbox: Inbox[str] = Inbox()
    waiting = asyncio.create_task(inbox.take(until=asyncio.get_running_loop().time() + 60))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    inbox.put("next")
    assert await inbox.take() == "next"


def test_what_has_come_can_be_seen_before_it_is_taken() -> None:
    inbox: Inbox[str] = Inbox()
    inbox.put("answered")
    inbox.put("gone")
    assert inbox.holds(lambda message: message == "gone")
    assert not inbox.holds(lambda message: message == "busy")


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param(CallerLeft(16, dt.datetime(2024, 5, 1, tzinfo=dt.UTC)), id="the caller left"),
        pytest.param(CallerLeft(), id="the caller left unheard"),
        pytest.param(AsteriskEnds(dt.datetime(2024, 5, 1, tzinfo=dt.UTC)), id="asterisk ends"),
        pytest.param(Shutdown(), id="shutdown"),
        pytest.param(LinkGone(), id="link gone"),
        pytest.param(TakenAway(), id="taken away"),
        pytest.param(HandedOver(), id="handed over"),
    ],
)
async def test_what_is_raised_tells_all_of_the_reason_and_keeps_nothing_alive(reason: Ended) -> None:
    async def take(inbox: Inbox[str]) -> dict[str, object]:
        try:
            await inbox.take()
        except type(reason) as raised:
            return vars(raised)
        raise AssertionError("it went on")

    with garbage.left_lying():
        inbox: Inbox[str] = Inbox()
        inbox.end(reason)
        gone = weakref.ref(inbox)
        assert [await take(inbox), await take(inbox)] == [vars(reason)] * 2
        del inbox
        assert gone() is None
