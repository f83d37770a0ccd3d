"""Agreeing with a caller in line, who asks to be called back, on the number: told, refused, or another one given."""

from collections.abc import Callable

from ari_app.calls.call import Call
from ari_app.calls.in_line import meanwhile, told
from db.numbers import is_ordinary, normalise
from routing import elsewhere
from routing.line.announcing import confirmation
from routing.line.line import Offer, Place
from routing.outcomes import CallBackAsked
from routing.outside import may_call_back
from routing.steps import Confirmation

REFUSE_SECONDS = 3.0
"""In which the number may be refused, after it was told."""
KEY_SECONDS = 6.0
"""For the next key of a number."""


async def agreed(call: Call, place: Place, until: float) -> Offer | CallBackAsked | None:
    """Tell the number to the caller who asks to be called; None: who refuses, by another key, and waits on.

    An offer breaks it off: the turn has come, which is better than a promise.
    """
    step, given, another = place.step, None, False
    call.keys.clear()
    if step.confirm is None:
        return CallBackAsked()
    for _ in range(elsewhere.MOST_TIMES):
        key = await _told_number(call, place, step.confirm, given or call.row.number or "", until)
        if isinstance(key, Offer):
            return key
        meant = elsewhere.answer(step, key, another=another)
        if meant == "agrees":
            return CallBackAsked(call_at=given)
        if meant == "refuses":
            return None
        if meant == "gives another":
            until = until if another else max(until, call.after(elsewhere.SECONDS))
            another = True
            keyed = await _keyed(call, place, until)
            if isinstance(keyed, Offer):
                return keyed
            given = keyed or given
    return None


async def _told_number(
    call: Call, place: Place, confirm: Confirmation, number: str, until: float
) -> Offer | str | None:
    """The key by which the caller answers; None: none."""
    call.log.info("told the number to be called")
    said = await told(call, place, confirmation(confirm, number), until, lambda: bool(call.keys))
    if said is None and not call.keys:
        said = await meanwhile(call, place, None, min(until, call.after(REFUSE_SECONDS)), lambda: bool(call.keys))
    key = call.keys[0] if call.keys else None
    call.keys.clear()
    return said if isinstance(said, Offer) else key


async def _keyed(call: Call, place: Place, until: float) -> Offer | str | None:
    """The number that the caller keys in, in E.164; None: it is not called, which the caller is told."""
    ways = place.step.elsewhere
    if ways is None:
        return None
    call.log.info("asked for another number to be called")
    said = await told(call, place, ways.ask, until, lambda: bool(call.keys))
    while said is None and not elsewhere.is_over("".join(call.keys)):
        is_pressed = _more_than(call, len(call.keys))
        said = await meanwhile(call, place, None, min(until, call.after(KEY_SECONDS)), is_pressed)
        if not is_pressed():
            break
    number = _callable(call, elsewhere.number("".join(call.keys)))
    call.keys.clear()
    if said is None and number is None:
        said = await told(call, place, ways.refuse, until, lambda: bool(call.keys))
        call.keys.clear()
    return said if isinstance(said, Offer) else number


def _more_than(call: Call, keys: int) -> Callable[[], bool]:
    return lambda: len(call.keys) > keys


def _callable(call: Call, keyed: str) -> str | None:
    """Only what the rules allow is rung, and of that nothing that is expensive."""
    rulebook = call.exchange.rules()
    number = normalise(keyed, rulebook.company.country)
    may = may_call_back(rulebook, number) and number is not None and is_ordinary(number)
    return number if may else None
