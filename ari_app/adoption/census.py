"""The census: this engine's calls, counted again and again against what Asterisk really has (T4).

Events are hints: one may be lost, come twice, or come late. What Asterisk answers when it is asked is the truth. What
differs at two looks is repaired as if the event had come that should have told of it: by then it would have come, had
it only been on its way. The cause of a leg that ended unheard is lost (it counts as unreachable), and a key that was
lost is asked for again by the menu.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from typing import Literal, NoReturn, Protocol

import msgspec
import structlog

from ari_app.ari.errors import AriError, NotFound
from ari_app.ari.events import (
    Channel,
    ChannelDestroyed,
    Event,
    LiveRecording,
    Playback,
    PlaybackFinished,
    RecordingFinished,
    StasisStart,
)
from ari_app.ari.link import Link
from ari_app.calls.call import Awaited, Call
from ari_app.calls.inbox import CallerLeft, TakenAway
from ari_app.people.telephones import Telephones
from premises import ids

LOOK_SECONDS = 1.0
"""Between two looks while all is well; a look is three commands, and one for each prompt and message under way. With
``SURE_SECONDS`` it is how late a hang-up can be noticed, and less than `ari_app.witness.comparing.WRONG_BY`."""
SURE_SECONDS = 0.5
"""Until the second look at what differs: an event that is on its way takes milliseconds."""
MOST_IN_VAIN = 2
"""Attempts to take over calls, one after another, that have none go on."""
ATTENDED, STASIS = "Local/_attended@transfer", "Stasis"
"""What Asterisk puts in the place of a telephone that joins two calls, one of which is in an application: taken away
within milliseconds as a rule. Where both callers hang up meanwhile, its halves would stay for ever (22.10.1)."""
SERVED = "call"
"""The extension of the dialplan in which a caller is while an engine has the call."""

log = structlog.get_logger()

Ours = Mapping[str, Mapping[str, Awaited]]
"""What each call awaits (`Call.awaited`)."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What Asterisk has."""

    channels: Mapping[str, Channel]
    held: frozenset[str]
    """Channels that our application has."""
    over: frozenset[str] = frozenset()
    """Playbacks and messages that calls await, and that are not there any more."""


class Difference(msgspec.Struct, frozen=True):
    """Something that a call does not know."""

    what: Literal["caller gone", "caller elsewhere", "over", "answered", "nobody's", "left over"]
    call: str
    owned: str = ""
    """The leg, playback or message; or a channel that Asterisk has made, and that is no call's."""


def differences(ours: Ours, picture: Picture) -> Iterator[Difference]:
    """What Asterisk has otherwise than the calls of this engine think. Pure."""
    for call, awaited in ours.items():
        caller = picture.channels.get(call)
        if caller is None:
            yield Difference("caller gone", call)
        elif caller.dialplan.exten != SERVED:
            yield Difference("caller elsewhere", call)
        for owned, what in awaited.items():
            yield from _of_awaited(call, owned, what, picture)
    for channel in picture.held & picture.channels.keys():
        is_to_serve = not ids.is_callers(channel) or picture.channels[channel].dialplan.exten == SERVED
        if is_to_serve and ids.call_of(channel) not in ours:
            yield Difference("nobody's", ids.call_of(channel))
    for other in picture.channels.values():
        if other.name.startswith(ATTENDED) and other.dialplan.app_name == STASIS:
            yield Difference("left over", other.id, other.id)


def _of_awaited(call: str, owned: str, what: Awaited, picture: Picture) -> Iterator[Difference]:
    if not _is_leg(owned):
        if owned in picture.over:
            yield Difference("over", call, owned)
        return
    leg = picture.channels.get(owned)
    if leg is None:
        yield Difference("over", call, owned)
    elif what == "answer" and leg.state == "Up" and owned in picture.held:
        yield Difference("answered", call, owned)


class Served(Protocol):
    """The side of `ari_app.engine.Engine` that is counted."""

    doubt: asyncio.Event
    accepting: bool

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that are here now."""


class Census:
    """Compares and repairs."""

    def __init__(
        self, engine: Served, telephones: Telephones, adopt: Callable[[Link, Collection[str]], Awaitable[int]]
    ) -> None:
        self._engine = engine
        self._telephones = telephones
        self._adopt = adopt
        self._suspected: set[Difference] = set()
        self._in_vain = 0

    async def go_on(self, link: Callable[[], Link | None]) -> NoReturn:
        """Look again and again, for ever, and at once where a call is in doubt; ``link`` gives one that is up."""
        while True:
            up = link()
            if up is not None:
                with contextlib.suppress(AriError):  # the next look will do
                    await self._telephones.look(up)
                    await self.look(up)
            await self._pause()

    async def look(self, link: Link) -> None:
        """Compare once; what differs now and differed at the last look is repaired."""
        calls = self._engine.calls
        doubted = [call for call in calls if call.doubted]
        ours = {call.id: dict(call.awaited) for call in calls}
        # Who has come by the time of the picture's arrival may still be on the way in it.
        coming = {call.id for call in calls if call.is_coming}
        picture = await _picture(link, [owned for awaited in ours.values() for owned in awaited])
        found = {one for one in differences(ours, picture) if one.call not in coming or one.owned}
        # Who is elsewhere in the dialplan will not come back: that is sure at once.
        sure = {one for one in found if one in self._suspected or one.what == "caller elsewhere"}
        self._suspected = found - sure
        for difference in sure:
            if difference.what == "left over":
                link.forget(link.channels.hang_up(difference.owned))
            self._repair(difference, picture)
        for call in doubted:  # the end of a stay before this one, told late
            call.doubted = not (call.id in picture.held and Difference("caller gone", call.id) not in found)
        nobodys = {one.call for one in sure if one.what == "nobody's"}
        if nobodys and self._engine.accepting:
            await self._adopt_all(link, nobodys)

    async def _adopt_all(self, link: Link, calls: Collection[str]) -> None:
        """Take them over. A link on which that fails again and again is deaf, and another one is made.

        An attempt to connect that was given up while the network stood still can reach Asterisk later: when it ends,
        Asterisk sends the application no more events, though this link is up and its commands are served (22.10.1).
        """
        self._in_vain = 0 if await self._adopt(link, calls) else self._in_vain + 1
        if self._in_vain >= MOST_IN_VAIN:
            self._in_vain = 0
            log.error("no events come, connecting anew", app=link.app)
            await link.close()

    def _repair(self, difference: Difference, picture: Picture) -> None:
        call = next((call for call in self._engine.calls if call.id == difference.call), None)
        if call is None or call.inbox.ended is not None:
            return
        call.log.warning("repaired what an event did not tell", what=difference.what, owned=difference.owned or None)
        match difference.what:
            case "caller gone":
                call.inbox.end(CallerLeft())
            case "caller elsewhere":
                call.inbox.end(TakenAway())
            case "answered":
                call.inbox.put(StasisStart(channel=picture.channels[difference.owned], args=("leg",)))
            case "over":
                call.inbox.put(_end_of(difference.owned))

    async def _pause(self) -> None:
        unsure = self._suspected or any(call.doubted for call in self._engine.calls)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SURE_SECONDS if unsure else LOOK_SECONDS):
                await self._engine.doubt.wait()
        self._engine.doubt.clear()


async def _picture(link: Link, awaited: Iterable[str]) -> Picture:
    """Everything is asked before the first answer is waited for, so that it is one moment's."""
    channels, held = link.channels.list(), link.applications.get(link.app)
    sounds = {owned: _sound(link, owned) for owned in awaited if not _is_leg(owned)}
    over = {owned for owned, reply in sounds.items() if await _is_over(reply)}
    return Picture(
        channels={channel.id: channel for channel in await channels},
        held=frozenset((await held).channel_ids),
        over=frozenset(over),
    )


def _sound(link: Link, owned: str) -> Awaitable[object]:
    return link.playbacks.get(owned) if owned.startswith("p-") else link.recordings.get(owned)


async def _is_over(reply: Awaitable[object]) -> bool:
    try:
        await reply
    except NotFound:
        return True
    return False


def _is_leg(owned: str) -> bool:
    """What is neither a playback nor a message: a telephone's channel, ours by its id or not."""
    return not owned.startswith(("p-", "m-"))


def _end_of(owned: str) -> Event:
    """The event that should have told of it."""
    if _is_leg(owned):
        return ChannelDestroyed(channel=Channel(id=owned))
    if owned.startswith("p-"):
        return PlaybackFinished(playback=Playback(id=owned, state="done"))
    return RecordingFinished(recording=LiveRecording(name=owned, state="done"))
