"""Steps in which the caller listens and presses keys: say, ask for a key (T2), prove who calls (D26)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ari_app.ari.events import PlaybackFinished
from ari_app.calls.call import Call
from premises.customer_codes import is_right, is_whole
from routing.facts import Customer
from routing.outcomes import Outcome, Pressed, Proved, Said, Silence, Unproved
from routing.speech import Speech
from routing.steps import Ask, Prove, Say

LONGEST_PROMPT = 120.0
"""Seconds after which a playback whose end was never told is taken for ended."""


async def say(call: Call, step: Say) -> Outcome:
    """Say it to the end."""
    async with playing(call, step.speech) as playback:
        await _until_spoken(call, playback, keys_interrupt=False)
    return Said()


async def ask(call: Call, step: Ask) -> Outcome:
    """Ask for one key: one typed ahead answers at once, one pressed during the prompt ends it (barge-in)."""
    key = await _key(call, step.speech, step.seconds)
    return Pressed(key) if key else Silence()


async def prove(call: Call, step: Prove, customer: Customer | None) -> Outcome:
    """Ask for the customer's code; only the verdict leaves this function."""
    key = await _key(call, step.speech, step.seconds)
    if key is None:
        return Silence()
    keyed = ""
    while key and key != "#":
        keyed += key
        if is_whole(keyed, customer):
            break
        key = await _pressed(call, call.after(step.seconds))
    return Proved() if is_right(keyed, customer) else Unproved()


class Playback:
    """Something that is being played."""

    def __init__(self, playback_id: str) -> None:
        self.id = playback_id
        self.finished = False


@asynccontextmanager
async def playing(call: Call, speech: Speech, to: str | None = None) -> AsyncIterator[Playback]:
    """Play it to the caller, who is answered for it, or to this leg; what still plays at the block's end is stopped.

    A playback must be gone before the next step: it would hold up every later command to this channel (Asterisk 22).
    """
    media = await call.exchange.voice.media(speech)
    if to is None:
        call.answer()
    playback = Playback(call.next_sound())
    if not media:  # nothing of it can be said: already in the log
        playback.finished = True
        yield playback
        return
    channel = to or call.id
    call.link.forget(call.link.channels.play(channel, media, playback_id=playback.id))
    try:
        with call.awaiting(playback.id, "end"):
            yield playback
    finally:
        if not playback.finished and call.is_there:
            call.link.forget(call.link.playbacks.stop(playback.id))


async def _key(call: Call, speech: Speech, seconds: float) -> str | None:
    """One key: typed ahead, pressed during the prompt, or within so many seconds after it; None: none."""
    if call.keys:
        return call.keys.popleft()
    async with playing(call, speech) as playback:
        await _until_spoken(call, playback, keys_interrupt=True)
    return await _pressed(call, call.after(seconds))


async def _until_spoken(call: Call, playback: Playback, *, keys_interrupt: bool) -> None:
    """Until it has been played, or until a key is there if keys interrupt it. Events of other things are dropped."""
    deadline = call.after(LONGEST_PROMPT)
    while not playback.finished and not (keys_interrupt and call.keys):
        message = await call.inbox.take(deadline)
        if message is None:
            return
        if isinstance(message, PlaybackFinished) and message.playback.id == playback.id:
            playback.finished = True


async def _pressed(call: Call, until: float) -> str | None:
    """One key by that time. The caller is sent silence meanwhile, or the recording would be shorter than the call.

    (MixMonitor in Asterisk 22 stands still while nothing is sent in either direction, as while a key is held.)
    """
    if call.keys:
        return call.keys.popleft()
    call.link.forget(call.link.channels.start_silence(call.id))
    try:
        while not call.keys:
            if await call.inbox.take(until) is None:
                return None
    finally:
        if call.is_there:
            call.link.forget(call.link.channels.stop_silence(call.id))
    return call.keys.popleft()
