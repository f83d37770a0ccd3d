"""A caller's time in the line between two offers: music, and now and then the place and the wait to be expected."""

from math import inf

from ari_app.ari.events import PlaybackFinished
from ari_app.calls.call import Call
from ari_app.calls.speaking import LONGEST_PROMPT, Playback, playing
from routing.facts import PersonId
from routing.line.announcing import next_time, speech
from routing.line.line import NobodyThere, Offer, Place
from routing.outcomes import CallBackAsked
from routing.steps import Announcement


async def turn(call: Call, place: Place, until: float) -> PersonId | CallBackAsked | None:
    """Whose turn it is with this caller, who hears music, unless a call-back is asked for meanwhile.

    None: time is over, or nobody is there.
    """
    line, announcement = call.exchange.line, place.step.announce
    due = next_time(announcement, line.waited(place)) if announcement else inf
    while not _asks(call, place):
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
    return CallBackAsked()


async def _announce(call: Call, announcement: Announcement, place: Place, until: float) -> Offer | NobodyThere | None:
    """Tell the caller instead of the music; broken off when the turn comes, or when time is over."""
    number, expected = call.exchange.line.outlook(place)
    told = speech(announcement, number, expected)
    call.log.info("told the place in the line", place=number, expected=expected)
    call.link.forget(call.link.channels.stop_music(call.id))
    async with playing(call, told) as playback:
        said = await _meanwhile(call, place, playback, min(until, call.after(LONGEST_PROMPT)))
    call.link.forget(call.link.channels.start_music(call.id))
    return said


async def _meanwhile(call: Call, place: Place, playback: Playback, until: float) -> Offer | NobodyThere | None:
    """What the line says until it has been played to the end, or a call-back is asked for; None: nothing."""
    while not playback.finished and not _asks(call, place):
        message = await call.inbox.take(until)
        if message is None:
            return None
        if isinstance(message, Offer | NobodyThere) and not call.exchange.line.is_old_news(message, place):
            return message
        if isinstance(message, PlaybackFinished) and message.playback.id == playback.id:
            playback.finished = True
    return None


def _asks(call: Call, place: Place) -> bool:
    """Whether the caller has pressed the key to be called back."""
    return place.step.call_back_key in call.keys
