"""What the proof says of generated rules is true of every generated call by these rules."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.facts import Caller, Customer, Debt, Facts, Person
from routing.outcomes import (
    MessageLeft,
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
from routing.proof import prove
from routing.proof.timing import CODE_DIGITS, speech_seconds
from routing.rulebook import Rulebook
from routing.rules.chains import Another, AssignedManager, Group, Head, Link, Named, Outside
from routing.rules.company import Hours, Members, Span
from routing.rules.menus import Choice, Goto, Line, Menu
from routing.rules.queues import WaitFor
from routing.rules.routes import Box, Condition, LastResort, Route
from routing.steps import Ask, Ending, Note, Promise, Prove, Ring, RingOutside, Say, Step, TakeMessage, Wait
from routing.trail import replay
from tests.form import lasting
from tests.unit.playing import play
from tests.unit.rulebooks import MOSCOW, TODAY, sample, text, week

INTENTS, DEPARTMENTS, SORTS, ROLES = (
    ("order", "other"),
    ("retail", "wholesale"),
    ("key", "market"),
    ("operator", "head"),
)
HOURS = {
    "day": Hours(name="day", week=week((Span(8 * 60, 16 * 60),))),
    "late": Hours(name="late", week=week((Span(12 * 60, 20 * 60),), (Span(0, 24 * 60),))),
}
MENUS, ROUTES, PEOPLE = ("m0", "m1"), ("r0", "r1", "r2", "r3"), ("p0", "p1", "p2", "p3")
LINES = ("+71", "+72", "any")


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


gotos = st.one_of(
    st.just(Goto()),
    st.just(Goto(next_route=True)),
    st.just(Goto(last_resort=True)),
    st.just(Goto(message="box")),
    st.just(Goto(goodbye="moved")),
    st.builds(Goto, menu=st.sampled_from(MENUS)),
    st.builds(Goto, route=st.sampled_from(ROUTES)),
)
ends = st.sampled_from([Goto(message="box"), Goto(goodbye="moved"), Goto(last_resort=True)])
choices = st.builds(
    Choice,
    intent=maybe(st.sampled_from(INTENTS)),
    department=maybe(st.sampled_from(DEPARTMENTS)),
    language=maybe(st.sampled_from(("en", "ru"))),
    goto=gotos,
    line=st.just(1),
)
conditions = st.builds(
    Condition,
    customer=maybe(some(*SORTS, "new", "known", "unknown")),
    manager=maybe(st.sampled_from(("assigned", "none"))),
    department=maybe(some(*DEPARTMENTS, "none")),
    debt=maybe(some("none", "overdue", "over_limit")),
    intent=maybe(some(*INTENTS, "none")),
    dialled=maybe(some(*LINES)),
    language=maybe(some("en", "ru")),
    open=maybe(some(*HOURS)),
    closed=maybe(some(*HOURS)),
    caller=maybe(some("+79*", "+791*", "+7912", "withheld", "list")),
)
# A route that asks much is hardly ever taken: most ask little.
whens = (
    st.just(Condition()) | conditions | st.builds(Condition, customer=some(*SORTS, "new"), intent=maybe(some(*INTENTS)))
)
persons = st.one_of(
    st.just(AssignedManager()),
    st.builds(Another, role=st.sampled_from(ROLES)),
    st.builds(Head, department=maybe(st.sampled_from(DEPARTMENTS))),
    st.just(Group("all")),
    st.builds(Named, person=st.sampled_from(PEOPLE)),
    st.just(Outside("+7")),
)
seconds = st.integers(1, 60)
links = st.builds(Link, who=persons, seconds=seconds, text=st.just("x"), line=st.just(1))
waits = st.builds(WaitFor, group=st.just("all"), seconds=seconds, offer_seconds=st.integers(1, 9))
staffs = st.tuples(
    *(
        st.builds(
            Person,
            id=st.just(name),
            name=st.just(name),
            role=st.sampled_from(ROLES),
            departments=maybe(st.sampled_from(DEPARTMENTS)).map(lambda of: (of,) if of else ()),
            hours=maybe(st.sampled_from((*HOURS, "gone"))),
        )
        for name in PEOPLE
    )
)


@st.composite
def routes(draw: st.DrawFn) -> tuple[Route, ...]:
    return tuple(
        Route(
            rule=name,
            name=name,
            when=draw(whens),
            tell=draw(st.sampled_from([(), (text("told"),)])),
            tell_debt=draw(st.booleans()),
            chain=tuple(draw(st.lists(links, max_size=3))),
            wait=draw(maybe(waits)),
            otherwise=draw(ends | gotos | ends),
            line=line,
        )
        for line, name in enumerate(ROUTES, 10)
    )


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    return sample(
        customers=SORTS,
        departments=DEPARTMENTS,
        roles=ROLES,
        intents=INTENTS,
        hours=HOURS,
        callers={"list": ("+7911", "+80*")},
        groups={"all": Members(name="all", role=draw(st.sampled_from(ROLES)), people=("p0",), line=2)},
        lines={
            number: Line(
                number=number,
                announce=draw(st.sampled_from([(), (text("hello"),)])),
                language=draw(maybe(st.sampled_from(("en", "ru")))),
                department=draw(maybe(st.sampled_from(DEPARTMENTS))),
                intent=draw(maybe(st.sampled_from(INTENTS))),
                goto=draw(gotos),
                line=1,
            )
            for number in LINES
        },
        menus={
            name: Menu(
                name=name,
                say=text("which"),
                keys=draw(st.dictionaries(st.sampled_from("12"), choices)),
                seconds=draw(seconds),
                tries=draw(st.integers(1, 3)),
                wrong_key=draw(maybe(st.just(text("wrong")))),
                otherwise=draw(choices),
                line=20 + place,
            )
            for place, name in enumerate(MENUS)
        },
        routes=draw(routes()),
        boxes={"box": Box(name="box", announce=text("speak"), seconds=draw(seconds), thanks=text("thanks"), line=30)},
        last_resort=LastResort(goto=draw(ends), line=40),
    )


ONE, TWO = Decimal(1), Decimal(2)
debts = st.sampled_from(
    [Debt(), Debt(overdue=ONE), Debt(balance=TWO, limit=ONE), Debt(overdue=ONE, balance=TWO, limit=ONE)]
)
customers = st.builds(
    Customer,
    id=st.just("c"),
    name=st.just("C"),
    type=st.sampled_from(SORTS),
    manager=maybe(st.sampled_from(PEOPLE)),
    department=maybe(st.sampled_from(DEPARTMENTS)),
    debt=debts,
    language=maybe(st.sampled_from(("en", "ru"))),
    code=maybe(st.just("1")),
)
moments = st.datetimes(dt.datetime(2026, 11, 23), dt.datetime(2026, 12, 7), timezones=st.just(MOSCOW))  # noqa: DTZ001
numbers = st.sampled_from(("+7912", "+79120", "+7911", "+790", "+80", "+1", "0"))


@st.composite
def calls(draw: st.DrawFn, staff: tuple[Person, ...]) -> Facts:
    customer = draw(maybe(customers))
    # Without a number nobody is found in the directory.
    number = draw(numbers if customer else maybe(numbers))
    return Facts(
        call="1",
        at=draw(moments),
        dialled=draw(st.sampled_from((*LINES[:2], "+73"))),
        caller=Caller(number=number, customer=customer),
        staff=staff,
    )


def duration(step: Step) -> float:
    """The longest that a step lasts."""
    match step:
        case Say(speech=speech) | Promise(speech=speech):
            return speech_seconds(speech)
        case Ask(speech=speech, seconds=wait) | TakeMessage(speech=speech, seconds=wait):
            return speech_seconds(speech) + wait
        case Prove(speech=speech, seconds=wait):
            return speech_seconds(speech) + wait * CODE_DIGITS
        case Ring(people=people, seconds=wait):
            return len(people) * wait
        case RingOutside(seconds=wait):
            return wait
        case Wait(seconds=wait, offer_seconds=offer):
            return wait + offer


POSSIBLE: dict[type[Step], list[Outcome]] = {
    Say: [Said()],
    Promise: [Promised()],
    Ask: [Pressed("1"), Pressed("2"), Pressed("3"), Silence()],
    Prove: [Proved(), Unproved(), Silence()],
    TakeMessage: [MessageLeft(1.0), NothingLeft()],
}


def choose(step: Step, number: int) -> Outcome:
    """One of the step's outcomes; people are seldom reached, since the proof is about those who reach nobody."""
    if type(step) in POSSIBLE:
        outcomes = POSSIBLE[type(step)]
        return outcomes[number % len(outcomes)]
    if number % 12:
        return Unanswered(())
    return Talked(person=step.people[0] if isinstance(step, Ring | Wait) else "+7", ended_by="caller")


def unmanned(rulebook: Rulebook, path: list[Step | Ending]) -> set[str]:
    """The routes that a call took and that had nobody to ring, but for those who had been rung before."""
    events: list[Note | Step | Ending] = [event for at in path for event in (*at.notes, at)]
    found = set()
    for place, event in enumerate(events):
        if isinstance(event, Note) and event.rule and event.text.startswith(("fits", "straight to")):
            before, rung = until_rung(events[place + 1 :], event.rule)
            if not rung and not any(isinstance(each, Note) and "already tried" in each.text for each in before):
                found.add(event.rule)
    return found & {route.rule for route in rulebook.routes if route.chain or route.wait}


def until_rung(events: list[Note | Step | Ending], rule: str) -> tuple[list[Note | Step | Ending], bool]:
    """What a route tells and whom it skips before it rings somebody, and whether it does."""
    before = list(itertools.takewhile(lambda event: tells_or_skips(event, rule), events))
    return before, isinstance(events[len(before)], Ring | RingOutside | Wait)


def tells_or_skips(event: Note | Step | Ending, rule: str) -> bool:
    if isinstance(event, Note):
        return event.rule == rule and ": " in event.text and not event.text.startswith("passed over")
    return isinstance(event, Say | Prove) and event.rule == rule


draws = st.lists(st.integers(0, 120), min_size=1, max_size=20)


@settings(
    max_examples=lasting(40, 100),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
)
@given(
    rulebook=rulebooks(), staff=staffs, data=st.data(), numbers=st.lists(st.integers(0, 120), min_size=1, max_size=20)
)
def test_a_call_goes_as_the_proof_says(
    rulebook: Rulebook, staff: tuple[Person, ...], data: st.DataObject, numbers: list[int]
) -> None:
    call = data.draw(calls(staff))
    outcomes: list[Outcome] = []

    def next_outcome(step: Step) -> Outcome:
        outcomes.append(choose(step, numbers[len(outcomes) % len(numbers)]))
        return outcomes[-1]

    steps, ending = play(rulebook, call, next_outcome)
    proof = prove(rulebook, staff, today=TODAY)
    faults = {(fault.kind, fault.line) for fault in proof.faults}
    texts = [note.text for at in (*steps, ending) for note in at.notes]
    lines = {note.line for at in (*steps, ending) for note in at.notes if not note.text.startswith("passed over")}

    if "circle" not in {kind for kind, _ in faults}:
        assert "the rules go in circles" not in texts
        assert sum(map(duration, steps)) <= proof.longest_seconds + 0.001
    assert not {line for kind, line in faults if kind in {"never taken", "never used"}} & lines
    assert unmanned(rulebook, [*steps, ending]) <= {
        route.rule for route in rulebook.routes if ("nobody on duty", route.line) in faults
    }
    again = replay(rulebook, call, outcomes)
    assert [entry.step for entry in again.entries] == steps
    assert again.at == ending
