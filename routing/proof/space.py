"""All callers at all moments, divided as far as the rules tell them apart.

A caller at a moment is a point with seven coordinates (`Dimension`). A box is a set of values for each of them, as
bits of a whole number; the first route that fits cuts a box into smaller ones, so that thousands of routes need no
walk through every combination of values.
"""

from __future__ import annotations

from enum import IntEnum
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from routing.conditions import Situation, Words, holds
from routing.proof.numbers import Numbers
from routing.texts import choose_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routing.proof.moments import Moment
    from routing.rulebook import Rulebook

Box = tuple[int, ...]
"""For each dimension the values that are possible, as bits. A box is never empty."""


class Dimension(IntEnum):
    """What callers differ in."""

    CUSTOMER = 0
    """The type and whether a manager is assigned; value 0: not in the directory."""
    DEBT = 1
    DEPARTMENT = 2
    """The customer's own; value 0: none."""
    LANGUAGE = 3
    """The customer's own; value 0: none."""
    TIME = 4
    DIALLED = 5
    CALLER = 6
    """The number; the last value: withheld."""


FIELDS: dict[Dimension, tuple[str, ...]] = {
    Dimension.CUSTOMER: ("customer", "manager"),
    Dimension.DEBT: ("debt",),
    Dimension.DEPARTMENT: ("department",),
    Dimension.LANGUAGE: ("language",),
    Dimension.TIME: ("open", "closed"),
    Dimension.DIALLED: ("dialled",),
    Dimension.CALLER: ("caller",),
}
"""Which fields of a `Condition` look at which dimension; the intent is told, never known beforehand."""


class Told(NamedTuple):
    """What the line and the keys have told; None where no rule cares."""

    intent: str | None = None
    department: str | None = None
    line_department: str | None = None
    language: str | None = None
    line_language: str | None = None
    route: int = -1
    """The route taken last, as `Call.route`."""


class Column:
    """One dimension of all routes' conditions: which values each route allows."""

    def __init__(self, masks: Sequence[int]) -> None:
        self.masks = masks
        self._routes: dict[int, int] = {}
        self._fitting: dict[int, int] = {}
        for index, mask in enumerate(masks):
            self._routes[mask] = self._routes.get(mask, 0) | 1 << index

    def fitting(self, values: int) -> int:
        """The routes that allow at least one of the values, as bits."""
        if values not in self._fitting:
            fitting = 0
            for mask, routes in self._routes.items():
                fitting |= routes if mask & values else 0
            self._fitting[values] = fitting
        return self._fitting[values]


class Space:
    """The dimensions' values for one rulebook, and the cutting of boxes by its routes."""

    def __init__(self, rulebook: Rulebook, moments: Sequence[Moment]) -> None:
        self.rulebook = rulebook
        self.moments = moments
        self.numbers = Numbers(rulebook, [pattern for route in rulebook.routes for pattern in route.when.caller or ()])
        self._values: dict[Dimension, tuple[Situation, ...]] = {
            Dimension.CUSTOMER: tuple(_customers(rulebook)),
            Dimension.DEBT: tuple(
                Situation(debts=debts) for debts in ((), ("overdue",), ("over_limit",), ("overdue", "over_limit"))
            ),
            Dimension.TIME: tuple(Situation(open=moment.open) for moment in moments),
            Dimension.DIALLED: tuple(Situation(dialled=number) for number in rulebook.lines),
        }
        customers = self._values[Dimension.CUSTOMER]
        self.managed = sum(1 << place for place, customer in enumerate(customers) if customer.manager)
        """The values of `Dimension.CUSTOMER` who have a manager."""
        self._columns: dict[tuple[Dimension, Told], Column] = {}
        self._intents: dict[str | None, int] = {}
        self._order = sorted(Dimension, key=self.full)

    def values(self, dimension: Dimension, told: Told) -> tuple[Situation, ...]:
        """What conditions see of each value, given what was told."""
        match dimension:
            case Dimension.DEPARTMENT:
                own: tuple[str | None, ...] = (None, *self.rulebook.departments)
                return tuple(Situation(department=_concerned(told, each)) for each in own)
            case Dimension.LANGUAGE:
                company = self.rulebook.company
                wishes = (None, *company.languages)
                chosen = [choose_language(company, told.language, wish, told.line_language) for wish in wishes]
                return tuple(Situation(language=language) for language in chosen)
            case Dimension.CALLER:
                return tuple(Situation(number=number) for number in self.numbers.numbers)
            case _:
                return self._values[dimension]

    def full(self, dimension: Dimension) -> int:
        """All values of a dimension."""
        return (1 << len(self.values(dimension, Told()))) - 1

    def callers(self) -> list[Box]:
        """Everybody: those in the directory, and the others.

        Of a stranger no type, debt, department or language is known; without a number nobody is found in the
        directory.
        """
        everybody = [self.full(dimension) for dimension in Dimension]
        stranger, known = list(everybody), list(everybody)
        for dimension in (Dimension.CUSTOMER, Dimension.DEBT, Dimension.DEPARTMENT, Dimension.LANGUAGE):
            stranger[dimension] = 1
        known[Dimension.CUSTOMER] &= ~1
        known[Dimension.CALLER] >>= 1
        return [tuple(box) for box in (stranger, known) if all(box)]

    def lines_like(self, number: str) -> int:
        """All lines that no condition tells from this one, as values of `Dimension.DIALLED`."""
        column, lines = self.column(Dimension.DIALLED, Told()), list(self.rulebook.lines)
        wanted = column.fitting(1 << lines.index(number))
        return sum(1 << place for place in range(len(lines)) if column.fitting(1 << place) == wanted)

    def takers(self, told: Told, start: int, box: Box) -> Iterator[tuple[int | None, Box]]:
        """Which route from this place on is the first that fits, for each part of the box; None: no route does."""
        columns = [self.column(dimension, told) for dimension in Dimension]
        routes = self._intent_routes(told.intent) >> start << start
        for column, values in zip(columns, box, strict=True):
            routes &= column.fitting(values)
        rest = [(routes, box)]
        while rest:
            routes, box = rest.pop()
            if not routes:
                yield None, box
                continue
            first = routes & -routes
            index, routes = first.bit_length() - 1, routes ^ first
            for dimension in self._order:
                column, values = columns[dimension], box[dimension]
                outside = values & ~column.masks[index]
                if outside:
                    rest.append((routes & column.fitting(outside), with_values(box, dimension, outside)))
                    box = with_values(box, dimension, values ^ outside)
                    routes &= column.fitting(values ^ outside)
            yield index, box

    def concerned(self, told: Told, box: Box) -> dict[str | None, int]:
        """Which departments may be concerned, each with the callers' own ones that make it so."""
        values, found = self.values(Dimension.DEPARTMENT, told), dict[str | None, int]()
        for place in bits(box[Dimension.DEPARTMENT]):
            department = values[place].department
            found[department] = found.get(department, 0) | 1 << place
        return found

    def narrow(self, told: Told, box: Box, route: int) -> Box | None:
        """The part of the box that fits a route; None: no part does."""
        if not self.gives_intent(told, route):
            return None
        inside = tuple(box[dimension] & self.column(dimension, told).masks[route] for dimension in Dimension)
        return inside if all(inside) else None

    def gives_intent(self, told: Told, route: int) -> bool:
        """Whether what was told is the intent that a route asks for."""
        return bool(self._intent_routes(told.intent) >> route & 1)

    def column(self, dimension: Dimension, told: Told) -> Column:
        """What each route allows in one dimension, given what was told."""
        told = _what_matters(dimension, told)
        if (dimension, told) not in self._columns:
            self._columns[dimension, told] = Column(self._masks(dimension, self.values(dimension, told)))
        return self._columns[dimension, told]

    def _masks(self, dimension: Dimension, values: Sequence[Situation]) -> list[int]:
        known: dict[tuple[str, Words], int] = {}
        masks = []
        for route in self.rulebook.routes:
            mask = (1 << len(values)) - 1
            for field in FIELDS[dimension]:
                wanted = route.when.asked.get(field)
                if wanted is not None:
                    if (field, wanted) not in known:
                        known[field, wanted] = self._mask(field, wanted, values)
                    mask &= known[field, wanted]
            masks.append(mask)
        return masks

    def _mask(self, field: str, wanted: Words, values: Sequence[Situation]) -> int:
        if field == "caller":
            return reduce(or_, (self.numbers.mask(pattern) for pattern in wanted), 0)
        return sum(1 << place for place, value in enumerate(values) if holds(field, wanted, value))

    def _intent_routes(self, intent: str | None) -> int:
        if intent not in self._intents:
            situation, routes = Situation(intent=intent), enumerate(self.rulebook.routes)
            wanted = [(place, route.when.asked.get("intent")) for place, route in routes]
            self._intents[intent] = sum(
                1 << place for place, words in wanted if words is None or holds("intent", words, situation)
            )
        return self._intents[intent]


def bits(values: int) -> Iterator[int]:
    """The values that are in a set of bits, lowest first."""
    while values:
        lowest = values & -values
        yield lowest.bit_length() - 1
        values ^= lowest


def _concerned(told: Told, own: str | None) -> str | None:
    """As `Call.department`."""
    return told.department or own or told.line_department


def _what_matters(dimension: Dimension, told: Told) -> Told:
    match dimension:
        case Dimension.DEPARTMENT:
            return Told(department=told.department, line_department=told.line_department)
        case Dimension.LANGUAGE:
            return Told(language=told.language, line_language=told.line_language)
        case _:
            return Told()


def _customers(rulebook: Rulebook) -> Iterator[Situation]:
    yield Situation()
    for sort in rulebook.customers:
        yield Situation(type=sort)
        yield Situation(type=sort, manager="somebody")


def with_values(box: Box, dimension: Dimension, values: int) -> Box:
    """The box with other values in one dimension."""
    return (*box[:dimension], values, *box[dimension + 1 :])
