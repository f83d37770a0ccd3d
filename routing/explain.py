"""Where would this call go, and why: the script driven by chosen outcomes, without placing a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, assert_never

import msgspec

from routing.flow import advance, flow
from routing.line.reach import everybody
from routing.outcomes import (
    Absence,
    CallBackAsked,
    HandedOver,
    MessageLeft,
    Missed,
    NothingLeft,
    Outcome,
    Pressed,
    Promised,
    Proved,
    Said,
    Silence,
    Talked,
    Unanswered,
)
from routing.steps import Ask, Ending, Note, Promise, Prove, Ring, RingOutside, Say, Step, TakeMessage, Wait
from routing.wording import tell_ending, tell_outcome, tell_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routing.facts import Facts, PersonId
    from routing.rulebook import Rulebook
    from routing.trail import Trail


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an explanation."""

    kind: Literal["reason", "step", "outcome", "end"]
    text: str
    rule: str | None = None
    """The documented rule: ``D4``."""
    line: int | None = None
    """The line of the rule file, from 1."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What is assumed to happen. Everybody who is rung and not absent answers."""

    keys: str = ""
    """Pressed one after another, one for each question; then the caller stays silent."""
    absent: Mapping[str, Absence] = {}
    """Whoever does not answer, people and outside numbers, and why."""
    knows_code: bool = False
    """Whether the caller keys in the right code when asked; else nothing is keyed in."""
    leaves_message: bool = True
    wants_call: bool = False
    """Whether the caller asks to be called back where that is offered."""
    hands_over: Mapping[PersonId, str] = {}
    """Whoever answers and then hands over, once each, and to whom: what is keyed in at the telephone."""


EVERYBODY_ANSWERS = Chosen()


def explain(rulebook: Rulebook, facts: Facts, chosen: Chosen = EVERYBODY_ANSWERS) -> tuple[Told, ...]:
    """The call's path: each reason with its rule and line, each step, and what is assumed to come of it."""
    script, keys, hands_over = flow(rulebook, facts), iter(chosen.keys), dict(chosen.hands_over)
    told: list[Told] = []
    at = advance(script)
    while not isinstance(at, Ending):
        outcome = _choose(at, chosen, keys, hands_over)
        told += _reasons(at.notes)
        told.append(Told(kind="step", text=tell_step(at), rule=at.rule))
        told.append(Told(kind="outcome", text=tell_outcome(outcome)))
        at = advance(script, outcome)
    return (*told, *_reasons(at.notes), _end(at))


def retell(trail: Trail) -> tuple[Told, ...]:
    """What happened in a call, as its trail has it, told like an explanation."""
    told: list[Told] = []
    for entry in trail.entries:
        outcome = tell_outcome(entry.outcome) if entry.outcome else "the caller left"
        told += _reasons(entry.step.notes)
        told.append(Told(kind="step", text=tell_step(entry.step), rule=entry.step.rule))
        told.append(Told(kind="outcome", text=outcome))
    ending = trail.ending
    return (*told, *(_reasons(ending.notes) if ending else ()), *([_end(ending)] if ending else ()))


def _end(ending: Ending) -> Told:
    return Told(kind="end", text=tell_ending(ending))


def _reasons(notes: tuple[Note, ...]) -> list[Told]:
    return [Told(kind="reason", text=note.text, rule=note.rule, line=note.line) for note in notes]


def _choose(step: Step, chosen: Chosen, keys: Iterator[str], hands_over: dict[PersonId, str]) -> Outcome:
    match step:
        case Say():
            return Said()
        case Ask():
            key = next(keys, None)
            return Pressed(key) if key else Silence()
        case Prove():
            return Proved() if chosen.knows_code else Silence()
        case Ring(people=people):
            return _try(people, chosen.absent, hands_over)
        case Wait() if chosen.wants_call and step.call_back_key:
            return CallBackAsked()
        case Wait():
            return _try(everybody(step), chosen.absent, hands_over)
        case RingOutside(number=number):
            return _try((number,), chosen.absent, {})
        case Promise():
            return Promised()
        case TakeMessage():
            return MessageLeft(10.0) if chosen.leaves_message else NothingLeft()
        case _:
            assert_never(step)


def _try(people: tuple[PersonId, ...], absent: Mapping[str, Absence], hands_over: dict[PersonId, str]) -> Outcome:
    missed: list[Missed] = []
    for person in people:
        if person not in absent and person in hands_over:
            return HandedOver(person=person, to=hands_over.pop(person), missed=tuple(missed))
        if person not in absent:
            return Talked(person=person, ended_by="caller", missed=tuple(missed))
        missed.append(Missed(person, absent[person]))
    return Unanswered(tuple(missed))
