"""A caller's time in the line between two offers: music, and now and then the place and the wait to be expected.

Whoever asks to be called back agrees on the number still in line: see `ari_app.calls.agreeing`.
"""

from math import inf

from ari_app.calls.agreeing import agreed
from ari_app.calls.call import Call
from ari_app.calls.in_line import News, told
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
    while True:
        if _asks(call, place) and (said_yes := await agreed(call, place, until)):
            return said_yes.person if isinstance(said_yes, Offer) else said_yes
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


async def _announce(call: Call, announcement: Announcement, place: Place, until: float) -> News | None:
    number, expected = call.exchange.line.outlook(place)
    call.log.info("told the place in the line", place=number, expected=expected)
    return await told(call, place, speech(announcement, number, expected), until, lambda: _asks(call, place))


def _asks(call: Call, place: Place) -> bool:
    """Whether the caller has pressed the key to be called back."""
    return place.step.call_back_key in call.keys
