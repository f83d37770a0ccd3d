"""A leg: the way from a call to one telephone. It rings, it may be answered, it is joined to the caller, it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

import msgspec

from ari_app.ari.errors import AriError
from ari_app.ari.events import (
    BridgeAttendedTransfer,
    BridgeBlindTransfer,
    Channel,
    ChannelDestroyed,
    StasisEnd,
    StasisStart,
)
from ari_app.calls.call import Asks, Call, NotRung, PassedOn, PutDown, TakenOver
from ari_app.calls.inbox import CallerLeft
from ari_app.calls.joining import joined_in
from ari_app.oversight.talk import overseen
from ari_app.oversight.wishes import notice, regret
from db.records import LegRow
from db.stories import as_own_leg
from dialplan.plan import HANDED_OVER
from premises import causes, ids, names
from premises.clock import now
from routing.outcomes import Absence, Missed
from routing.outgoing import OUTGOING
from routing.outside import in_log, is_outside

RING_GRACE = 5.0
"""Seconds by which Asterisk's own time limit for a leg is longer than ours, which ends it: a net for our crash."""
MOVED = ("Success", "Fail")
"""Results of a transfer after which this leg is with the caller no more; a REFER that was invalid changed nothing."""


class Given(msgspec.Struct, frozen=True):
    """Whoever talked has handed the caller over."""

    to: str
    """As it was keyed in, or who was asked before; empty: nobody of ours."""


TalkEnd = Literal["caller", "person"] | Given
"""How a person's part in a call ends: the caller has hung up, or the person, or the person has handed over."""


class Leg:
    """One attempt to bring somebody to the call."""

    def __init__(self, call: Call, row: LegRow) -> None:
        self._call = call
        self.row = row
        self.channel: Channel | None = None
        """Once it has answered."""
        self.gone = False
        """Whether its channel has ended by itself."""
        self.has_asked = False
        """Whether the person has talked to a colleague meanwhile."""
        self.is_passed_on = False
        """Whether somebody else goes on with it: then it stays when this script ends."""
        self._ours_since = ""

    @property
    def id(self) -> str:
        """The channel's id."""
        return self.row.id

    async def answered(self, seconds: float) -> Absence | None:
        """Ring until somebody answers (None) or will not (why)."""
        until = self._call.after(seconds)
        while (message := await self._call.inbox.take(until)) is not None:
            if told := self.rung(message):
                return told if isinstance(told, Absence) else None
        return self.missed(Absence.NO_ANSWER)

    def rung(self, message: object) -> Absence | Literal[True] | None:
        """What came of its ringing: somebody answers (True), or will not; None: the message does not tell."""
        if isinstance(message, StasisStart) and message.channel.id == self.id:
            self._call.awaited[self.id] = "end"
            self._ours_since, self.channel = message.timestamp, message.channel
            if self._call.inbox.holds(self.is_end):  # picked up and gone, while this engine was frozen
                self.gone = True
                return self.missed(Absence.UNREACHABLE)
            return True
        if isinstance(message, ChannelDestroyed) and message.channel.id == self.id:
            self.gone = True
            return self.missed(causes.absence(message.cause), message.cause)
        if isinstance(message, NotRung) and message.leg == self.id:
            self.gone = True
            self._call.log.warning("not rung", leg=self.id, why=message.why)
            return self.missed(Absence.UNREACHABLE)
        return None

    async def talked(self, *, joined: bool = False, in_vain: Missed | None = None) -> TalkEnd | Asks:
        """Join the caller and this leg, unless they are, until one hangs up (tells who) or the person hands over.

        Or until the person asks a colleague; then nobody is joined any more. ``in_vain``: who was asked just before,
        and did not come: the person is told so.
        """
        async with (
            joined_in(
                self._call,
                self.id,
                self._call.id,
                joined=joined,
                again=self.has_asked,
                # A person's keys are for us, and the caller need not hear them; an outside number's may be a machine's.
                absorb_keys=None if is_outside(self.row.person) else True,
            ),
            overseen(self._call, self.row.person, self.id, begun=joined or self.has_asked) as talk,
        ):
            if in_vain:
                regret(talk, in_vain.person, in_vain.why)
            try:
                while True:
                    message = await self._call.inbox.take()
                    if isinstance(message, Asks) and message.person == self.row.person:
                        self.has_asked = True
                        return message
                    if isinstance(message, TakenOver):
                        return Given(message.by)
                    if ended := await self.ended(message):
                        return ended
                    notice(talk, message)
            except CallerLeft:
                return "caller"

    async def ended(self, message: object) -> Literal["person"] | Given | None:
        """How the message ends this person's part in the call; None: it does not."""
        if self.is_end(message):
            self.gone = True
            return await self._given_unheard() or "person"
        if message == PutDown(self.row.person):
            return "person"
        return self._given(message)

    def _given(self, transfer: object) -> Given | None:
        """To whom, if it is a transfer; what Asterisk put into this leg's place is taken away."""
        if isinstance(transfer, PassedOn) and transfer.person == self.row.person:
            return Given(transfer.to)
        if not isinstance(transfer, BridgeBlindTransfer | BridgeAttendedTransfer) or not self._is_mine(transfer):
            return None
        if transfer.replace_channel is not None:
            self._call.link.forget(self._call.link.channels.hang_up(transfer.replace_channel.id))
        if transfer.result not in MOVED:
            return None
        if isinstance(transfer, BridgeBlindTransfer):
            return Given(transfer.exten)
        others = (one for one in (transfer.transferee, transfer.transfer_target) if one and one.id != self._call.id)
        return Given(next((self._call.exchange.telephones.whose(one.name) for one in others), ""))

    def _is_mine(self, transfer: BridgeBlindTransfer | BridgeAttendedTransfer) -> bool:
        """Whether this leg's telephone did it, and not that of a talk before, told late."""
        if isinstance(transfer, BridgeBlindTransfer):
            return transfer.channel.id == self.id
        return self.id in (transfer.transferer_first_leg.id, transfer.transferer_second_leg.id)

    async def _given_unheard(self) -> Given | None:
        """To whom, if the telephone did not just hang up: the event that tells of a transfer may be lost (T4)."""
        link, call = self._call.link, self._call.id
        with suppress(AriError):
            for channel in (await link.bridges.get(ids.bridge_id(call))).channels:
                to = ids.handed_to((await link.channels.get(channel)).name) if channel not in {call, self.id} else None
                if to is not None:
                    self._call.log.warning("handed over, which no event told", leg=self.id, to=to)
                    link.forget(link.channels.hang_up(channel))
                    return Given(to)
        return None

    def is_end(self, message: object) -> bool:
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
async def leg(
    call: Call, person: str, endpoint: str, seconds: float, rule: str | None, shown: str = "", line: str | None = None
) -> AsyncIterator[Leg]:
    """Ring a telephone until the block ends; whatever the block's end, nothing rings afterwards.

    ``shown``: what it shows beside the caller's name. ``line``: what it shows instead, a line of ours.
    """
    row = LegRow(id=ids.leg_id(call.id, call.next_number()), call=call.id, person=person, rule=rule, rang=now())
    async with _released(call, Leg(call, row)) as it:
        it.note()
        _ring(call, it, endpoint, seconds, f"<{line}>" if line else caller_id(call, person, shown))
        yield it


@asynccontextmanager
async def found_leg(call: Call, channel: Channel, row: LegRow) -> AsyncIterator[Leg]:
    """A telephone that another engine had rung, until the block ends; StasisStart tells that it is ours now."""
    async with _released(call, Leg(call, row)) as it:
        call.log.info("taken over", leg=channel.id, person=in_log(row.person))
        yield it


@asynccontextmanager
async def _released(call: Call, it: Leg) -> AsyncIterator[Leg]:
    try:
        with call.awaiting(it.id, "answer"):
            yield it
    finally:
        if not (call.is_passed_on or it.is_passed_on):
            if not it.gone:
                elsewhere = causes.ANSWERED_ELSEWHERE if it.row.why == Absence.ELSEWHERE else None
                call.link.forget(call.link.channels.hang_up(it.id, cause=elsewhere))
                call.exchange.presence.may_ring_on(it.row.person)
            it.note(ended=now())
            _note_own(call, it.row)
            call.log.info("leg ended", leg=it.id, person=in_log(it.row.person), why=it.row.why or "talk")


def _note_own(call: Call, row: LegRow) -> None:
    """Who of ours has called outside (T1) has a leg as well of the talk: reports and remarks are by people's legs."""
    if row.answered and is_outside(row.person) and call.row.dialled.startswith(OUTGOING):
        call.exchange.register.put(as_own_leg(row, call.row, ids.leg_id(call.id, call.next_number())))


def _ring(call: Call, it: Leg, endpoint: str, seconds: float, caller: str) -> None:
    """Originate the leg. What comes of it are events; but if it cannot even be tried, only the answer says so."""
    call.log.info("ringing", leg=it.id, person=in_log(it.row.person), rule=it.row.rule)
    reply = call.link.channels.originate(
        endpoint,
        channel_id=it.id,
        app=call.link.app,
        app_args=("leg",),
        originator=None if call.is_coming else call.id,
        timeout=seconds + RING_GRACE,
        caller_id=caller,
        variables={"TRANSFER_CONTEXT": HANDED_OVER},
    )

    def tell() -> None:
        if reply.error() is not None:
            call.inbox.put(NotRung(it.id, str(reply.error())))

    reply.then(tell)


def caller_id(call: Call, person: str, shown: str) -> str:
    """What the telephone shows: the caller's number, the name if it is plain text, who hands the caller over, why."""
    number = call.row.number or "anonymous"
    name = names.shown(call.row.name or "")
    if handed := call.handed_over:
        sender = f"back from {handed.to or 'nobody'}" if person == handed.person else f"from {handed.person}"
        name = f"{name or names.shown(number)} {sender}"
    if shown:
        name = f"{name or names.shown(number)}: {shown}"
    return f'"{name}" <{number}>' if name else f"<{number}>"
