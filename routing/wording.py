"""Steps, outcomes and endings in plain words: for the story of a call and for `explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from routing.outcomes import (
    CallBackAsked,
    HandedOver,
    LineClosed,
    MessageLeft,
    NothingLeft,
    Outcome,
    Pressed,
    Promised,
    Proved,
    Reached,
    Said,
    Silence,
    Talked,
    Unanswered,
    Unproved,
)
from routing.speech import Number, Piece, Recorded, Speech, Stock, Words
from routing.steps import Ask, Ending, Promise, Prove, Ring, RingOutside, Say, Step, TakeMessage, Wait

if TYPE_CHECKING:
    from routing.line.stages import Overflow
    from routing.outcomes import Missed


def tell_step(step: Step) -> str:
    """What the caller notices of a step: ``ring anna, boris, 20 s each (another key_account_manager)``."""
    match step:
        case Say(speech=speech):
            return f"say {_quote(speech)}"
        case Ask(menu=menu, attempt=attempt, speech=speech):
            return f"ask menu {menu}, try {attempt}: {_quote(speech)}"
        case Prove(attempt=attempt, speech=speech):
            return f"ask for the customer's code, try {attempt}: {_quote(speech)}"
        case Ring(people=people, seconds=seconds, wanted=wanted):
            return f"ring {', '.join(people)}, {seconds:g} s each ({wanted})"
        case RingOutside(number=number, seconds=seconds):
            return f"ring {number} outside, {seconds:g} s"
        case Wait():
            return _tell_wait(step)
        case Promise(queue=queue, speech=speech):
            return f"promise a call from {queue}: {_quote(speech)}"
        case TakeMessage(box=box, speech=speech):
            return f"take a message for box {box}: {_quote(speech)}"
        case _:
            assert_never(step)


def tell_outcome(outcome: Outcome) -> str:
    """What came of a step: ``nobody: anna busy, boris no answer``."""
    match outcome:
        case Said():
            return "said"
        case Pressed(key):
            return f"pressed {key}"
        case Silence():
            return "no key"
        case Proved():
            return "the code was right"
        case Unproved():
            return "the code was wrong"
        case Promised():
            return "promised"
        case Talked() | HandedOver() | Unanswered() | LineClosed() | CallBackAsked():
            return _tell_reached(outcome)
        case MessageLeft(seconds):
            return f"left a message of {seconds:g} s"
        case NothingLeft():
            return "left no message"
        case _:
            assert_never(outcome)


def _tell_reached(outcome: Reached) -> str:
    match outcome:
        case Talked(person=person, ended_by=ended_by, missed=missed):
            return f"talked with {person}, {ended_by} hung up{_list(missed, '; before that ')}"
        case HandedOver(person=person, to=to, missed=missed):
            end = f"handed over to {to}" if to else "dropped out while asking a colleague"
            return f"talked with {person}, who {end}{_list(missed, '; before that ')}"
        case Unanswered(missed):
            return f"nobody{_list(missed, ': ')}"
        case CallBackAsked(missed):
            return f"the caller asked to be called back{_list(missed, '; before that ')}"
        case LineClosed(missed):
            return f"nobody, and the line closed{_list(missed, ': ')}"
        case _:
            assert_never(outcome)


def tell_ending(ending: Ending) -> str:
    """How the call ended."""
    return f"ends with a {ending.kind}"


def _tell_wait(step: Wait) -> str:
    """``wait for operators (oleg, olga), 600 s at most, fewest calls; until 20 s only language (oleg); …``."""
    order = "" if step.order == "longest_idle" else f", {step.order.replace('_', ' ')}"
    stages = [f"until {stage.until:g} s only {stage.wanted} ({', '.join(stage.people)})" for stage in step.first]
    ahead = f", {step.ahead:g} s ahead" if step.ahead else ""
    until = f", until {step.closes:%H:%M}" if step.closes else ""
    people = ", ".join(step.people) or "nobody at work"
    told = f"wait for {step.queue} ({people}), {step.seconds:g} s at most{until}{order}{ahead}"
    return "; ".join((told, *stages, *map(_tell_overflow, step.also), *_tell_call_back(step)))


def _tell_call_back(step: Wait) -> tuple[str, ...]:
    if step.call_back_key is None:
        return ()
    confirmed = ", and is told the number" if step.confirm else ""
    given = f", {step.elsewhere.key} gives another" if step.elsewhere else ""
    return (f"{step.call_back_key} asks for a call{confirmed}{given}",)


def _tell_overflow(overflow: Overflow) -> str:
    limit = f"above {overflow.above:g} callers per person" if overflow.after is None else f"after {overflow.after:g} s"
    return f"{limit} also {overflow.wanted} ({', '.join(overflow.people)})"


def _list(missed: tuple[Missed, ...], before: str) -> str:
    return before + ", ".join(f"{miss.person} {miss.why}" for miss in missed) if missed else ""


def _quote(speech: Speech) -> str:
    return f'"{" ".join(_word(piece).strip() for piece in speech.pieces)}" ({speech.language})'


def _word(piece: Piece) -> str:
    match piece:
        case Words(text):
            return text
        case Stock(name):
            return f"[{name}]"
        case Recorded(file):
            return f"[{file}]"
        case Number(value):
            return str(value)
        case _:
            assert_never(piece)
