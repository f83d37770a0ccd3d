"""Routes: the first that fits, and what it does for the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.chains import ring_chain, wait_in_line
from routing.conditions import misfit
from routing.debts import tell_debt
from routing.rulebook import Goto, Route
from routing.steps import Ending

if TYPE_CHECKING:
    from routing.call import Call, Way


def take_first_fitting(call: Call, start: int) -> Way:
    """Take the first route from this place on whose conditions hold; none: the last resort (T4)."""
    situation = call.situation()
    for place, route in enumerate(call.rulebook.routes[start:], start):
        reason = misfit(route.when, situation)
        if reason is None:
            call.note("fits", route.rule, route.line)
            return (yield from _take(call, place, route))
        call.note(f"passed over: {reason}", route.rule, route.line)
    call.note("no route fits")
    return Goto(last_resort=True)


def take_named(call: Call, name: str) -> Way:
    """Take the route of this name, whatever its conditions."""
    place, route = next((place, route) for place, route in enumerate(call.rulebook.routes) if route.name == name)
    call.note(f"straight to {name}", route.rule, route.line)
    return (yield from _take(call, place, route))


def _take(call: Call, place: int, route: Route) -> Way:
    """Tell, ring, wait; then the call has ended or goes where the route sends it."""
    call.route = place
    for text in route.tell:
        yield call.say(text, route.rule)
    if route.tell_debt:
        yield from tell_debt(call, route.rule)
    if (yield from ring_chain(call, route)):
        return Ending(kind="talk")
    if route.wait and (yield from wait_in_line(call, route, route.wait)):
        return Ending(kind="talk")
    return route.otherwise
