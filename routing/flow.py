"""The script of a call, top to bottom, as a telephonist would follow it.

A caller is welcomed on the line that was dialled and goes from place to place: to a menu, to the first route that
fits, to a message box. Each place is a part of the script that yields steps and returns the next place, until the
call has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.call import Call
from routing.calling_back import talk_with
from routing.endings import last_resort, say_goodbye, take_message
from routing.inside import call_inside
from routing.menus import ask
from routing.outgoing import OUTGOING, call_outside
from routing.routes import take_first_fitting, take_named
from routing.rules.menus import Goto
from routing.steps import Ending
from routing.transfers import BACK, INSIDE

if TYPE_CHECKING:
    from routing.call import Script, Way
    from routing.facts import Facts
    from routing.outcomes import Outcome
    from routing.rulebook import Rulebook
    from routing.steps import Step

MOST_PLACES = 2_000
"""More than any call passes by rules that the proof has passed; by others it ends at the last resort even so."""


def flow(rulebook: Rulebook, facts: Facts) -> Script[Ending]:
    """What to do for this caller: yields one step at a time, is sent its outcome, and returns how the call ended.

    The same facts and the same outcomes give the same steps. Every step carries notes: each route passed over with
    the reason (of very many the last ones, and how many others), the one that fitted, everybody who was skipped. An
    outcome that its step cannot have counts as "nobody reached".
    """
    call = Call(rulebook, facts)
    place = yield from _arrive(call)
    for _ in range(MOST_PLACES):
        if isinstance(place, Ending):
            return place
        place = yield from _visit(call, place)
    call.note("the rules go in circles")
    return (yield from last_resort(call))


def advance(script: Script[Ending], outcome: Outcome | None = None) -> Step | Ending:
    """Tell a script the outcome of its last step (None: start it); returns the next step, or how the call ended."""
    try:
        return next(script) if outcome is None else script.send(outcome)
    except StopIteration as end:
        ending: Ending = end.value
        return ending


def _arrive(call: Call) -> Way:
    """Welcome the caller on the line that was dialled, or bring those together who called each other."""
    if call.facts.dialled.startswith(INSIDE):
        return (yield from call_inside(call))
    if call.facts.dialled.startswith(BACK):
        return (yield from talk_with(call))
    if call.facts.dialled.startswith(OUTGOING):
        return (yield from call_outside(call))
    line = call.line
    if line is None:
        call.note(f"{call.facts.dialled} is not one of our lines")
        return Goto(last_resort=True)
    call.note(f"dialled {call.facts.dialled}", line=line.line)
    for text in line.announce:
        yield call.say(text)
    return line.goto


def _visit(call: Call, place: Goto) -> Way:
    """Do what the place asks for; returns the next one."""
    rulebook = call.rulebook
    if place.menu:
        return (yield from ask(call, rulebook.menus[place.menu]))
    if place.route:
        return (yield from take_named(call, place.route))
    if place.message:
        return (yield from take_message(call, rulebook.boxes[place.message]))
    if place.goodbye:
        return (yield from say_goodbye(call, place.goodbye))
    if place.last_resort:
        return (yield from last_resort(call))
    return (yield from take_first_fitting(call, call.route + 1 if place.next_route else 0))
