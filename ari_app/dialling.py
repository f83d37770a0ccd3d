"""Calling outside for one of our people who asks over the HTTP API: the own telephone is rung first (T1).

Once it is answered the dialplan serves it as if the number had been dialled there, by whichever engine takes the call,
or the stand-in.
"""

import asyncio
from typing import Protocol

import structlog

from ari_app.ari.errors import AriError
from ari_app.ari.events import Channel
from ari_app.ari.link import Link
from ari_app.ari.reply import Reply
from ari_app.calls.exchange import Exchange
from dialplan.plan import PHONES
from premises.asks import Answer, CallOutside, Done, NotMine, Refused
from routing.outcomes import Absence

RING_SECONDS = 20.0
"""How long the own telephone rings."""
LOOK_SECONDS = 0.2
"""Between two looks whether it rings."""
ENGAGED = (Absence.BUSY, Absence.RINGING)

log = structlog.get_logger()


class Serving(Protocol):
    """The side of `ari_app.engine.Engine` that calls begin by."""

    @property
    def link(self) -> Link | None:
        """By which calls may begin; None: not now."""


class Dialling:
    """Begins such calls."""

    def __init__(self, engine: Serving, exchange: Exchange) -> None:
        self._engine = engine
        self._exchange = exchange
        self._keeping: set[asyncio.Task[None]] = set()

    async def call(self, ask: CallOutside) -> Answer:
        """Ring the telephone of whoever asks; answers once it rings, or why it does not."""
        link = self._engine.link
        if link is None:
            return NotMine()
        telephone = self._exchange.presence.standing(ask.by).telephone
        if not telephone.registered or telephone.in_call:
            return Refused(f"{ask.by}'s telephone is {'in a call' if telephone.registered else 'not registered'}")
        absence = self._exchange.presence.reserve(ask.by, ask.call)
        if absence in ENGAGED:
            return Refused(f"{ask.by} is in a call, or being called")
        ringing = self._ring(link, ask)
        keeping = asyncio.create_task(self._until_it_rings(link, ringing, ask))
        self._keeping.add(keeping)
        keeping.add_done_callback(self._keeping.discard)
        try:
            await ringing
        except AriError as why:
            return Refused(f"{ask.by}'s telephone cannot be rung: {why}")
        log.info("rings to call outside", call=ask.call, person=ask.by)
        return Done()

    def _ring(self, link: Link, ask: CallOutside) -> Reply[Channel]:
        return link.channels.originate(
            f"PJSIP/{self._exchange.telephones.of(ask.by)}",
            channel_id=ask.call,
            context=PHONES,
            extension=ask.number,
            timeout=RING_SECONDS,
            caller_id=f'"calls {ask.number}" <{ask.number}>',
        )

    async def _until_it_rings(self, link: Link, ringing: Reply[Channel], ask: CallOutside) -> None:
        """Offer the person no call until the telephone shows this one, or it is over: either can take a moment."""
        try:
            async with asyncio.timeout(RING_SECONDS):
                await ringing
                while not self._exchange.presence.standing(ask.by).telephone.in_call:
                    await link.channels.get(ask.call)
                    await asyncio.sleep(LOOK_SECONDS)
        except (AriError, TimeoutError) as why:
            log.info("does not ring", call=ask.call, person=ask.by, why=str(why))
        finally:
            self._exchange.presence.release(ask.by, ask.call)
