"""Taking over what an engine that is gone has left in Asterisk: callers, their talks, ringing telephones, bridges.

What belongs to which call is told by the ids (`premises.ids`), and how far the call had come by the state that rides on
the caller's channel (`routing.state`). An application is taken over as a whole: nothing of it is left when this ends.
The same is done after a link was lost, for the calls that were ours before. What happened meanwhile (a hang-up, an
answer) is seen in what is there now; what cannot be seen (a key) is asked for again.
"""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import msgspec
import structlog

from ari_app.adoption.closing import closed_legs, picked_up
from ari_app.ari.errors import AriError, NotFound
from ari_app.ari.events import Bridge, Channel
from ari_app.ari.link import Link
from ari_app.calls.call import STATE
from ari_app.calls.exchange import Register
from ari_app.calls.found import Found
from ari_app.calls.waiting import WaitingLine
from ari_app.engine import Engine
from ari_app.people.telephones import Telephones
from ari_app.witness.cdr import Cdr
from db.records import ActRow, CallRow, LegRow
from db.stories import CallStory
from dialplan.plan import SUPERVISING
from premises import ids
from premises.clock import now
from routing.state import State, decode_state
from routing.trail import UnreadableTrailError

MOST_SOUNDS = 6
"""A step begins no more playbacks and messages than this: so many are looked for, counted from its beginning."""
GONE_SECONDS = 1.0
"""For telephones to be silenced; it takes milliseconds."""
GOES_ON_SECONDS = 2.0
"""For a call to be at its step again."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What is known outside Asterisk."""

    line: WaitingLine
    register: Register
    has_delivered: Callable[[], bool]
    """Whether the database has all rows that were given to the register; waits for it."""
    story: Callable[[str], Awaitable[CallStory | None]]
    """A call as the register has it; None: it does not know it, or does not answer."""
    open_calls: Callable[[], Awaitable[Iterable[CallRow]]]
    """Calls that nobody has closed yet; none where the register does not answer."""
    listed: Callable[[dt.datetime], Awaitable[Mapping[str, Cdr]]]
    """Asterisk's own list of the calls that ended since then; none where it cannot be read."""
    has_message: Callable[[str], bool]
    """Whether Asterisk has a recording of this id."""
    last_sound: Callable[[str], dt.datetime | None]
    """When something of this call was recorded last."""
    call_lost: Callable[[str], None]
    """Told a call whose end nobody saw: its recording and its messages are to be kept."""


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """One call as the other engine left it."""

    call: str
    caller: Channel | None
    """None: the caller has gone."""
    legs: tuple[Channel, ...]
    joined: frozenset[str]
    """Who is in the call's bridge."""
    instead: Channel | None = None
    """What Asterisk put into the bridge in the place of a telephone that handed the caller over, which nobody heard."""

    @property
    def answered(self) -> Channel | None:
        """The person's channel, if somebody has answered and both are still there."""
        if self.instead is not None:
            return None
        return next((leg for leg in self.legs if self.caller and leg.state == "Up" and self._is_with(leg)), None)

    def _is_with(self, leg: Channel) -> bool:
        """Whether this one talks with the caller, or is to: who hears along is neither."""
        return leg.id in self.joined or not ids.hears_along(leg.id)

    @property
    def needless(self) -> tuple[Channel, ...]:
        """Legs that ring, and those of a caller who has gone: who answers for a dead engine is hung up at once."""
        return tuple(leg for leg in self.legs if leg is not self.answered)


class Adoption:
    """Takes over; made anew for each link."""

    def __init__(self, engine: Engine, link: Link, telephones: Telephones, books: Books) -> None:
        self._engine = engine
        self._link = link
        self._telephones = telephones
        self._books = books

    async def of(self, app: str, among: Collection[str] | None = None) -> int:
        """Take over all that this application has, or only these calls of it; gives how many go on."""
        calls = [left for left in await self._left_by(app) if among is None or left.call in among]
        await self._silence(leg for left in calls for leg in left.needless)
        await self._telephones.look(self._link)  # who was rung is free again
        with self._books.line.held():  # who waits keeps the place in the line
            went_on = await asyncio.gather(*(self._go_on(left) for left in calls))
        if app != self._link.app:
            await asyncio.gather(*(self._unsubscribe(app, left) for left in calls))
        if calls:
            log.info("calls taken over", app=app, calls=sum(went_on), gone=len(calls) - sum(went_on))
        return sum(went_on)

    async def _unsubscribe(self, app: str, left: Left) -> None:
        """Have nobody be the dead engine's any more whom it rang: Asterisk keeps them for it, also moved (22.10.1)."""
        for channel in (left.answered, left.caller if ids.answers_to(left.call) else None):
            if channel is not None:
                with suppress(AriError):
                    await self._link.applications.unsubscribe(app, f"channel:{channel.id}")

    async def _left_by(self, app: str) -> list[Left]:
        """All that it has of callers whom it has too, or who are gone.

        Of others an engine took over before us, it may still have the telephones: those are in a talk.
        """
        try:
            held = set((await self._link.applications.get(app)).channel_ids)
        except NotFound:
            return []
        everything = {channel.id: channel for channel in await self._link.channels.list()}
        bridges = {bridge.id: bridge for bridge in await self._link.bridges.list()}
        joined = _joined(bridges.values())
        groups = defaultdict[str, list[Channel]](list)
        for channel in everything.values():
            if not held & {channel.id, ids.call_of(channel.id)} or self._engine.has(channel.id):
                continue
            call = joined.get(channel.id) or ids.call_of(channel.id)
            if channel.dialplan.context == SUPERVISING and channel.id not in joined:
                self._link.forget(self._link.channels.hang_up(channel.id))
            elif call in held or call not in everything:
                groups[call].append(channel)
        self._clear(bridges.values(), everything, groups)
        return [
            _left(call, channels, bridges.get(ids.bridge_id(call)), everything) for call, channels in groups.items()
        ]

    def _clear(self, bridges: Iterable[Bridge], channels: dict[str, Channel], left: Collection[str]) -> None:
        """Remove the bridges of callers who have gone, and those in which somebody heard along with the calls left.

        Asterisk never removes one by itself.
        """
        for bridge in bridges:
            call = ids.call_of(bridge.id)
            is_needless = call not in channels or (ids.is_ear(bridge.id) and call in left)
            if bridge.id.startswith(("b-", "ear-")) and is_needless:
                self._link.forget(self._link.bridges.destroy(bridge.id))

    async def _silence(self, legs: Iterable[Channel]) -> None:
        with suppress(TimeoutError):  # one that does not go is not looked at any more
            async with asyncio.timeout(GONE_SECONDS):
                await asyncio.gather(*(self._gone(leg.id) for leg in legs))

    async def _gone(self, leg: str) -> None:
        self._link.forget(self._link.channels.hang_up(leg))
        try:
            while True:
                await self._link.channels.get(leg)
                await asyncio.sleep(0.01)
        except AriError:  # as it should be: there is no such channel
            return

    async def _go_on(self, left: Left) -> bool:
        """Have the call go on at this engine; False: the caller has gone."""
        if left.caller is None:
            return False
        try:
            self._engine.expect(left.call, await self._found(left, left.caller))
        except AriError:
            return False
        if left.instead is not None:
            self._link.forget(self._link.channels.hang_up(left.instead.id))
        self._move(left.caller)
        went_on = await self._engine.goes_on(left.call, GOES_ON_SECONDS)
        if left.answered is not None:  # only now is there a call that hears of it
            self._move(left.answered)
        return went_on

    def _move(self, channel: Channel) -> None:
        self._link.forget(self._link.channels.move(channel.id, app=self._link.app, app_args=("adopt",)))

    async def _found(self, left: Left, caller: Channel) -> Found:
        dialled, state = self._variable(caller.id, "DIALLED"), self._variable(caller.id, STATE)
        known, story = _state(await state), await self._books.story(left.call)
        sounds = known.sounds if known else 0
        for row in closed_legs(
            story.legs if story else (),
            still=left.answered.id if left.answered else None,
            talking=known.talking if known else None,
            now=now(),
        ):
            self._books.register.put(row)
        pause, whose = self._close_acts(story), self._telephones.whose
        legs = [leg.id for leg in left.legs] + [leg.id for leg in (story.legs if story else ())]
        return Found(
            dialled=await dialled,
            state=known,
            row=story.call if story else None,
            leg=left.answered,
            leg_row=self._leg_row(left, story, known),
            bridged=left.call in left.joined,
            handed_to=ids.handed_to(left.instead.name) if left.instead else None,
            pause=pause,
            heard_along=frozenset(whose(leg.name) for leg in left.needless if ids.hears_along(leg.id)),
            rung=next((whose(leg.name) for leg in left.needless if not ids.hears_along(leg.id)), None),
            message=await self._quiet(left.call, sounds),
            legs=max(map(ids.number_of, legs), default=0),
            sounds=sounds + MOST_SOUNDS,
        )

    async def _variable(self, channel: str, name: str) -> str:
        try:
            return (await self._link.channels.variable(channel, name)).value
        except NotFound:
            return ""

    async def _quiet(self, call: str, sounds: int) -> str | None:
        """Stop what is played to the caller and what is recorded: Asterisk moves no channel before. Gives a message."""
        numbers = range(sounds + 1, sounds + 1 + MOST_SOUNDS)
        messages = [ids.message_id(call, number) for number in numbers]
        for number, message in zip(numbers, messages, strict=True):
            self._link.forget(self._link.playbacks.stop(ids.playback_id(call, number)))
            self._link.forget(self._link.recordings.stop(message))
        return next((message for message in messages if self._books.has_message(message)), None)

    def _leg_row(self, left: Left, story: CallStory | None, state: State | None) -> LegRow | None:
        leg = left.answered
        if leg is None:
            return None
        known = next((row for row in story.legs if row.id == leg.id), None) if story else None
        rang = (state and state.began) or now()
        return picked_up(known or LegRow(id=leg.id, call=left.call, person=self._telephones.whose(leg.name), rang=rang))

    def _close_acts(self, story: CallStory | None) -> ActRow | None:
        """Nobody hears along any more; a pause of the recording goes on, and is given."""
        goes_on = [act for act in story.acts if act.ended is None] if story else []
        for act in goes_on:
            if act.what != "pause":
                self._books.register.put(msgspec.structs.replace(act, ended=now()))
        return next((act for act in goes_on if act.what == "pause"), None)


def _joined(bridges: Iterable[Bridge]) -> dict[str, str]:
    """In whose call each channel is that is in the bridge of one: it may be a guest, by whose id nobody could tell."""
    return {
        channel: ids.call_of(bridge.id)
        for bridge in bridges
        for channel in bridge.channels
        if bridge.id == ids.bridge_id(ids.call_of(bridge.id))
    }


def _left(call: str, channels: Iterable[Channel], bridge: Bridge | None, everything: Mapping[str, Channel]) -> Left:
    bridged = [everything[one] for one in bridge.channels if one in everything] if bridge else []
    mine = {channel.id: channel for channel in channels}
    caller = mine.pop(call, None)
    if caller and caller.dialplan.exten != "call":
        mine |= {call: caller} if ids.answers_to(call) else {}  # rung, to be called back: another engine rings anew
        caller = None
    return Left(
        call=call,
        caller=caller,
        # Whoever talks was rung before the colleague who is asked meanwhile.
        legs=tuple(sorted(mine.values(), key=lambda leg: ids.number_of(leg.id))),
        joined=frozenset(channel.id for channel in bridged),
        instead=next((channel for channel in bridged if ids.handed_to(channel.name) is not None), None),
    )


def _state(text: str) -> State | None:
    """None: there is none, or none that can be read; the call then begins anew."""
    try:
        return decode_state(text) if text else None
    except UnreadableTrailError as why:
        log.warning("state not readable", why=str(why))
        return None
