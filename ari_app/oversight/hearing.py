"""Hearing along: from the coming of a supervisor to the going, or to the talk's end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from ari_app.ari.errors import AriError
from ari_app.ari.events import ChannelDtmfReceived, StasisStart
from ari_app.calls.reserving import reserved
from ari_app.oversight.overseen import Left, Overseen, Seat, Wanted
from premises import ids
from routing.facts import PersonId
from routing.supervision import MANNERS, TAKE_OVER, Manner, Mode

RING_SECONDS = 20.0
"""How long somebody's telephone rings to hear along."""
HEARS_SECONDS = 2.0
"""For Asterisk to begin a snoop; it takes milliseconds."""
_WHISPER: dict[Mode, Literal["none", "out", "both"]] = {"listen": "none", "whisper": "out", "join": "both"}
"""Where what the supervisor says goes, as seen from the one who is heard: ``out`` to its ear, in to the talk."""


async def hear_along(talk: Overseen, seat: Seat, manner: Manner) -> None:
    """Hear along, in one manner after another. Raises `Left`, `TalkOver`, `AriError`."""
    while manner != TAKE_OVER:
        async with _ear(talk, seat, manner):
            with talk.acts.during(seat.by, manner):
                manner = await _next(talk, seat)
    talk.acts.end(talk.acts.begin(seat.by, TAKE_OVER))
    talk.take_over(seat)


@asynccontextmanager
async def rung(talk: Overseen, by: PersonId, shown: str, *, asked: bool = False) -> AsyncIterator[Seat | None]:
    """Ring somebody to hear along until the block ends; None: is not free, or did not come. Raises `TalkOver`.

    ``shown``: what the telephone shows. ``asked``: the one who is rung has asked for it, and need not be free for that.
    """
    with talk.seated(by, ids.supervisor_id(talk.call.id, talk.call.next_number())) as seat:
        yield seat if await _comes(talk, seat, shown, asked=asked) else None


async def _comes(talk: Overseen, seat: Seat, shown: str, *, asked: bool) -> bool:
    """While it rings no call is offered to this person; then the telephone is in a call."""
    link = talk.call.link
    with reserved(talk.call, seat.by) as absence:
        if absence is not None and not asked:
            return False
        try:
            await link.channels.originate(
                f"PJSIP/{talk.call.exchange.telephones.of(seat.by)}",
                channel_id=seat.channel,
                app=link.app,
                app_args=("along",),
                timeout=RING_SECONDS,
                caller_id=f'"{shown}" <{talk.person}>',
            )
            return await _started(talk, seat, seat.channel, RING_SECONDS)
        except (Left, AriError):
            return False


@asynccontextmanager
async def _ear(talk: Overseen, seat: Seat, mode: Mode) -> AsyncIterator[None]:
    """Have the one in the seat hear the talk, and be heard as ``mode`` says, until the block ends."""
    call, number = talk.call, talk.call.next_number()
    link, snoop, bridge = call.link, ids.snoop_id(call.id, number), ids.ear_id(call.id, number)
    heard = talk.telephone if mode == "whisper" else talk.leg
    with talk.heard_by(seat, snoop):
        try:
            await link.channels.snoop(heard, snoop_id=snoop, whisper=_WHISPER[mode], app=link.app)
            await _started(talk, seat, snoop, HEARS_SECONDS)
            link.forget(link.bridges.create(bridge, type="mixing"))
            link.forget(link.bridges.add(bridge, snoop, seat.channel))
            yield
        finally:
            link.forget(link.bridges.destroy(bridge))
            link.forget(link.channels.hang_up(snoop))


async def _started(talk: Overseen, seat: Seat, channel: str, seconds: float) -> bool:
    """Wait until this channel is ours to command; keys are dropped meanwhile. False: not in so many seconds."""
    until = talk.call.after(seconds)
    while (message := await seat.inbox.take(until)) is not None:
        if isinstance(message, StasisStart) and message.channel.id == channel:
            return True
    return False


async def _next(talk: Overseen, seat: Seat) -> Manner:
    """How the one in the seat wants to hear along from now on; a key that means what cannot be done means nothing."""
    while True:
        match await seat.inbox.take():
            case Wanted(manner):
                return manner
            case ChannelDtmfReceived(channel=channel, digit=digit) if channel.id == seat.channel and digit in MANNERS:
                if talk.allows(MANNERS[digit]):
                    return MANNERS[digit]
