"""What is kept of a call: its state, for the caller's own channel, and its row's facts and trail, for the register."""

from collections.abc import Iterator
from functools import partial

from bench.micro import books
from bench.micro.runs import in_turn, processor
from bench.results import Result
from routing.outcomes import Absence, Missed, Pressed, Said, Unanswered
from routing.state import State, decode_state, encode_state
from routing.trail import concerned, encode, encode_facts

ROUTES = 20
EARLY = State(rules="0123456789ab", at=books.facts(ROUTES).at, began=books.facts(ROUTES).at, legs=1)
"""The reference call's, while the manager is rung."""
LATE = State(
    rules="0123456789ab",
    at=EARLY.at,
    began=EARLY.at,
    answered=EARLY.at,
    outcomes=(
        *(Said(), Pressed("1"), Said(), Said()),
        Unanswered((Missed("anna", Absence.BUSY), Missed("boris", Absence.NO_ANSWER))),
        Unanswered((Missed("galina", Absence.DECLINED),)),
    ),
    missed=(Missed("olga", Absence.AWAY), Missed("oleg", Absence.BUSY)),
    legs=5,
    sounds=4,
)
"""A call's that has been led a long way."""


def measures(quick: bool) -> Iterator[Result]:
    """The processor's time for writing and reading it, and its size."""
    states = {"first ring": EARLY, "after a long way": LATE}
    writing = {variant: partial(processor, partial(encode_state, state)) for variant, state in states.items()}
    reading = {
        variant: partial(processor, partial(decode_state, encode_state(state))) for variant, state in states.items()
    }
    yield from in_turn("state, writing", "µs", writing, quick)
    yield from in_turn("state, reading", "µs", reading, quick)
    for variant, state in states.items():
        yield Result("state, size", variant, "characters", (len(encode_state(state)),))
    yield from _facts_and_trail(quick)


def _facts_and_trail(quick: bool) -> Iterator[Result]:
    facts = books.facts(ROUTES)
    trail = books.to_the_end(books.rulebook(ROUTES), facts)

    def write() -> int:
        return len(encode_facts(concerned(facts, trail))) + len(encode(trail))

    variant = f"{len(facts.staff)} people"
    yield from in_turn("facts and trail, writing", "µs", {variant: partial(processor, write)}, quick)
    yield Result("facts and trail, size", variant, "bytes", (write(),))
