"""Calling back whoever asked for it while waiting in line, and kept the place: who may be, when, and what then.

The caller presses a key and is promised a call; whoever is free when the caller's turn comes is rung first, then the
caller, and both are joined. What the call then is to the flow begins with the one who is there already: ``dialled``
names the person (``<anna``), which only the engine can write.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec

from routing.call import Call
from routing.chains import bring
from routing.hours import is_open
from routing.placing import place_in_line
from routing.rules.menus import Goto
from routing.rules.queues import Queue
from routing.speech import digit_by_digit
from routing.steps import Ending, Ring
from routing.texts import choose_language, speech
from routing.transfers import BACK, PERSON_SECONDS, way_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.call import Way
    from routing.facts import Facts, Person
    from routing.rulebook import Rulebook
    from routing.rules.queues import CallBack
    from routing.speech import Speech
    from routing.steps import Wait

STANDS_SECONDS = 600.0
"""For so long one stands in line; then it is looked at anew who is at work. The place stays the same."""
WANTED = "call-back"
"""Whom the caller is brought to, and by which rule, in trails and statistics."""


def next_try(terms: CallBack, attempts: Sequence[dt.datetime], since: dt.datetime) -> dt.datetime | None:
    """From when on the caller is called (again), who asked for it at ``since``; None: never, somebody must see to it.

    ``attempts``: when the caller was rung in vain, in that order.
    """
    if len(attempts) >= terms.tries:
        return None
    return attempts[-1] + dt.timedelta(seconds=terms.pause) if attempts else since


def place(rulebook: Rulebook, facts: Facts, group: str, rule: str | None) -> Wait | None:
    """How the caller stands in the line of this group now, for whom it was promised by this rule.

    None: not now, as it is closed, or nobody is at work.
    """
    closing = rulebook.queues.get(group, Queue()).closing
    if closing and not is_open(rulebook, closing.hours, facts.at):
        return None
    waits = [(route, route.wait) for route in rulebook.routes if route.wait and route.wait.group == group]
    waits.sort(key=lambda each: each[0].rule != rule)
    step = place_in_line(Call(rulebook, facts), *waits[0]) if waits else None
    if step is None:
        return None
    order = "longest_idle" if step.order == "ring_all" else step.order  # one telephone is enough to be called from
    return msgspec.structs.replace(
        step, seconds=STANDS_SECONDS, order=order, announce=None, call_back_key=None, confirm=None, elsewhere=None
    )


def told(rulebook: Rulebook, terms: CallBack, person: Person | None, number: str) -> Speech:
    """What the person hears who is to talk; the number digit by digit."""
    language = choose_language(rulebook.company, *(person.languages if person else ()))
    return speech(terms.tell, rulebook.company, language, {"number": digit_by_digit(number)})


def talk_with(call: Call) -> Way:
    """The caller is on the line again: bring the person, who was rung before. If that fails: the last resort (T4)."""
    person = call.facts.dialled.removeprefix(BACK)
    call.note(f"called back by {person}")
    way = way_to(person, call.rulebook, call.facts.staff, WANTED)
    if way is None:
        call.note(f"{person} is nobody of ours")
        return Goto(last_resort=True)
    ring = Ring(people=(person,), seconds=PERSON_SECONDS, wanted=WANTED, notes=call.notes(), rule=way.rule)
    return Ending(kind="talk") if (yield from bring(call, way, ring)) else Goto(last_resort=True)
