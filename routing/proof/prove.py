"""The proof: all that can be wrong with rules that are well written, each fault with one caller and moment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from routing.proof.bounds import Bounds
from routing.proof.examples import example, place_line, place_name
from routing.proof.fault import Fault, Proof
from routing.proof.manning import Manning, assumed_staff, named_people
from routing.proof.moments import moments
from routing.proof.space import Space
from routing.proof.unused import never_taken, never_used
from routing.proof.walk import TooManyCasesError, Walk

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from routing.facts import Person, PersonId
    from routing.rulebook import Rulebook

MOST_CASES = 200_000
"""Enough for a thousand routes; more would take longer than anybody waits for a check."""
LONGEST_SECONDS = 3600.0
"""Who has reached nobody after an hour has been left without an answer (T4)."""


def prove(
    rulebook: Rulebook,
    staff: Sequence[Person] = (),
    *,
    today: dt.date,
    managers: Iterable[PersonId] | None = None,
    longest_seconds: float = LONGEST_SECONDS,
    most_cases: int = MOST_CASES,
) -> Proof:
    """Look at every way a call can take when nobody answers: T4 holds if each one ends in time.

    Without ``staff`` somebody is assumed for every role and department, always on duty. ``managers`` are those who
    are assigned to customers; None: anybody may be. Examples are given for moments from ``today`` on.
    """
    people = tuple(staff) or assumed_staff(rulebook)
    space = Space(rulebook, moments(rulebook, _hours_in_use(rulebook, people), today))
    try:
        walk = Walk(space, most_cases)
    except TooManyCasesError:
        return Proof(faults=(_too_much(rulebook, most_cases),), cases=most_cases, longest_seconds=math.inf)
    manning = Manning(space, people, [person.id for person in people] if managers is None else managers)
    bounds = Bounds(walk, manning)
    found = [
        *_circles(walk, bounds),
        *_too_long(walk, bounds, longest_seconds),
        *_handed_over_too_long(rulebook, bounds, longest_seconds),
        *_unmanned(walk, manning),
        *never_taken(walk),
        *never_used(walk),
        *_unknown(rulebook, people),
    ]
    return Proof(
        faults=tuple(sorted(found, key=lambda fault: fault.line)),
        cases=walk.cases,
        longest_seconds=max((0.0, *map(bounds.total, walk.entries), *bounds.transfers.values())),
    )


def _hours_in_use(rulebook: Rulebook, people: Iterable[Person]) -> list[str]:
    """The hours that conditions or somebody's work go by: others make no difference."""
    conditions = [route.when for route in rulebook.routes]
    asked = {name for when in conditions for name in (*(when.open or ()), *(when.closed or ()))}
    worked = {person.hours for person in people if person.hours}
    return sorted((asked | worked) & set(rulebook.hours))


def _too_much(rulebook: Rulebook, cases: int) -> Fault:
    message = f"the rules tell more than {cases} cases apart: too many to look at each"
    return Fault(kind="too much", line=rulebook.routes[0].line, message=message)


def _circles(walk: Walk, bounds: Bounds) -> Iterator[Fault]:
    """Calls that go round for ever, each circle once."""
    seen = set()
    for circle in bounds.circles:
        places = [state for state in circle if place_line(walk.rulebook, state)]
        lines = [place_line(walk.rulebook, state) for state in places]
        if frozenset(lines) not in seen:
            seen.add(frozenset(lines))
            first = lines.index(min(lines))
            names = [place_name(walk.rulebook, state) for state in (*places[first:], *places[: first + 1])]
            message = f"calls go round for ever: {' -> '.join(names)}"
            yield Fault(kind="circle", line=lines[first], message=message, example=example(walk, places[first]))


def _too_long(walk: Walk, bounds: Bounds, limit: float) -> Iterator[Fault]:
    """The longest call, where it is longer than allowed; what never ends is told as a circle."""
    line = max(walk.entries, key=bounds.total, default=None)
    if line is None or not limit < bounds.total(line) < math.inf:
        return
    way = bounds.costliest_way(line)
    worst = max(way, key=bounds.cost)
    message = (
        f"a call may last {bounds.total(line) / 60:.0f} minutes without reaching anybody, {limit / 60:.0f} at most are "
        f"allowed; {bounds.cost(worst) / 60:.0f} of them pass here"
    )
    yield Fault(kind="too long", line=place_line(walk.rulebook, worst), message=message, example=example(walk, way[-1]))


def _handed_over_too_long(rulebook: Rulebook, bounds: Bounds, limit: float) -> Iterator[Fault]:
    """Transfers after which a caller might not reach anybody for longer than allowed."""
    for number, seconds in bounds.transfers.items():
        if limit < seconds < math.inf:
            message = (
                f"who is handed over to {number} may wait {seconds / 60:.0f} minutes without reaching anybody, "
                f"{limit / 60:.0f} at most are allowed"
            )
            yield Fault(kind="too long", line=rulebook.transfers[number].line, message=message)


def _unmanned(walk: Walk, manning: Manning) -> Iterator[Fault]:
    """Routes that ring nobody at some moment when they fit."""
    seen = set()
    for state in walk.after:
        if state.kind != "route" or state.at in seen or not (unmanned := manning.unmanned(state, walk.boxes[state])):
            continue
        seen.add(state.at)
        route = walk.rulebook.routes[int(state.at)]
        # Whoever wrote where the call goes then has thought of it.
        unforeseen = route.otherwise.last_resort
        yield Fault(
            kind="nobody on duty",
            line=route.line,
            message=f"{route.rule} fits when nobody whom it rings or waits for is on duty"
            + (": the call goes straight to the last resort" if unforeseen else ""),
            example=example(walk, state, unmanned.box, unmanned.manager),
            is_warning=not unforeseen,
        )


def _unknown(rulebook: Rulebook, staff: Iterable[Person]) -> Iterator[Fault]:
    """Names in the rules that the directory does not have, and the other way round."""
    known = {person.id for person in staff}
    for name, line in named_people(rulebook).items():
        if name not in known:
            message = f"{name} is not in the directory and is never rung"
            yield Fault(kind="unknown person", line=line, message=message, is_warning=True)
    for person in staff:
        if person.hours and person.hours not in rulebook.hours:
            message = f"{person.id} works by hours {person.hours}, which are not among the hours, and is never rung"
            yield Fault(kind="unknown hours", line=1, message=message, is_warning=True)
