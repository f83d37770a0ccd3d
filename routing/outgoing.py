"""Calls that our people place outside (T1): who may call whom, and what whoever is called is shown.

To the flow the one who is called is the caller, looked up, found and erased by that number as any other; ``dialled``
names the person who calls (``>mark``), which nobody outside can send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.conditions import calls_from
from routing.endings import say_goodbye
from routing.limits import UNLIMITED
from routing.outcomes import Talked
from routing.outside import is_whole
from routing.steps import Ending, RingOutside
from routing.transfers import named

if TYPE_CHECKING:
    from routing.call import Call, Way
    from routing.facts import Person, PersonId
    from routing.rulebook import Rulebook

OUTGOING = ">"
"""What ``dialled`` begins with; the dialplan writes the number behind it, for telephones that have proved whose they
are."""
RULE = "T1"
RING_SECONDS = 60.0
"""How long somebody outside is rung; the one who calls hangs up earlier, or not."""


def call_outside(call: Call) -> Way:
    """Ring the number for the person who has dialled it, if the rules let the person's role; else say goodbye.

    An emergency number is rung for everybody, and from a telephone at which nobody sits.
    """
    caller = named(call.facts.dialled.removeprefix(OUTGOING), call.facts.staff)
    number = call.facts.caller.number
    if caller:
        call.note(f"{caller.id} calls outside", RULE, person=caller.id)
    if urgent := is_emergency(call.rulebook, call.facts.dialled, number):
        call.note(f"{number} is an emergency number", RULE)
    if number is None or not (urgent or may_call(call.rulebook, caller, number)):
        call.note("the rules let nobody of this role call this number", RULE)
        return (yield from say_goodbye(call))
    outcome = yield RingOutside(
        number=number,
        seconds=RING_SECONDS,
        limits=UNLIMITED if urgent else call.rulebook.outside_limits,
        shown=call.rulebook.outgoing.shown,
        notes=call.notes(),
        rule=RULE,
    )
    return Ending(kind="talk") if isinstance(outcome, Talked) else (yield from say_goodbye(call))


def is_emergency(rulebook: Rulebook, dialled: str, number: str | None) -> bool:
    """Whether somebody of ours calls for help: nothing that takes time or can refuse it may come before."""
    return dialled.startswith(OUTGOING) and number in rulebook.outgoing.emergency


def who_calls(dialled: str) -> PersonId | None:
    """Who of ours has called outside in a call in which this was dialled; None: it is another call."""
    return dialled.removeprefix(OUTGOING) if dialled.startswith(OUTGOING) else None


def may_call(rulebook: Rulebook, person: Person | None, number: str) -> bool:
    """Whether this person may: a whole number, which the list of the person's role has."""
    allowed = rulebook.outgoing.by.get(person.role, ()) if person else ()
    return is_whole(number) and any(calls_from(each, number, {}) for each in allowed)
