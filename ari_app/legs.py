"""A leg: the way from a call to one telephone. It rings, it may be answered, it is joined to the caller, it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import msgspec

from ari_app.ari.events import (
    BridgeAttendedTransfer,
    BridgeBlindTransfer,
    Channel,
    ChannelDestroyed,
    StasisEnd,
    StasisStart,
)
from ari_app.call import Call, NotRung
from ari_app.inbox import CallerLeft
from db.records import LegRow
from dialplan.plan import HANDED_OVER
from premises import causes, ids, names
from premises.clock import now
from routing.steps import Absence, HandedOver

RING_GRACE = 5.0
"""Seconds by which Asterisk's own time limit for a leg is longer than ours, which ends it: a net for our crash."""


MOVED = ("Success", "Fail")
"""Results of a transfer after which this leg is with the caller no more; a REFER that was invalid changed nothing."""


class Given(msgspec.Struct, frozen=True):
    """Whoever talked has handed the caller over."""

    to: str
    """As it was keyed in, or who was asked before; empty: nobody of ours."""


class Leg:
    """One attempt to bring somebody to the call."""

    def __init__(self, call: Call, row: LegRow) -> None:
        self._call = call
        self.row = row
        self.gone = False
        """Whether its channel has ended by itself."""
        self._ours_since = ""

    @property
    def id(self) -> str:
        """The channel's id."""
        return self.row.id

    async def answered(self, seconds: float) -> Absence | None:
        """Ring until somebody answers (None) or will not (why)."""
        until = self._call.after(seconds)
        while (message := await self._call.inbox.take(until)) is not None:
            if isinstance(message, StasisStart) and message.channel.id == self.id:
                self._call.awaited[self.id] = "end"
                self._ours_since = message.timestamp
                if self._call.inbox.holds(self._is_end):  # picked up and gone, while this engine was frozen
                    self.gone = True
                    return self.missed(Absence.UNREACHABLE)
                self.note(answered=now())
                return None
            if isinstance(message, ChannelDestroyed) and message.channel.id == self.id:
                self.gone = True
                return self.missed(causes.absence(message.cause), message.cause)
            if isinstance(message, NotRung) and message.leg == self.id:
                self.gone = True
                self._call.log.warning("not rung", leg=self.id, why=message.why)
                return self.missed(Absence.UNREACHABLE)
        return self.missed(Absence.NO_ANSWER)

    async def talked(self, *, joined: bool = False) -> Literal["caller", "person"] | Given:
        """Join the caller and this leg, unless they are, until one hangs up (tells who) or the person hands over."""
        async with _bridge(self._call, self.id, joined=joined):
            try:
                while True:
                    message = await self._call.inbox.take()
                    if self._is_end(message):
                        self.gone = True
                        return "person"
                    if given := self._given(message):
                        return given
            except CallerLeft:
                return "caller"

    def _given(self, transfer: object) -> Given | None:
        """To whom, if it is a transfer; what Asterisk put into this leg's place is taken away."""
        if not isinstance(transfer, BridgeBlindTransfer | BridgeAttendedTransfer):
            return None
        if transfer.replace_channel is not None:
            self._call.link.forget(self._call.link.channels.hang_up(transfer.replace_channel.id))
        if transfer.result not in MOVED:
            return None
        if isinstance(transfer, BridgeBlindTransfer):
            return Given(transfer.exten)
        others = (one for one in (transfer.transferee, transfer.transfer_target) if one and one.id != self._call.id)
        return Given(next((ids.person_at(one.name) for one in others), ""))

    def _is_end(self, message: object) -> bool:
        """Whether it is this leg's end, and not that of its stay with an engine before us."""
        if not isinstance(message, StasisEnd | ChannelDestroyed) or message.channel.id != self.id:
            return False
        return not "" < message.timestamp <= self._ours_since

    def missed(self, why: Absence, cause: int | None = None) -> Absence:
        """Keep why it was not answered."""
        self.note(why=why, cause=cause)
        return why

    def note(self, **known: object) -> None:
        """Keep something in the leg's row and give it to the register."""
        self.row = msgspec.structs.replace(self.row, **known)
        self._call.exchange.register.put(self.row)


@asynccontextmanager
async def leg(call: Call, person: str, endpoint: str, seconds: float, rule: str | None) -> AsyncIterator[Leg]:
    """Ring a telephone until the block ends; whatever the block's end, nothing rings afterwards."""
    call.legs += 1
    row = LegRow(id=ids.leg_id(call.id, call.legs), call=call.id, person=person, rule=rule, rang=now())
    async with _released(call, Leg(call, row)) as it:
        it.note()
        _ring(call, it, endpoint, seconds)
        yield it


@asynccontextmanager
async def found_leg(call: Call, channel: Channel, row: LegRow) -> AsyncIterator[Leg]:
    """A telephone that another engine had rung, until the block ends; StasisStart tells that it is ours now."""
    async with _released(call, Leg(call, row)) as it:
        call.log.info("taken over", leg=channel.id, person=row.person)
        yield it


@asynccontextmanager
async def _released(call: Call, it: Leg) -> AsyncIterator[Leg]:
    try:
        with call.awaiting(it.id, "answer"):
            yield it
    finally:
        if not call.is_passed_on:
            if not it.gone:
                call.link.forget(call.link.channels.hang_up(it.id))
                call.exchange.presence.may_ring_on(it.row.person)
            it.note(ended=now())
            call.log.info("leg ended", leg=it.id, person=it.row.person, why=it.row.why or "talk")


def _ring(call: Call, it: Leg, endpoint: str, seconds: float) -> None:
    """Originate the leg. What comes of it are events; but if it cannot even be tried, only the answer says so."""
    call.log.info("ringing", leg=it.id, person=it.row.person, rule=it.row.rule)
    reply = call.link.channels.originate(
        endpoint,
        channel_id=it.id,
        app=call.link.app,
        app_args=("leg",),
        originator=call.id,
        timeout=seconds + RING_GRACE,
        caller_id=caller_id(call, it.row.person),
        variables={"TRANSFER_CONTEXT": HANDED_OVER},
    )

    def tell() -> None:
        if reply.error() is not None:
            call.inbox.put(NotRung(it.id, str(reply.error())))

    reply.then(tell)


@asynccontextmanager
async def _bridge(call: Call, leg: str, *, joined: bool) -> AsyncIterator[None]:
    """Caller and leg in one bridge, be it a new one or one in which they are joined; removed at the end of the block.

    A plain one, while the caller talks with the first person. For a second one, after a transfer, it is ``video_sfu``
    (softmix), which takes half as much again of Asterisk's time for a call and tells of its end 20 ms later: in a plain
    bridge Asterisk 22 can drop the second speaker's sound, since it compares RTP sequence numbers of different senders.
    """
    is_first = _handed_over(call) is None
    bridge = ids.bridge_id(call.id)
    bridges = call.link.bridges
    call.answer()
    if not joined:
        call.link.forget(bridges.create(bridge, type="mixing" if is_first else "mixing,video_sfu"))
        call.link.forget(bridges.add(bridge, call.id, leg))
    try:
        yield
    finally:
        if not call.is_passed_on:
            call.link.forget(bridges.destroy(bridge))


def caller_id(call: Call, person: str) -> str:
    """What the telephone shows: the caller's number, the name if it is plain text, and who hands the caller over."""
    number = call.row.number or "anonymous"
    name = names.shown(call.row.name or "")
    if handed := _handed_over(call):
        sender = f"back from {handed.to or 'nobody'}" if person == handed.person else f"from {handed.person}"
        name = f"{name or names.shown(number)} {sender}"
    return f'"{name}" <{number}>' if name else f"<{number}>"


def _handed_over(call: Call) -> HandedOver | None:
    """How the caller's last talk ended, if somebody handed the caller over since the call began."""
    return next((one for one in reversed(call.state.outcomes) if isinstance(one, HandedOver)), None)
