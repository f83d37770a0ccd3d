"""What a caller who waits in line hears instead of the music, broken off when the turn comes."""

from collections.abc import Callable

from ari_app.ari.events import PlaybackFinished
from ari_app.calls.call import Call
from ari_app.calls.speaking import LONGEST_PROMPT, Playback, playing
from routing.line.line import NobodyThere, Offer, Place
from routing.speech import Speech

News = Offer | NobodyThere


async def told(call: Call, place: Place, told: Speech, until: float, is_pressed: Callable[[], bool]) -> News | None:
    """Tell the caller instead of the music; broken off when the turn comes, by a key, or when time is over."""
    call.link.forget(call.link.channels.stop_music(call.id))
    async with playing(call, told) as playback:
        said = await meanwhile(call, place, playback, min(until, call.after(LONGEST_PROMPT)), is_pressed)
    call.link.forget(call.link.channels.start_music(call.id))
    return said


async def meanwhile(
    call: Call, place: Place, playback: Playback | None, until: float, is_pressed: Callable[[], bool]
) -> News | None:
    """What the line says until it was played to the end, if anything is, or such a key is pressed; None: nothing."""
    while not (playback and playback.finished) and not is_pressed():
        message = await call.inbox.take(until)
        if message is None:
            return None
        if isinstance(message, Offer | NobodyThere) and not call.exchange.line.is_old_news(message, place):
            return message
        if playback and isinstance(message, PlaybackFinished) and message.playback.id == playback.id:
            playback.finished = True
    return None
