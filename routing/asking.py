"""Whom somebody who talks with a caller asks meanwhile, by what was keyed in: whoever a transfer would ring (D11).

A short number's chain is rung link after link, as for a caller who is handed over; a person who is named is rung alone.
Nobody is waited for: the caller waits already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.call import Call
from routing.chains import ring_chain
from routing.learning import department
from routing.outcomes import Absence, Unanswered
from routing.people import absence
from routing.steps import Ring, RingOutside
from routing.transfers import named, way_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from routing.call import Script
    from routing.facts import Facts, Person, PersonId
    from routing.rulebook import Rulebook
    from routing.trail import Entry

RULE = "D11"


def whom_to_ask(
    keyed: str, by: PersonId, rulebook: Rulebook, facts: Facts, entries: Iterable[Entry]
) -> tuple[Ring | RingOutside, ...]:
    """Whom to ring, one step after the other, until somebody answers; none: nobody is meant who is at work.

    ``by``: who asks, and is not rung. ``entries``: the call's trail so far, which tells the department concerned.
    """
    way = way_to(keyed, rulebook, facts.staff, RULE)
    if way is None:
        return ()
    call = Call(rulebook, facts)
    call.told_department = department(rulebook, facts, entries)
    call.tried.add(by)
    return tuple(_in_vain(ring_chain(call, way)))


def why_nobody(keyed: str, rulebook: Rulebook, facts: Facts) -> Absence:
    """Why there is nobody to ring: who is named is not at work, as far as a calendar tells, or nobody is named."""
    call, person = Call(rulebook, facts), named(keyed, facts.staff)
    return (person and absence(person, call.today, call.open)) or Absence.UNREACHABLE


def spoken(keyed: str, rulebook: Rulebook, staff: Iterable[Person]) -> str | None:
    """The digits by which whoever is meant is named to whoever asks, if there are any; None: nobody is meant."""
    if keyed in rulebook.transfers:
        return keyed if keyed.isdecimal() else ""
    person = named(keyed, staff)
    return (person.extension or "") if person else None


def _in_vain(script: Script[bool]) -> Iterator[Ring | RingOutside]:
    """All steps of a chain of which nobody answers."""
    at = next(script, None)
    while isinstance(at, Ring | RingOutside):
        yield at
        try:
            at = script.send(Unanswered(()))
        except StopIteration:
            return
