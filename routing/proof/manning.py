"""Who is on duty when: whether a route ever has nobody to ring, and how long its ringing takes at most.

Leave is not looked at: it comes and goes, and rules are not wrong because somebody is on a journey.
"""

from __future__ import annotations

from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from routing.facts import Person
from routing.people import meant_by
from routing.proof.space import Box, Dimension, Space, Told, with_values
from routing.rules.chains import AssignedManager, Head, Named, Outside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from routing.facts import PersonId
    from routing.proof.walk import State
    from routing.rulebook import Rulebook
    from routing.rules.chains import Link, Someone, Transfer, Who
    from routing.rules.routes import Route


class Unmanned(NamedTuple):
    """Callers for whom a route has nobody on duty, all at one moment."""

    box: Box
    manager: PersonId | None
    """Who is assigned to them, where that matters."""


class Manning:
    """Who of the staff is on duty at which of a space's moments.

    ``managers`` are those who may be assigned to customers.
    """

    def __init__(self, space: Space, staff: Sequence[Person], managers: Iterable[PersonId]) -> None:
        self._space = space
        self._rulebook = space.rulebook
        self._staff = staff
        self._meant = cache(self._meant_by)
        self._rung = cache(self._count_rung)
        self._duty = cache(self._on_duty)
        self._all_duty = cache(self._on_duty_together)
        assigned = set(managers)
        by_hours = {person.hours: person.id for person in staff if person.id in assigned}
        self._managers = tuple(by_hours.values())

    def unmanned(self, state: State, whole: Box) -> Unmanned | None:
        """Somebody for whom the route of this state rings and waits for nobody; None: there is always somebody.

        ``whole`` is who gets to the state, in every dimension.
        """
        route = self._rulebook.routes[int(state.at)]
        if not self._rulebook.reached_by(route):
            return None
        for by_department, department in self._departments(state.told, whole, route):
            for box, manager in self._assigned(by_department, route):
                idle = box[Dimension.TIME] & ~self._manned(route, manager, department)
                if idle:
                    return Unmanned(with_values(box, Dimension.TIME, idle & -idle), manager)
        return None

    def ringing_seconds(self, state: State) -> float:
        """How long the chain of the state's route is rung at most: everybody on duty, one after another."""
        chain = self._rulebook.routes[int(state.at)].chain
        return sum(self._longest(state, link) for link in chain)

    def transfer_seconds(self, transfer: Transfer) -> float:
        """How long a transfer's chain is rung at most, for whatever caller at whatever moment."""
        moments, departments = self._space.full(Dimension.TIME), (*self._rulebook.departments, None)
        return sum(
            link.seconds * max(self._rung(link.who, department, moments) for department in departments)
            for link in transfer.chain
        )

    def _longest(self, state: State, link: Link) -> float:
        moments = state.box[Dimension.TIME]
        departments = self._space.concerned(state.told, state.box) if link.who == Head(None) else (None,)
        return link.seconds * max(self._rung(link.who, department, moments) for department in departments)

    def _count_rung(self, who: Who, department: str | None, moments: int) -> int:
        if isinstance(who, AssignedManager | Outside):
            return 1
        return sum(1 for person in self._meant(who, None, department) if self._duty(person.hours) & moments)

    def _departments(self, told: Told, box: Box, route: Route) -> Iterator[tuple[Box, str | None]]:
        """The callers by the department concerned, where the route asks for its head."""
        if Head(None) not in self._rulebook.reached_by(route):
            yield box, None
            return
        for department, own in self._space.concerned(told, box).items():
            yield with_values(box, Dimension.DEPARTMENT, own), department

    def _assigned(self, box: Box, route: Route) -> Iterator[tuple[Box, PersonId | None]]:
        """The callers by their manager, where the route asks for one."""
        if AssignedManager() not in self._rulebook.reached_by(route):
            yield box, None
            return
        managed = box[Dimension.CUSTOMER] & self._space.managed
        if managed != box[Dimension.CUSTOMER]:
            yield with_values(box, Dimension.CUSTOMER, box[Dimension.CUSTOMER] ^ managed), None
        for manager in self._managers if managed else ():
            yield with_values(box, Dimension.CUSTOMER, managed), manager

    def _manned(self, route: Route, manager: PersonId | None, department: str | None) -> int:
        """The moments at which anybody of the route is on duty."""
        moments = 0
        for who in self._rulebook.reached_by(route):
            if isinstance(who, Outside):
                return self._space.full(Dimension.TIME)
            moments |= self._all_duty(who, manager, department)
        return moments

    def _meant_by(self, who: Someone, manager: PersonId | None, department: str | None) -> tuple[Person, ...]:
        return meant_by(who, self._rulebook, self._staff, manager=manager, department=department)

    def _on_duty_together(self, who: Someone, manager: PersonId | None, department: str | None) -> int:
        return reduce(or_, (self._duty(person.hours) for person in self._meant(who, manager, department)), 0)

    def _on_duty(self, hours: str | None) -> int:
        moments = self._space.moments
        return sum(1 << place for place, moment in enumerate(moments) if hours is None or hours in moment.open)


def assumed_staff(rulebook: Rulebook) -> tuple[Person, ...]:
    """Somebody for everything, always on duty: where no staff is known, nobody is missing."""
    by_role = [
        Person(id=f"{role}_{department}", name=role, role=role, departments=(department,))
        for role in rulebook.roles
        for department in rulebook.departments
    ]
    return (*by_role, *(Person(id=name, name=name, role="") for name in sorted(named_people(rulebook))))


def named_people(rulebook: Rulebook) -> dict[PersonId, int]:
    """Everybody whom the rules name, with the line of the rule file."""
    named = {person: group.line for group in rulebook.groups.values() for person in group.people}
    for route in rulebook.routes:
        preferred = [who for preference in (route.wait.first if route.wait else ()) for who in preference.who]
        named |= {who.person: route.line for who in preferred if isinstance(who, Named)}
        named |= {who.person: route.line for who in rulebook.reached_by(route) if isinstance(who, Named)}
    return named | {link.who.person: link.line for link in rulebook.links if isinstance(link.who, Named)}
