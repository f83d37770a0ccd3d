"""What the engine notices when it asks Asterisk, because no event told it."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from ari_app.adoption.census import Census, Difference, Ours, Picture, differences
from ari_app.ari import Link, connect
from ari_app.ari.events import Channel, ChannelDestroyed, PlaybackFinished, RecordingFinished, StasisStart
from ari_app.ari.events import Place as DialplanPlace
from ari_app.calls.call import Awaited, Call
from ari_app.calls.inbox import CallerLeft, Ended, TakenAway
from ari_app.people.presence import Presence
from ari_app.people.telephones import Telephones
from db.records import CallRow
from premises.seating import Seating
from premises.turns import Turns
from tests.unit.ari_peer import QUICK, Deed, Listed, Peer, peer
from tests.until import until

if TYPE_CHECKING:
    from ari_app.calls.exchange import Exchange

CALL, LEG, PROMPT, MESSAGE = "1.1", "leg-1.1-1", "p-1.1-1", "m-1.1-2"


LEFT_OVER = Channel(id="1.7", name="Local/_attended@transfer-0000002a;2", dialplan=DialplanPlace(app_name="Stasis"))
ECHO = Channel(id="1.8", name="Local/_attended@transfer-0000002b;2", dialplan=DialplanPlace(app_name="Echo"))


def channel(name: str, state: str = "Up", exten: str = "call") -> Channel:
    return Channel(id=name, state=state, dialplan=DialplanPlace("switchboard", exten, 3))


def picture(*channels: Channel, held: Collection[str] | None = None, over: Collection[str] = ()) -> Picture:
    there = {one.id: one for one in channels}
    return Picture(channels=there, held=frozenset(there if held is None else held), over=frozenset(over))


THE_CALLER = channel(CALL)
PATIENT = msgspec.structs.replace(QUICK, slow_reply=30.0)
"""With commands that wait for an end, as they may."""


@pytest.mark.parametrize(
    ("ours", "asterisk", "different"),
    [
        pytest.param({}, picture(), [], id="nothing is there"),
        pytest.param({CALL: {}}, picture(THE_CALLER), [], id="a caller is there"),
        pytest.param({CALL: {}}, picture(), [Difference("caller gone", CALL)], id="the caller has hung up"),
        pytest.param(
            {CALL: {}},
            picture(channel(CALL, exten="stand-in"), held=()),
            [Difference("caller elsewhere", CALL)],
            id="the stand-in has the caller",
        ),
        pytest.param(
            {CALL: {LEG: "answer"}}, picture(THE_CALLER, channel(LEG, "Ringing", "")), [], id="a telephone rings"
        ),
        pytest.param(
            {CALL: {LEG: "answer"}},
            picture(THE_CALLER, channel(LEG, "Up", "")),
            [Difference("answered", CALL, LEG)],
            id="somebody has answered",
        ),
        pytest.param(
            {CALL: {LEG: "answer"}},
            picture(THE_CALLER, channel(LEG, "Up", ""), held=[CALL]),
            [],
            id="somebody who answered is not ours yet",
        ),
        pytest.param({CALL: {LEG: "end"}}, picture(THE_CALLER, channel(LEG, "Up", "")), [], id="people talk"),
        pytest.param(
            {CALL: {LEG: "end"}}, picture(THE_CALLER), [Difference("over", CALL, LEG)], id="the person has hung up"
        ),
        pytest.param({CALL: {PROMPT: "end"}}, picture(THE_CALLER), [], id="something is played"),
        pytest.param(
            {CALL: {PROMPT: "end"}},
            picture(THE_CALLER, over=[PROMPT]),
            [Difference("over", CALL, PROMPT)],
            id="it has been played",
        ),
        pytest.param({}, picture(THE_CALLER), [Difference("nobody's", CALL)], id="a caller whom nobody serves"),
        pytest.param({}, picture(THE_CALLER, held=()), [], id="a caller whom somebody else serves"),
        pytest.param({}, picture(channel(LEG, "Ringing", "")), [Difference("nobody's", CALL)], id="a leg of no call"),
        pytest.param({}, picture(channel(CALL, exten="stand-in")), [], id="a caller on the way to the stand-in"),
        pytest.param({}, picture(held=[CALL]), [], id="a channel that has just gone"),
        pytest.param(
            {}, picture(LEFT_OVER, held=()), [Difference("left over", "1.7", "1.7")], id="what joined two who have gone"
        ),
        pytest.param({}, picture(ECHO, held=()), [], id="what joins two calls that are none of ours"),
    ],
)
def test_what_is_different(ours: Ours, asterisk: Picture, different: list[Difference]) -> None:
    assert list(differences(ours, asterisk)) == different


class Desk:
    """An engine with one call."""

    def __init__(self, link: Link) -> None:
        row = CallRow(id=CALL, arrived=dt.datetime.now(dt.UTC), number=None, name=None, dialled="1")
        self.call = Call(link, cast("Exchange", None), row)
        self.calls: tuple[Call, ...] = (self.call,)
        self.doubt = asyncio.Event()
        self.accepting = True
        self.adopted: list[str] = []
        self.go_on = 1
        self.census = Census(self, Telephones(Presence(), Seating(Path("nowhere"), Turns(Path("nowhere")))), self.adopt)

    async def adopt(self, _: Link, calls: Collection[str]) -> int:
        self.adopted += calls
        return self.go_on


def answering(body: object, status: int = 200) -> Deed:
    async def answer(asterisk: Peer, request: dict[str, Any]) -> None:
        await asterisk.answer(request, status, body)

    return answer


def listing(body: object) -> Listed:
    async def listed() -> object:
        return body

    return listed


def has(asterisk: Peer, *channels: Channel, held: Collection[str] | None = None) -> None:
    """Let Asterisk have these channels, and nothing else."""
    listed = [
        {
            "id": one.id,
            "name": one.name,
            "state": one.state,
            "dialplan": {"exten": one.dialplan.exten, "app_name": one.dialplan.app_name},
        }
        for one in channels
    ]
    ours = [one.id for one in channels] if held is None else list(held)
    nothing = answering({"message": "not found"}, 404)
    asterisk.lists |= {
        "channels": listing(listed),
        "applications/sb-t": listing({"name": "sb-t", "channel_ids": ours}),
        "endpoints": listing([]),
    }
    asterisk.deeds |= {
        f"playbacks/{PROMPT}": nothing,
        f"recordings/live/{MESSAGE}": nothing,
    }


@asynccontextmanager
async def desk() -> AsyncIterator[tuple[Peer, Link, Desk]]:
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link:
        has(asterisk, THE_CALLER)
        yield asterisk, link, Desk(link)


@pytest.mark.parametrize(
    ("owned", "what", "channels", "told"),
    [
        pytest.param(LEG, "end", [THE_CALLER], ChannelDestroyed, id="the person's hanging up"),
        pytest.param(LEG, "answer", [THE_CALLER, channel(LEG, "Up", "")], StasisStart, id="the person's answer"),
        pytest.param(PROMPT, "end", [THE_CALLER], PlaybackFinished, id="the end of a prompt"),
        pytest.param(MESSAGE, "end", [THE_CALLER], RecordingFinished, id="the end of a message"),
    ],
)
async def test_an_event_that_was_lost_is_made_up_at_the_second_look(
    owned: str, what: Awaited, channels: list[Channel], told: type
) -> None:
    async with desk() as (asterisk, link, it):
        has(asterisk, *channels)
        with it.call.awaiting(owned, what):
            await it.census.look(link)
            assert await it.call.inbox.take(0.0) is None
            await it.census.look(link)
            assert isinstance(await it.call.inbox.take(0.0), told)


async def test_what_is_left_of_two_calls_that_were_joined_is_taken_away_at_the_second_look() -> None:
    async with desk() as (asterisk, link, it):
        has(asterisk, THE_CALLER, LEFT_OVER, held=[CALL])
        await it.census.look(link)
        assert not hung_up(asterisk)
        await it.census.look(link)
        await until(lambda: hung_up(asterisk) == ["channels/1.7"])


def hung_up(asterisk: Peer) -> list[str]:
    return [one["uri"] for one in asterisk.requests if one["method"] == "DELETE"]


async def test_what_comes_between_two_looks_is_not_made_up() -> None:
    async with desk() as (_, link, it):
        with it.call.awaiting(PROMPT, "end"):
            await it.census.look(link)
        await it.census.look(link)
        assert await it.call.inbox.take(0.0) is None


@pytest.mark.parametrize(
    ("channels", "reason", "looks"), [([], CallerLeft, 2), ([channel(CALL, exten="stand-in")], TakenAway, 1)]
)
async def test_a_caller_who_going_on_ends_the_call(channels: list[Channel], reason: type[Ended], looks: int) -> None:
    async with desk() as (asterisk, link, it):
        has(asterisk, *channels, held=())
        for _ in range(looks):
            assert it.call.inbox.ended is None
            await it.census.look(link)
        assert isinstance(it.call.inbox.ended, reason)


async def test_who_is_yet_to_be_rung_is_not_missed() -> None:
    async with desk() as (asterisk, link, it):
        it.call.is_coming = True
        has(asterisk, channel(LEG, "Up", ""), held=[LEG])
        with it.call.awaiting(LEG, "answer"):
            for _ in range(3):
                await it.census.look(link)
        assert it.call.inbox.ended is None
        assert isinstance(await it.call.inbox.take(0.0), StasisStart)
    assert it.adopted == []


async def test_who_comes_while_the_list_is_made_is_not_elsewhere() -> None:
    async with desk() as (asterisk, link, it):
        it.call.is_coming = True
        has(asterisk, channel(CALL, exten="called-back"), held=())
        looking = asyncio.create_task(it.census.look(link))
        await asyncio.sleep(0)
        it.call.is_coming = False
        await looking
        assert it.call.inbox.ended is None


async def test_a_caller_who_is_still_ours_is_in_doubt_no_more() -> None:
    async with desk() as (asterisk, link, it):
        it.call.doubted = True
        assert not it.call.is_there
        has(asterisk, THE_CALLER, held=())  # on the way out
        await it.census.look(link)
        assert it.call.doubted
        has(asterisk, THE_CALLER)
        await it.census.look(link)
        assert it.call.is_there


@pytest.mark.parametrize(("accepting", "adopted"), [(True, ["2.2"]), (False, [])])
async def test_a_caller_whom_nobody_serves_is_adopted_while_calls_are_taken(
    *, accepting: bool, adopted: list[str]
) -> None:
    async with desk() as (asterisk, link, it):
        it.accepting = accepting
        has(asterisk, THE_CALLER, channel("2.2"))
        await it.census.look(link)
        assert it.adopted == []
        await it.census.look(link)
        assert it.adopted == adopted


async def test_a_link_on_which_no_call_can_be_taken_over_is_given_up() -> None:
    async with desk() as (asterisk, link, it):
        it.go_on = 0
        has(asterisk, THE_CALLER, channel("2.2"))
        for _ in range(3):
            await it.census.look(link)
        assert link.lost is None
        await it.census.look(link)
        assert link.lost is not None


async def test_a_list_that_never_comes_is_given_up_and_asked_for_again() -> None:
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=PATIENT) as link:
        it = Desk(link)
        has(asterisk, THE_CALLER, held=())
        lists, asked = asterisk.lists["channels"], asyncio.Event()

        async def never() -> object:
            asterisk.lists["channels"] = lists
            asked.set()
            return await asyncio.Event().wait()

        asterisk.lists["channels"] = never
        going_on = asyncio.create_task(it.census.go_on(lambda: link))
        await asyncio.wait_for(asked.wait(), 5.0)
        has(asterisk, channel(CALL, exten="stand-in"), held=())
        with pytest.raises(TakenAway):
            await asyncio.wait_for(it.call.inbox.take(), PATIENT.slow_reply / 2)
        going_on.cancel()
        await asyncio.wait([going_on])


async def test_a_doubt_is_looked_into_at_once() -> None:
    async with desk() as (asterisk, link, it):
        going_on = asyncio.create_task(it.census.go_on(lambda: link))
        await asyncio.sleep(0.1)
        has(asterisk, channel(CALL, exten="stand-in"), held=())
        it.doubt.set()
        with pytest.raises(TakenAway):
            await asyncio.wait_for(it.call.inbox.take(), 1.0)
        going_on.cancel()
        await asyncio.wait([going_on])
