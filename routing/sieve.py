"""The first route that fits, found without trying each: a company may have thousands of them.

For every word that routes ask for (``customer: key``) the routes that it lets pass are kept as the bits of a whole
number. A call has a handful of words, so that a few operations on such numbers tell all routes that fit at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from routing.conditions import FIELDS, WITHHELD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from routing.conditions import Situation, Words
    from routing.rules.routes import Route


class PassedOver(NamedTuple):
    """How many routes one field of their conditions has kept from a call."""

    field: str
    routes: int


class Sieve:
    """All routes of a rule file by what they ask for. ``callers`` are the rule file's lists of numbers."""

    def __init__(self, routes: Sequence[Route], callers: Mapping[str, Words]) -> None:
        self._all = (1 << len(routes)) - 1
        meshes = (_Mesh(field, routes, callers) for field in FIELDS)
        self._meshes = [mesh for mesh in meshes if mesh.words]

    def first(self, situation: Situation, start: int) -> int | None:
        """The place of the first route from a place on whose condition holds; None: there is none."""
        routes = self._all >> start << start
        for mesh in self._meshes:
            routes &= mesh.lets_pass(situation)
        return _lowest(routes) if routes else None

    def passed_over(self, situation: Situation, start: int, end: int) -> Iterator[PassedOver]:
        """By which fields the routes from a place up to another one, none of which fits, were passed over."""
        routes = (1 << end) - 1 >> start << start
        for mesh in self._meshes if routes else ():
            kept = routes & mesh.lets_pass(situation)
            if kept != routes:
                yield PassedOver(mesh.field, (routes ^ kept).bit_count())
            routes = kept


class _Mesh:
    """One field of all routes' conditions."""

    def __init__(self, field: str, routes: Sequence[Route], callers: Mapping[str, Words]) -> None:
        self.field = field
        self.words: dict[str, int] = {}
        """For each word the routes that it lets pass."""
        self._unasked = 0
        for place, route in enumerate(routes):
            wanted = route.when.asked.get(field)
            if wanted is None:
                self._unasked |= 1 << place
            for word in _entries(wanted or (), callers if field == "caller" else {}):
                self.words[word] = self.words.get(word, 0) | 1 << place

    def lets_pass(self, situation: Situation) -> int:
        """The routes that ask nothing here, or something that is true of the situation."""
        routes = self._unasked
        for word in self._true(situation):
            routes |= self.words.get(word, 0)
        return routes

    def _true(self, situation: Situation) -> Iterable[str]:
        """As `routing.conditions.holds` has it."""
        match self.field:
            case "closed":
                return self.words.keys() - situation.open
            case "caller":
                return _patterns(situation.number)
            case field:
                return FIELDS[field](situation)


def _entries(wanted: Words, lists: Mapping[str, Words]) -> Iterator[str]:
    for word in wanted:
        yield from lists.get(word, (word,))


def _patterns(number: str | None) -> Iterator[str]:
    """Every way to mean a number: itself, and as the beginning of numbers."""
    if number is None:
        yield WITHHELD
        return
    yield number
    yield from (f"{number[:length]}*" for length in range(len(number) + 1))


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
