"""Plays a call's script: says what comes of each step, and writes down in a few words what the caller notices."""

from collections.abc import Callable, Iterable

from routing.facts import Facts
from routing.flow import advance, flow
from routing.outcomes import (
    Absence,
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
    Unproved,
)
from routing.rulebook import Rulebook
from routing.speech import Number, Speech, Stock, Words
from routing.steps import Ask, Ending, Promise, Prove, Ring, RingOutside, Say, Step, TakeMessage, Wait

CODES: dict[str, Outcome] = {"right": Proved(), "wrong": Unproved(), "nothing": Silence()}


def story(
    rulebook: Rulebook,
    facts: Facts,
    *,
    keys: Iterable[str] = (),
    codes: Iterable[str] = (),
    answers: Iterable[str] | None = None,
    message: bool = True,
) -> list[str]:
    """What the caller notices, until the call ends. ``answers``: who answers when rung; None: nobody does."""
    pressed, keyed, there = iter(keys), iter(codes), set(answers or ())
    noticed: list[str] = []

    def choose(step: Step) -> Outcome:
        noticed.append(short(step))
        match step:
            case Say():
                return Said()
            case Ask():
                key = next(pressed, "")
                return Pressed(key) if key else Silence()
            case Prove():
                return CODES[next(keyed, "nothing")]
            case Ring(people=people) | Wait(people=people):
                return reached(people, there)
            case RingOutside(number=number):
                return reached((number,), there)
            case Promise():
                return Promised()
            case TakeMessage():
                return MessageLeft(3.0) if message else NothingLeft()

    noticed.append(f"end {play(rulebook, facts, choose)[1].kind}")
    return noticed


def play(rulebook: Rulebook, facts: Facts, choose: Callable[[Step], Outcome]) -> tuple[list[Step], Ending]:
    """All steps and the ending."""
    script, steps = flow(rulebook, facts), []
    at = advance(script)
    while not isinstance(at, Ending):
        steps.append(at)
        at = advance(script, choose(at))
    return steps, at


def reasons(
    rulebook: Rulebook, facts: Facts, choose: Callable[[Step], Outcome]
) -> list[tuple[str, str | None, int | None]]:
    """Every note of a call."""
    steps, ending = play(rulebook, facts, choose)
    return [(note.text, note.rule, note.line) for at in (*steps, ending) for note in at.notes]


def reached(people: tuple[str, ...], there: set[str]) -> Outcome:
    """Whoever is there answers, after the others did not."""
    who = next((person for person in people if person in there), None)
    missed = tuple(Missed(person, Absence.NO_ANSWER) for person in people if person not in there)
    return Talked(person=who, ended_by="caller", missed=missed) if who else Unanswered(missed)


def short(step: Step) -> str:
    """``ring anna boris``, ``say Welcome to Northern Larder.``."""
    match step:
        case Say(speech=speech):
            return f"say {heard(speech)}"
        case Ask(menu=menu, speech=speech):
            return f"ask {menu}" + ("" if speech.language == "en" else f" in {speech.language}")
        case Prove():
            return "ask for code"
        case Ring(people=people):
            return " ".join(("ring", *people))
        case RingOutside(number=number):
            return f"ring {number}"
        case Wait(people=people):
            return " ".join(("wait for", *people))
        case Promise(queue=queue):
            return f"promise a call from {queue}"
        case TakeMessage(box=box):
            return f"message in {box}"


def heard(speech: Speech) -> str:
    words = []
    for piece in speech.pieces:
        match piece:
            case Words(text):
                words.append(text)
            case Number(value):
                words.append(str(value))
            case Stock(name):
                words.append(name.removeprefix("vm-"))
            case _:
                words.append(str(piece))
    return "".join(words)
