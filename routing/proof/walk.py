"""Every way a call can take: from each line, for all callers at once, through menus and routes to an end.

The places are those of `routing.flow`; a state is a place together with what was told and with the box of callers
who get there. A box is only cut where a route is looked for, so a state stands for many calls.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal, NamedTuple

from routing.proof.space import Box, Dimension, Space, Told
from routing.rules.chains import AssignedManager, Head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.rulebook import Rulebook
    from routing.rules.chains import Who
    from routing.rules.menus import Choice, Goto, Line, Menu


class State(NamedTuple):
    """A place of a call, and who gets there."""

    kind: Literal["menu", "route", "first", "box", "goodbye", "last"]
    """``first``: the first route that fits, from a place on; ``last``: the last resort."""
    at: str | int
    """The name of a menu, a message box or a text; the place of a route."""
    told: Told
    box: Box


class Step(NamedTuple):
    """How a state was reached first."""

    before: State | None
    by: str
    """For people: ``presses 1 in menu main``."""


class TooManyCasesError(Exception):
    """The rules tell so many kinds of callers apart that not all can be looked at."""


class Walk:
    """All states that a call can reach, each with those that may follow."""

    def __init__(self, space: Space, most_cases: int) -> None:
        self.space = space
        self.rulebook: Rulebook = space.rulebook
        self._names = {route.name: place for place, route in enumerate(self.rulebook.routes) if route.name}
        self._rung_by = [
            rung_by(self.rulebook.reached_by(route)) if ends(route.otherwise) else None
            for route in self.rulebook.routes
        ]
        """For each route where a call ends what decides whom it rings."""
        self._cares = _Cares(self.rulebook)
        self.after: dict[State, tuple[State, ...]] = {}
        self.steps: dict[State, Step] = {}
        self.boxes: dict[State, Box] = {}
        """For each state who was the first to reach it, in every dimension."""
        self.cases = 0
        """How often a state was reached."""
        self._most_cases = most_cases
        self.entries: dict[str, tuple[State, ...]] = {}
        """For each line the states that its callers begin with."""
        self._explore()

    def silent(self, state: State) -> State | None:
        """What follows a menu whose tries are used up; None for any other state."""
        if state.kind != "menu":
            return None
        return self._reduce(self._choose(state, self.rulebook.menus[str(state.at)].otherwise))

    def path(self, state: State) -> list[str]:
        """The shortest way to a state: what is done on it, in words."""
        words = []
        at: State | None = state
        while at is not None:
            step = self.steps[at]
            words.append(step.by)
            at = step.before
        return words[::-1]

    def _explore(self) -> None:
        todo: deque[State] = deque()
        for line in self.rulebook.lines.values():
            begin = [self._meet(state, Step(None, f"dials {line.number}"), todo) for state in self._begin(line)]
            self.entries[line.number] = tuple(begin)
        while todo:
            state = todo.popleft()
            whole = state._replace(box=self.boxes[state])
            following = [self._meet(after, Step(state, by), todo) for after, by in self._following(whole)]
            self.after[state] = tuple(dict.fromkeys(following))

    def _meet(self, whole: State, step: Step, todo: deque[State]) -> State:
        """Note that a state is reached, once; returns it without what no longer matters."""
        self.cases += 1
        if self.cases > self._most_cases:
            raise TooManyCasesError
        state = self._reduce(whole)
        if state not in self.steps:
            self.steps[state] = step
            self.boxes[state] = whole.box
            todo.append(state)
        return state

    def _reduce(self, state: State) -> State:
        """Where no more route is looked for, callers differ only in whom they might talk to."""
        match state.kind:
            case "route":
                kept = self._rung_by[int(state.at)]
                if kept is None:
                    return state
                told = Told(department=state.told.department, line_department=state.told.line_department)
                return state._replace(
                    told=told if Dimension.DEPARTMENT in kept else Told(),
                    box=tuple(state.box[each] if each in kept else 0 for each in Dimension),
                )
            case "box" | "goodbye" | "last":
                return state._replace(told=Told(), box=())
            case _:
                return state

    def _begin(self, line: Line) -> Iterator[State]:
        told = self._cares.clean(Told(intent=line.intent, line_department=line.department, line_language=line.language))
        like = self.space.lines_like(line.number)
        for callers in self.space.callers():
            box = (*callers[: Dimension.DIALLED], like, *callers[Dimension.DIALLED + 1 :])
            yield self._go(line.goto, told, box)

    def _following(self, state: State) -> Iterator[tuple[State, str]]:
        """What may come next when nobody is reached, with what the caller does for it."""
        match state.kind:
            case "menu":
                yield from self._leave_menu(state, self.rulebook.menus[str(state.at)])
            case "first":
                for place, box in self.space.takers(state.told, int(state.at), state.box):
                    yield self._take(state.told, place, box), ""
            case "route":
                route = self.rulebook.routes[int(state.at)]
                told = self._cares.clean(state.told._replace(route=int(state.at)))
                yield self._go(route.otherwise, told, state.box, int(state.at)), "nobody is reached"
            case _:
                return

    def _leave_menu(self, state: State, menu: Menu) -> Iterator[tuple[State, str]]:
        for key, choice in menu.keys.items():
            yield self._choose(state, choice), f"presses {key} in menu {menu.name}"
        yield self._choose(state, menu.otherwise), f"presses nothing in menu {menu.name}"

    def _choose(self, state: State, choice: Choice) -> State:
        told = state.told._replace(
            intent=choice.intent or state.told.intent,
            department=choice.department or state.told.department,
            language=choice.language or state.told.language,
        )
        return self._go(choice.goto, self._cares.clean(told), state.box, state.told.route)

    def _take(self, told: Told, place: int | None, box: Box) -> State:
        return State("last", "", told, box) if place is None else State("route", place, told, box)

    def _go(self, goto: Goto, told: Told, box: Box, route: int = -1) -> State:
        """The state for a place, as `routing.flow` finds the place."""
        if goto.menu:
            return State("menu", goto.menu, told, box)
        if goto.route:
            return State("route", self._names[goto.route], told, box)
        if goto.message:
            return State("box", goto.message, told, box)
        if goto.goodbye:
            return State("goodbye", goto.goodbye, told, box)
        if goto.last_resort:
            return State("last", "", told, box)
        return State("first", route + 1 if goto.next_route else 0, told, box)


def ends(goto: Goto) -> bool:
    """Whether a call ends there, whoever calls."""
    return bool(goto.message or goto.goodbye or goto.last_resort)


def rung_by(reached: tuple[Who, ...]) -> set[Dimension]:
    """What decides whom a route rings that reaches these."""
    kept = {Dimension.CUSTOMER} if AssignedManager() in reached else set()
    kept |= {Dimension.DEPARTMENT} if Head(None) in reached else set()
    return kept | ({Dimension.TIME} if reached else set())


class _Cares:
    """What of all that can be told any rule looks at; the rest would only multiply the states."""

    def __init__(self, rulebook: Rulebook) -> None:
        routes = rulebook.routes
        asks_head = any(Head(None) in rulebook.reached_by(route) for route in routes)
        choices = [choice for menu in rulebook.menus.values() for choice in (menu.otherwise, *menu.keys.values())]
        self.intent = any(route.when.intent for route in routes)
        self.department = asks_head or any(route.when.department for route in routes)
        self.language = any(route.when.language for route in routes)
        self.route = any(choice.goto.next_route for choice in choices)

    def clean(self, told: Told) -> Told:
        """Without what makes no difference."""
        department = told.department if self.department else None
        language = told.language if self.language else None
        return Told(
            intent=told.intent if self.intent else None,
            department=department,
            line_department=told.line_department if self.department and not department else None,
            language=language,
            line_language=told.line_language if self.language and not language else None,
            route=told.route if self.route else -1,
        )
