"""The engine: takes the calls that the dialplan offers, and brings each event to the call that it belongs to.

The reader's side (`hear`) never waits: it opens a call, or puts the event into the inbox of the call that owns the
channel, bridge or playback, and does nothing else. Each call is a task of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from ari_app.ari.events import (
    ChannelDestroyed,
    ChannelHangupRequest,
    Event,
    StasisEnd,
    StasisStart,
)
from ari_app.ari.link import Link
from ari_app.call import Call, now
from ari_app.exchange import Exchange
from ari_app.inbox import CallerLeft, Ended, LinkGone, Shutdown
from ari_app.owners import owner
from ari_app.script import serve
from db.lookup import LookUp
from db.numbers import normalise
from db.records import CallRow
from premises.ids import call_of, is_callers
from routing.facts import Facts
from routing.trail import encode_facts

LONGEST_NAME = 80
"""Characters kept of what a caller's side sends as its name."""

log = structlog.get_logger()


class Engine:
    """All calls of one process."""

    def __init__(self, exchange: Exchange, lookup: LookUp, telephones: Callable[[Event], None]) -> None:
        self._exchange = exchange
        self._lookup = lookup
        self._telephones = telephones
        self._calls: dict[str, Call] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._link: Link | None = None
        self.accepting = True

    def __len__(self) -> int:
        return len(self._calls)

    def has(self, owned: str) -> bool:
        """Whether a call that is there now owns this channel or bridge."""
        return call_of(owned) in self._calls

    @asynccontextmanager
    async def on(self, link: Link) -> AsyncIterator[None]:
        """Serve calls over this link until the block ends; calls that are there then lose it."""
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

    def hear(self, event: Event) -> None:
        """Take one event from the link's reader."""
        if isinstance(event, StasisStart) and event.args[:1] == ("call",):
            self._open(event)
            return
        call = self._calls.get(call_of(owner(event)))
        if call is None:
            self._telephones(event)
            return
        call.hear(event)
        if isinstance(event, ChannelHangupRequest | StasisEnd | ChannelDestroyed) and event.channel.id == call.id:
            call.inbox.end(CallerLeft(getattr(event, "cause", None)))

    def _open(self, event: StasisStart) -> None:
        link, channel = self._link, event.channel
        if link is None or not is_callers(channel.id):
            return
        if not self.accepting:
            link.forget(link.channels.continue_in_dialplan(channel.id))
            return
        row = CallRow(
            id=channel.id,
            arrived=now(),
            number=None,
            name=channel.caller.name[:LONGEST_NAME] or None,
            dialled=event.args[1] if len(event.args) > 1 else "",
        )
        call = self._calls[channel.id] = Call(link, self._exchange, row)
        task = asyncio.create_task(self._serve(call, channel.caller.number), name=f"call {channel.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, call: Call, number: str) -> None:
        """One call from its arrival to its closed row."""
        try:
            rulebook = self._exchange.rules()
            country = rulebook.company.country
            caller = await self._lookup.caller(normalise(number, country))
            facts = Facts(
                call=call.id,
                at=call.row.arrived,
                dialled=normalise(call.row.dialled, country) or "",
                caller=caller,
                staff=self._lookup.staff(),
            )
            call.note(
                number=caller.number,
                dialled=facts.dialled,
                customer=caller.customer.id if caller.customer else None,
                looked_up=caller.looked_up,
                rules=rulebook.version,
                facts=encode_facts(facts),
            )
            call.write()
            call.log.info("call arrived", number=caller.number, dialled=facts.dialled, customer=call.row.customer)
            await serve(call, rulebook, facts)
        finally:
            del self._calls[call.id]

    async def _end_all(self, reason: Ended) -> None:
        for call in self._calls.values():
            call.inbox.end(reason)
        if self._tasks:
            await asyncio.wait(self._tasks)
