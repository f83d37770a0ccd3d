"""Does every call end, and after how long at most: the longest way through the states of a walk.

A call that comes back to a menu uses up the menu's tries, so circles through a question end by themselves. A circle
that is closed even when every menu's tries are used up never ends.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, assert_never

from routing.proof.circles import components, is_single
from routing.proof.timing import box_seconds, debt_seconds, menu_seconds, texts_seconds, wait_seconds
from routing.transfers import PERSON_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routing.proof.manning import Manning
    from routing.proof.walk import State, Walk
    from routing.rulebook import Rulebook
    from routing.rules.routes import Route


class Bounds:
    """For every state how long a call can still last from it, and the circles that never end."""

    def __init__(self, walk: Walk, manning: Manning) -> None:
        self._walk = walk
        self._costs = _Costs(walk.rulebook, manning)
        self.seconds: dict[State, float] = {}
        """At most, from entering the state to the call's end."""
        self.circles: list[list[State]] = []
        """States that lead to one another for ever."""
        for component in components(walk.after):
            self._measure(component)
        self.transfers = self._after_transfers(walk.rulebook, manning)
        """By short number, how long a call can last at most from the moment when it is handed over."""

    def total(self, line: str) -> float:
        """How long a call to a line lasts at most, its announcements included."""
        announce = self._walk.rulebook.lines[line].announce
        begin = max(self.seconds[state] for state in self._walk.entries[line])
        return begin + texts_seconds(self._walk.rulebook.company, *announce)

    def costliest_way(self, line: str) -> list[State]:
        """The way that takes longest from a line on."""
        way = [max(self._walk.entries[line], key=self.seconds.__getitem__)]
        while following := [after for after in self._walk.after[way[-1]] if after not in way]:
            way.append(max(following, key=self.seconds.__getitem__))
        return way

    def cost(self, state: State) -> float:
        """How long a state itself takes at most."""
        return self._costs.of(state)

    def _after_transfers(self, rulebook: Rulebook, manning: Manning) -> dict[str, float]:
        """The transfer's chain, then the sender, then the rest of the route on which they talked."""
        rest = max((seconds for state, seconds in self.seconds.items() if state.kind == "route"), default=0.0)
        return {
            number: manning.transfer_seconds(transfer) + 2 * PERSON_SECONDS + rest
            for number, transfer in rulebook.transfers.items()
        }

    def _measure(self, component: list[State]) -> None:
        inside = self._inside(component)
        onward = [
            self.seconds[after] for state in component for after in self._walk.after[state] if after in self.seconds
        ]
        for state in component:
            self.seconds[state] = inside + max(onward, default=0.0)

    def _inside(self, component: list[State]) -> float:
        """How long a call can stay among states that lead to one another: between two questions each once."""
        if is_single(component, self._walk.after):
            return self._costs.of(component[0])
        silent = {state: self._when_silent(state, component) for state in component}
        between: dict[State, float] = {}
        for part in components(silent):
            if not is_single(part, silent):
                self.circles.append(_round(part, silent))
                return math.inf
            onward = max((between[after] for after in silent[part[0]]), default=0.0)
            between[part[0]] = onward + (0.0 if part[0].kind == "menu" else self._costs.of(part[0]))
        menus = {str(state.at): state for state in component if state.kind == "menu"}
        questions = sum(self._walk.rulebook.menus[name].tries for name in menus)
        return sum(map(self._costs.of, menus.values())) + (questions + 1) * max(between.values())

    def _when_silent(self, state: State, component: Sequence[State]) -> tuple[State, ...]:
        silent = self._walk.silent(state)
        following = self._walk.after[state] if silent is None else (silent,)
        members = set(component)
        return tuple(after for after in following if after in members)


class _Costs:
    """How long each place takes at most."""

    def __init__(self, rulebook: Rulebook, manning: Manning) -> None:
        company = rulebook.company
        self._manning = manning
        self._routes = [_route_seconds(route, rulebook) for route in rulebook.routes]
        self._menus = {menu.name: menu.tries * menu_seconds(menu, company) for menu in rulebook.menus.values()}
        self._boxes = {box.name: box_seconds(box, rulebook) for box in rulebook.boxes.values()}
        self._goodbyes = {name: texts_seconds(company, text, rulebook.goodbye) for name, text in rulebook.texts.items()}
        self._last = self._last_resort(rulebook)

    def of(self, state: State) -> float:
        match state.kind:
            case "menu":
                return self._menus[str(state.at)]
            case "route":
                return self._routes[int(state.at)] + self._manning.ringing_seconds(state)
            case "box":
                return self._boxes[str(state.at)]
            case "goodbye":
                return self._goodbyes[str(state.at)]
            case "last":
                return self._last
            case "first":
                return 0.0
            case _:
                assert_never(state.kind)

    def _last_resort(self, rulebook: Rulebook) -> float:
        goto, announce = rulebook.last_resort.goto, rulebook.last_resort.announce
        if goto.message:
            end = self._boxes[goto.message]
        elif goto.goodbye:
            end = self._goodbyes[goto.goodbye]
        else:
            end = texts_seconds(rulebook.company, rulebook.goodbye)
        return texts_seconds(rulebook.company, *announce) + end


def _route_seconds(route: Route, rulebook: Rulebook) -> float:
    """What a route takes besides ringing people."""
    telling = texts_seconds(rulebook.company, *route.tell)
    debt = debt_seconds(rulebook.debt, rulebook.company) if route.tell_debt and rulebook.debt else 0.0
    return telling + debt + (wait_seconds(route.wait, rulebook) if route.wait else 0.0)


def _round(part: list[State], after: Mapping[State, tuple[State, ...]]) -> list[State]:
    """One round through states that lead to one another, in their order."""
    way = [part[0]]
    while (following := next(state for state in after[way[-1]] if state in part)) not in way:
        way.append(following)
    return way[way.index(following) :]
