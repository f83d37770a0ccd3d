"""A caller's time in the line between two offers: music, and now and then the place and the wait to be expected.

Whoever asks to be called back is told the number, still in line, and may refuse it.
"""

from collections.abc import Callable
from math import inf

from ari_app.ari.events import PlaybackFinished
from ari_app.calls.call import Call
from ari_app.calls.speaking import LONGEST_PROMPT, Playback, playing
from routing.facts import PersonId
from routing.line.announcing import confirmation, next_time, speech
from routing.line.line import NobodyThere, Offer, Place
from routing.outcomes import CallBackAsked
from routing.speech import Speech
from routing.steps import Announcement

REFUSE_SECONDS = 3.0
"""In which it may be refused to be called, after the number was told."""

_News = Offer | NobodyThere


async def turn(call: Call, place: Place, until: float) -> PersonId | CallBackAsked | None:
    """Whose turn it is with this caller, who hears music, unless a call-back is asked for meanwhile.

    None: time is over, or nobody is there.
    """
    line, announcement = call.exchange.line, place.step.announce
    due = next_time(announcement, line.waited(place)) if announcement else inf
    while True:
        if _asks(call, place) and (agreed := await _agreed(call, place, until)):
            return agreed.person if isinstance(agreed, Offer) else agreed
        line.offer()
        pause = min(line.look_again(place), due - line.waited(place))
        said = await call.inbox.take(min(until, call.after(pause)))
        if said is None and announcement and line.waited(place) >= due:
            due += announcement.every
            said = await _announce(call, announcement, place, until)
        if isinstance(said, Offer | NobodyThere) and not line.is_old_news(said, place):
            return said.person if isinstance(said, Offer) else None
        if call.after(0) >= until:
            return None


async def _agreed(call: Call, place: Place, until: float) -> Offer | CallBackAsked | None:
    """Tell the number to the caller who asks to be called; None: who refuses, by another key, and waits on.

    An offer breaks it off: the turn has come, which is better than a promise.
    """
    call.keys.clear()
    if place.step.confirm is None:
        return CallBackAsked()

    def is_pressed() -> bool:
        return bool(call.keys)

    call.log.info("told the number to be called")
    said = await _told(call, place, confirmation(place.step.confirm, call.row.number or ""), until, is_pressed)
    if said is None and not is_pressed():
        said = await _meanwhile(call, place, None, min(until, call.after(REFUSE_SECONDS)), is_pressed)
    refused = is_pressed() and not _asks(call, place)
    call.keys.clear()
    if isinstance(said, Offer):
        return said
    return None if refused else CallBackAsked()


async def _announce(call: Call, announcement: Announcement, place: Place, until: float) -> _News | None:
    number, expected = call.exchange.line.outlook(place)
    call.log.info("told the place in the line", place=number, expected=expected)
    return await _told(call, place, speech(announcement, number, expected), until, lambda: _asks(call, place))


async def _told(call: Call, place: Place, told: Speech, until: float, is_pressed: Callable[[], bool]) -> _News | None:
    """Tell the caller instead of the music; broken off when the turn comes, by a key, or when time is over."""
    call.link.forget(call.link.channels.stop_music(call.id))
    async with playing(call, told) as playback:
        said = await _meanwhile(call, place, playback, min(until, call.after(LONGEST_PROMPT)), is_pressed)
    call.link.forget(call.link.channels.start_music(call.id))
    return said


async def _meanwhile(
    call: Call, place: Place, playback: Playback | None, until: float, is_pressed: Callable[[], bool]
) -> _News | None:
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


def _asks(call: Call, place: Place) -> bool:
    """Whether the caller has pressed the key to be called back."""
    return place.step.call_back_key in call.keys
