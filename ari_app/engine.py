"""The engine: takes the calls that the dialplan offers, and brings each event to the call that it belongs to.

The reader's side (`hear`) never waits: it claims or opens a call, or puts the event into the inbox of the call that
owns the channel, bridge or playback, and does nothing else. Each call is a task of its own.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

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
from ari_app.calls.call import Call
from ari_app.calls.exchange import Exchange
from ari_app.calls.found import Found
from ari_app.calls.inbox import AsteriskEnds, CallerLeft, Ended, HandedOver, LinkGone, Shutdown
from ari_app.calls.reception import Reception
from ari_app.oversight.coming import coming, seat
from ari_app.owners import owner
from db.lookup import LookUp
from db.records import CallRow
from dialplan.plan import SUPERVISING
from premises.ids import call_of, is_callers

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

Script = Callable[[Call, Callable[[Channel], Awaitable[None]]], Awaitable[None]]
"""What brings a call about; given the call, and how to serve it once its caller is there."""

log = structlog.get_logger()


class Engine:
    """All calls of one process."""

    def __init__(self, exchange: Exchange, lookup: LookUp, telephones: Callable[[Event], None]) -> None:
        self._exchange = exchange
        self._reception = Reception(exchange, lookup)
        self._telephones = telephones
        self._calls: dict[str, Call] = {}
        self._expected: dict[str, Found] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._link: Link | None = None
        self.accepting = True
        self.doubt = asyncio.Event()
        """Set when a call is in doubt: `ari_app.adoption.census` then asks Asterisk at once."""

    def __len__(self) -> int:
        return sum(1 for call in self._calls.values() if not call.is_coming)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that are here now."""
        return tuple(self._calls.values())

    @property
    def link(self) -> Link | None:
        """By which calls may begin; None: not now."""
        return self._link if self.accepting else None

    def call(self, call: str) -> Call | None:
        """A call that is here now, by its id."""
        return self._calls.get(call)

    def has(self, owned: str) -> bool:
        """Whether a call that is there now owns this channel or bridge."""
        return self._call_with(owned) is not None

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
        if found.leg is not None:
            self._exchange.guests[found.leg.id] = call

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

    def call_back(self, row: CallRow, legs: int, script: Script) -> asyncio.Task[None] | None:
        """Have this script bring about a call whose caller is rung by us; None: not now.

        ``legs``: the highest number of a leg that it may have had already.
        """
        if self._link is None or not self.accepting or row.id in self._calls:
            return None
        call = self._calls[row.id] = Call(self._link, self._exchange, row)
        call.is_coming, call.legs = True, legs
        task = asyncio.create_task(self._call_back(call, script), name=f"call {row.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def withdraw(self, call: str) -> None:
        """Do not call back: the caller is not rung any more."""
        if call in self._calls and self._calls[call].is_coming:
            self._calls[call].inbox.end(CallerLeft())

    async def _call_back(self, call: Call, script: Script) -> None:
        try:
            await script(call, partial(self._serve, call))
        except Ended:
            call.log.info("not called back now")
        except Exception:  # as of any other call's, it must not reach others
            call.log.exception("calling back failed")
        finally:
            self._calls.pop(call.id, None)

    def hear(self, event: Event) -> None:
        """Take one event from the link's reader."""
        match event:
            case CallBroadcast():
                self._claim(event.channel)
            case StasisStart(args=("call", dialled)):
                self._open(event.channel, Found(dialled=dialled), begun=False)
            case StasisStart(args=("supervise",)):
                self._seat(event.channel)
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
        call = self._call_with(owner(event))
        if call is None:
            self._telephones(event)
            return
        if _is_shut_down(event):
            call.inbox.end(AsteriskEnds(_when(event)))
        call.hear(event)
        if isinstance(event, ChannelHangupRequest | ChannelDestroyed) and event.channel.id == call.id:
            call.inbox.end(_left(event))
        if isinstance(event, StasisEnd) and event.channel.id == call.id and _is_here(call):
            # Whoever hangs up asks for it first (Asterisk 22.10.1): either that was lost, or the stand-in has the call.
            call.doubted = True
            self.doubt.set()

    def _call_with(self, owned: str) -> Call | None:
        """The call that this belongs to, by its id or as a guest."""
        return self._calls.get(self._exchange.guests.get(owned) or call_of(owned))

    def _claim(self, channel: Channel) -> None:
        """Take a caller who is offered to all engines. Who is not taken by any goes to the stand-in.

        A supervisor is taken by the engine that has the talk, or by none.
        """
        if channel.dialplan.context == SUPERVISING and coming(channel, self._calls.values()) is None:
            return
        if self._link is not None and self.accepting:
            self._link.forget(self._link.applications.claim(self._link.app, channel.id))

    def _seat(self, channel: Channel) -> None:
        """Have a supervisor hear a talk along, unless it has just ended."""
        if who := coming(channel, self._calls.values()):
            seat(who, channel.id)
        elif self._link is not None:
            self._link.forget(self._link.channels.hang_up(channel.id))

    def _open(self, channel: Channel, found: Found, *, begun: bool) -> None:
        link = self._link
        if link is None or not is_callers(channel.id) or channel.id in self._calls:
            return
        row = self._reception.row(channel, found)
        call = self._calls[channel.id] = Call(link, self._exchange, row, found if begun else None)
        task = asyncio.create_task(self._serve(call, channel), name=f"call {channel.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, call: Call, channel: Channel) -> None:
        try:
            await self._reception.receive(call, channel)
        except Exception:  # before its script: another look of ours, or the stand-in, finds the caller
            call.log.exception("the call failed")
        finally:
            call.under_way.set()
            del self._calls[call.id]
            for guest in [guest for guest, of in self._exchange.guests.items() if of == call.id]:
                del self._exchange.guests[guest]

    async def _end_all(self, reason: Ended) -> None:
        for call in self._calls.values():
            call.inbox.end(reason)
        if self._tasks:
            await asyncio.wait(self._tasks)


def _is_here(call: Call) -> bool:
    return call.inbox.ended is None and not call.is_coming


def _left(event: ChannelHangupRequest | ChannelDestroyed) -> CallerLeft:
    return CallerLeft(event.cause, _when(event))


def _is_shut_down(event: Event) -> bool:
    """Whether Asterisk itself hangs up, which it does on all channels before it goes, and tells each of it."""
    return isinstance(event, ChannelHangupRequest) and event.soft and event.cause == SHUT_DOWN


def _when(event: Event) -> dt.datetime | None:
    return event.at if event.timestamp else None
