"""Routes: the first that fits, and what it does for the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.chains import ring_chain, wait_in_line
from routing.conditions import misfit, state_of
from routing.debts import tell_debt
from routing.rules.menus import Goto
from routing.steps import Ending

if TYPE_CHECKING:
    from routing.call import Call, Way
    from routing.conditions import Situation
    from routing.rules.routes import Route

MOST_TOLD = 30
"""Routes passed over that a trail tells one by one: nobody reads hundreds, and every call's row would hold them."""


def take_first_fitting(call: Call, start: int) -> Way:
    """Take the first route from this place on whose conditions hold; none: the last resort (T4)."""
    situation, routes = call.situation(), call.rulebook.routes
    place = call.rulebook.sieve.first(situation, start)
    _note_passed_over(call, situation, start, len(routes) if place is None else place)
    if place is None:
        call.note("no route fits")
        return Goto(last_resort=True)
    call.note("fits", routes[place].rule, routes[place].line)
    return (yield from _take(call, place, routes[place]))


def take_named(call: Call, name: str) -> Way:
    """Take the route of this name, whatever its conditions."""
    place, route = next((place, route) for place, route in enumerate(call.rulebook.routes) if route.name == name)
    call.note(f"straight to {name}", route.rule, route.line)
    return (yield from _take(call, place, route))


def _note_passed_over(call: Call, situation: Situation, start: int, end: int) -> None:
    """Tell of each route why it does not fit; of many only the last ones one by one, and how many the others were."""
    told = max(start, end - MOST_TOLD)
    for passed in call.rulebook.sieve.passed_over(situation, start, told):
        call.note(f"passed over: {passed.routes} routes, since {state_of(passed.field, situation)}")
    for route in call.rulebook.routes[told:end]:
        call.note(f"passed over: {misfit(route.when, situation)}", route.rule, route.line)


def _take(call: Call, place: int, route: Route) -> Way:
    """Tell, ring, wait; then the call has ended or goes where the route sends it."""
    call.route = place
    for text in route.tell:
        yield call.say(text, route.rule)
    if route.tell_debt:
        yield from tell_debt(call, route.rule)
    if (yield from ring_chain(call, route)):
        return Ending(kind="talk")
    ending = (yield from wait_in_line(call, route, route.wait)) if route.wait else None
    return ending or route.otherwise
