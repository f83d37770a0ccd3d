"""The engine: takes the calls that the dialplan offers, and brings each event to the call that it belongs to.

The reader's side (`hear`) never waits: it claims or opens a call, or puts the event into the inbox of the call that
owns the channel, bridge or playback, and does nothing else. Each call is a task of its own.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

import msgspec
import structlog

from ari_app.ari.events import (
    BridgeAttendedTransfer,
    BridgeBlindTransfer,
    CallBroadcast,
    Channel,
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelHangupRequest,
    Event,
    PlaybackFinished,
    RecordingFailed,
    RecordingFinished,
    StasisEnd,
    StasisStart,
)
from ari_app.ari.link import Link
from ari_app.call import Call
from ari_app.exchange import Exchange
from ari_app.found import Found
from ari_app.inbox import AsteriskEnds, CallerLeft, Ended, HandedOver, LinkGone, Shutdown
from ari_app.owners import owner
from ari_app.script import serve
from db.lookup import LookUp
from db.numbers import line_of, normalise
from db.records import CallRow
from premises import names
from premises.clock import now
from premises.ids import call_of, is_callers, person_at
from routing.facts import Facts
from routing.trail import Trail, concerned, encode_facts
from routing.transfers import INSIDE

HEARD = (
    BridgeAttendedTransfer,
    BridgeBlindTransfer,
    CallBroadcast,
    StasisStart,
    StasisEnd,
    ChannelHangupRequest,
    ChannelDestroyed,
    ChannelDtmfReceived,
    PlaybackFinished,
    RecordingFinished,
    RecordingFailed,
)
"""All that an engine acts on. What Asterisk need not send costs neither side anything, call for call."""

SHUT_DOWN = 4
"""The cause of a ``soft`` hang-up when Asterisk is stopped or restarted "now" (22.10.1: AST_SOFTHANGUP_SHUTDOWN)."""

log = structlog.get_logger()


class Engine:
    """All calls of one process."""

    def __init__(self, exchange: Exchange, lookup: LookUp, telephones: Callable[[Event], None]) -> None:
        self._exchange = exchange
        self._lookup = lookup
        self._telephones = telephones
        self._calls: dict[str, Call] = {}
        self._expected: dict[str, Found] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._link: Link | None = None
        self.accepting = True
        self.doubt = asyncio.Event()
        """Set when a call is in doubt: `ari_app.census` then asks Asterisk at once."""

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that are here now."""
        return tuple(self._calls.values())

    def has(self, owned: str) -> bool:
        """Whether a call that is there now owns this channel or bridge."""
        return call_of(owned) in self._calls

    @asynccontextmanager
    async def on(self, link: Link) -> AsyncIterator[None]:
        """Serve calls over this link until the block ends; calls that are there then are let go of."""
        self._link = link
        try:
            yield
        finally:
            self._link = None
            await self._end_all(LinkGone())

    async def stop(self) -> None:
        """Take no more calls and end those that are there."""
        self.accepting = False
        await self._end_all(Shutdown())

    async def hand_over(self) -> None:
        """Take no more calls and leave those that are there as they are, for another engine."""
        self.accepting = False
        await self._end_all(HandedOver())

    def expect(self, call: str, found: Found) -> None:
        """Go on with this call as soon as Asterisk has moved the caller to us."""
        self._expected[call] = found

    async def goes_on(self, call: str, seconds: float) -> bool:
        """Wait until a call that is expected is at its step again; False: it is not, in so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                while call in self._expected:  # noqa: ASYNC110 - StasisStart comes within milliseconds
                    await asyncio.sleep(0.005)
                if call in self._calls:
                    await self._calls[call].under_way.wait()
        except TimeoutError:
            self._expected.pop(call, None)
            return False
        return True

    def hear(self, event: Event) -> None:
        """Take one event from the link's reader."""
        match event:
            case CallBroadcast():
                self._claim(event.channel)
            case StasisStart(args=("call", dialled)):
                self._open(event.channel, Found(dialled=dialled), begun=False)
            case StasisStart(args=("adopt",)) if event.channel.id in self._expected:
                self._open(event.channel, self._expected.pop(event.channel.id), begun=True)
            case BridgeAttendedTransfer():
                self._hand_on(event)
                self._end_asking(event)
            case _:
                self._hand_on(event)

    def _end_asking(self, event: BridgeAttendedTransfer) -> None:
        """The call to a colleague has served its purpose: the colleague's telephone is free for the caller."""
        for leg in (event.transferer_first_leg, event.transferer_second_leg):
            if leg.id in self._calls:
                self._calls[leg.id].inbox.end(CallerLeft(at=_when(event)))

    def _hand_on(self, event: Event) -> None:
        call = self._calls.get(call_of(owner(event)))
        if call is None:
            self._telephones(event)
            return
        if _is_shut_down(event):
            call.inbox.end(AsteriskEnds(_when(event)))
        call.hear(event)
        if isinstance(event, ChannelHangupRequest | ChannelDestroyed) and event.channel.id == call.id:
            call.inbox.end(_left(event))
        if isinstance(event, StasisEnd) and event.channel.id == call.id and call.inbox.ended is None:
            # Whoever hangs up asks for it first (Asterisk 22.10.1): either that was lost, or the stand-in has the call.
            call.doubted = True
            self.doubt.set()

    def _claim(self, channel: Channel) -> None:
        """Take a caller who is offered to all engines. Who is not taken by any goes to the stand-in."""
        if self._link is not None and self.accepting:
            self._link.forget(self._link.applications.claim(self._link.app, channel.id))

    def _open(self, channel: Channel, found: Found, *, begun: bool) -> None:
        link = self._link
        if link is None or not is_callers(channel.id) or channel.id in self._calls:
            return
        call = self._calls[channel.id] = Call(link, self._exchange, _row(channel, found), found if begun else None)
        task = asyncio.create_task(self._serve(call, channel), name=f"call {channel.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, call: Call, channel: Channel) -> None:
        """One call from its arrival, or its taking over, to its closed row."""
        try:
            state = call.found.state if call.found else None
            rulebook = (self._exchange.kept_rules(state.rules) if state else None) or self._exchange.rules()
            facts = await self._facts(call, channel.caller.number)
            call.note(
                number=facts.caller.number,
                dialled=facts.dialled,
                customer=facts.caller.customer.id if facts.caller.customer else None,
                looked_up=facts.caller.looked_up,
                rules=rulebook.version,
                facts=encode_facts(concerned(facts, Trail(rules=rulebook.version))),
            )
            call.write()
            what = "call taken over" if call.found else "call arrived"
            call.log.info(what, dialled=facts.dialled)  # who calls is in the register, where it can be erased
            with self._asking(channel, facts):
                await serve(call, rulebook, facts)
        finally:
            call.under_way.set()
            del self._calls[call.id]

    def _asking(self, channel: Channel, facts: Facts) -> AbstractContextManager[None]:
        """In a call inside the house the one who calls may have left a caller waiting."""
        if not facts.dialled.startswith(INSIDE):
            return nullcontext()
        return self._exchange.presence.asking(person_at(channel.name))

    async def _facts(self, call: Call, number: str) -> Facts:
        country = self._exchange.rules().company.country
        return Facts(
            call=call.id,
            at=call.row.arrived,
            dialled=line_of(call.row.dialled, country),
            caller=await self._lookup.caller(normalise(number, country)),
            staff=self._lookup.staff(),
        )

    async def _end_all(self, reason: Ended) -> None:
        for call in self._calls.values():
            call.inbox.end(reason)
        if self._tasks:
            await asyncio.wait(self._tasks)


def _left(event: ChannelHangupRequest | ChannelDestroyed) -> CallerLeft:
    return CallerLeft(event.cause, _when(event))


def _is_shut_down(event: Event) -> bool:
    """Whether Asterisk itself hangs up, which it does on all channels before it goes, and tells each of it."""
    return isinstance(event, ChannelHangupRequest) and event.soft and event.cause == SHUT_DOWN


def _when(event: Event) -> dt.datetime | None:
    return event.at if event.timestamp else None


def _row(channel: Channel, found: Found) -> CallRow:
    """The call's row as far as it is known; what the channel remembers is newer than what the register has."""
    row = found.row or CallRow(
        id=channel.id,
        arrived=found.state.at if found.state else now(),
        number=None,
        name=names.kept(channel.caller.name),
        dialled=found.dialled,
    )
    answered = row.answered or (found.state.answered if found.state else None)
    return msgspec.structs.replace(row, answered=answered)
