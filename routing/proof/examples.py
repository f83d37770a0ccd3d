"""One concrete caller and moment out of many, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.proof.space import Box, Dimension, Told, bits

if TYPE_CHECKING:
    from routing.conditions import Situation
    from routing.proof.moments import Moment
    from routing.proof.space import Space
    from routing.proof.walk import State, Walk
    from routing.rulebook import Rulebook


def example(walk: Walk, state: State, box: Box | None = None, manager: str | None = None) -> str:
    """Who gets to a state (or to this part of it), when, and how.

    ``a key customer with a manager, from +15550100000, on Sat 2026-11-28 at 18:00, dials +74950000001, presses 1 in
    …``
    """
    space, box = walk.space, box or walk.boxes[state]
    at = {dimension: _pick(space, box, dimension) for dimension in Dimension}
    words = [
        _customer(at[Dimension.CUSTOMER], manager),
        *_account(space, box, at),
        _number(at[Dimension.CALLER]),
        _moment(space.moments[next(bits(box[Dimension.TIME]))]),
        *walk.path(state),
    ]
    return ", ".join(word for word in words if word)


def place_name(rulebook: Rulebook, state: State) -> str:
    """``menu main``, ``D6``, ``box office``."""
    if state.kind == "route":
        return rulebook.routes[int(state.at)].rule
    return "last resort" if state.kind == "last" else f"{state.kind} {state.at}"


def place_line(rulebook: Rulebook, state: State) -> int:
    """The line of the rule file; 0: it has none of its own."""
    match state.kind:
        case "menu":
            return rulebook.menus[str(state.at)].line
        case "route":
            return rulebook.routes[int(state.at)].line
        case "box":
            return rulebook.boxes[str(state.at)].line
        case _:
            return rulebook.last_resort.line if state.kind == "last" else 0


def _pick(space: Space, box: Box, dimension: Dimension) -> Situation:
    return space.values(dimension, Told())[next(bits(box[dimension]))]


def _customer(who: Situation, manager: str | None) -> str:
    if who.type is None:
        return "somebody who is not in the directory"
    if who.manager is None:
        return f"a {who.type} customer without a manager"
    return f"a {who.type} customer of {manager}" if manager else f"a {who.type} customer with a manager"


def _account(space: Space, box: Box, at: dict[Dimension, Situation]) -> list[str]:
    """What the directory has, as far as not everything will do."""
    known = {
        Dimension.DEPARTMENT: f"of department {at[Dimension.DEPARTMENT].department or 'none'}",
        Dimension.DEBT: f"with debt {' and '.join(at[Dimension.DEBT].debts) or 'none'}",
        Dimension.LANGUAGE: f"who speaks {at[Dimension.LANGUAGE].language}",
    }
    is_customer = at[Dimension.CUSTOMER].type is not None
    return [words for place, words in known.items() if is_customer and box[place] != space.full(place)]


def _number(who: Situation) -> str:
    return f"from {who.number}" if who.number else "with a withheld number"


def _moment(moment: Moment) -> str:
    return f"on {moment.day:%a %Y-%m-%d} at {moment.minute // 60:02}:{moment.minute % 60:02}"
