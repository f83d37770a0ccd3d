"""Calls from person to person inside the house (T1): who may call whom, by their roles.

Whoever asks a colleague while a caller waits may ask anybody: that is for the caller's sake (D11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.chains import ring_colleague
from routing.endings import say_goodbye
from routing.steps import Ending
from routing.transfers import INSIDE, named

if TYPE_CHECKING:
    from routing.call import Call, Way

RULE = "T1"
ANY = "any"
"""Beside roles and short numbers: everybody, and every short number."""


def call_inside(call: Call) -> Way:
    """Ring whom one of our telephones has dialled, if the rules let the person's role; else say goodbye."""
    keyed = call.facts.dialled.removeprefix(INSIDE)
    if not _may_call(call, keyed):
        call.note(f"the rules let nobody of this role call {keyed} inside the house", RULE)
        return (yield from say_goodbye(call))
    return Ending(kind="talk") if (yield from ring_colleague(call, keyed)) else (yield from say_goodbye(call))


def _may_call(call: Call, keyed: str) -> bool:
    """Without a word in the rules everybody may; from a telephone at which nobody sits, nobody as soon as there is one.

    A short number is allowed by itself, whoever it rings.
    """
    allowed_by_role, facts = call.rulebook.inside, call.facts
    if allowed_by_role is None:
        return True
    if facts.asking:
        call.note("asks a colleague while a caller waits", RULE)
        return True
    caller = named(facts.by or "", facts.staff)
    if caller is None:
        return False
    call.note(f"{caller.id} calls inside the house", RULE, person=caller.id)  # a replay needs the person
    allowed = allowed_by_role.get(caller.role, ())
    return ANY in allowed or _meant(call, keyed) in allowed


def _meant(call: Call, keyed: str) -> str:
    """The short number, else the role of the person who is called."""
    called = None if keyed in call.rulebook.transfers else named(keyed, call.facts.staff)
    return called.role if called else keyed
