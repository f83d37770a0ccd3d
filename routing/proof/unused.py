"""What no call ever comes to: routes that others forestall, menus, boxes and groups that nobody uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.proof.fault import Fault
from routing.proof.space import FIELDS
from routing.rules.chains import Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from routing.proof.walk import State, Walk
    from routing.rulebook import Rulebook
    from routing.rules.chains import Who
    from routing.rules.company import Members
    from routing.rules.menus import Menu
    from routing.rules.queues import Queue
    from routing.rules.routes import Box

MOST_NAMED = 3
"""So many of the routes that forestall another are named."""


def never_taken(walk: Walk) -> Iterator[Fault]:
    """Routes that no caller is ever given, with the reason."""
    taken = {state.at for state in walk.after if state.kind == "route"}
    searches = list({(state.told, state.box): state for state in walk.after if state.kind == "first"}.values())
    for place, route in enumerate(walk.rulebook.routes):
        if place not in taken:
            message = f"{route.rule} is never taken: {_why_never(walk, searches, place)}"
            yield Fault(kind="never taken", line=route.line, message=message)


def never_used(walk: Walk) -> Iterator[Fault]:
    """Menus and boxes that no call comes to, and groups that nobody rings, waits for or is told by."""
    rulebook = walk.rulebook
    reached = {(state.kind, state.at) for state in walk.after} | {("box", rulebook.last_resort.goto.message)}
    kinds: dict[str, dict[str, Menu] | dict[str, Box]] = {"menu": rulebook.menus, "box": rulebook.boxes}
    for kind, named in kinds.items():
        for name, each in named.items():
            if (kind, name) not in reached:
                yield _unused(f"no call ever comes to {kind} {name}", each)
    used = set(_groups_in_use(rulebook))
    for name, group in rulebook.groups.items():
        if name not in used:
            yield _unused(f"group {name} is not used", group)
    waited_for = {route.wait.group for route in rulebook.routes if route.wait}
    for name, queue in rulebook.queues.items():
        if name not in waited_for:
            yield _unused(f"nobody ever waits for {name}", queue)


def _unused(message: str, what: Menu | Box | Members | Queue) -> Fault:
    return Fault(kind="never used", line=what.line, message=message, is_warning=True)


def _groups_in_use(rulebook: Rulebook) -> Iterator[str]:
    yield from _groups(link.who for link in rulebook.links)
    for route in rulebook.routes:
        yield from _groups(rulebook.reached_by(route))
        if route.wait:
            yield from _groups(who for preference in route.wait.first for who in preference.who)
    yield from (box.owner for box in rulebook.boxes.values() if box.owner)
    yield from (reason.task for reason in rulebook.reasons.values() if reason.task)


def _groups(whos: Iterable[Who]) -> Iterator[str]:
    return (who.name for who in whos if isinstance(who, Group))


def _why_never(walk: Walk, searches: list[State], place: int) -> str:
    for search in searches:
        part = walk.space.narrow(search.told, search.box, place)
        if part and place >= int(search.at):
            takers = {taker for taker, _ in walk.space.takers(search.told, int(search.at), part)}
            return f"everybody whom it fits is taken before by {_name(walk.rulebook, takers)}"
    return _nobody_is(walk, searches, place)


def _name(rulebook: Rulebook, places: set[int | None]) -> str:
    routes = [rulebook.routes[place] for place in sorted(place for place in places if place is not None)]
    named = [f"{route.rule} (line {route.line})" for route in routes[:MOST_NAMED]]
    return ", ".join(named) + (" and others" if len(routes) > MOST_NAMED else "")


def _nobody_is(walk: Walk, searches: list[State], place: int) -> str:
    """Which condition holds for no caller who gets to the routes."""
    space, when = walk.space, walk.rulebook.routes[place].when
    if not any(space.gives_intent(search.told, place) for search in searches):
        with_intent = f" with intent {' or '.join(when.intent)}" if when.intent else ""
        return f"no line or menu leads to the routes{with_intent}"
    for dimension, fields in FIELDS.items():
        if not any(space.column(dimension, search.told).masks[place] & search.box[dimension] for search in searches):
            asked = [f"{field} {' or '.join(wanted)}" for field in fields if (wanted := when.asked.get(field))]
            return f"no caller who gets to the routes has {' and '.join(asked)}"
    return "no caller has all of this at once"
