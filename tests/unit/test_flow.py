"""What the flow does beyond the documented rules: its reasons, goodbyes, jumps, and rules that are wrong."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from routing.facts import Debt, Facts
from routing.outcomes import LineClosed, MessageLeft, Outcome, Pressed, Silence, Unanswered
from routing.rulebook import Rulebook
from routing.rules.chains import Another, AssignedManager, Group, Head, Named, Outside
from routing.rules.menus import Choice, Goto
from routing.rules.queues import Closing, Help, LineTalk, Preference, Queue, WaitFor
from routing.rules.routes import DebtTalk, LastResort
from routing.rules.texts import Blank
from routing.speech import Gap, Number, Pieces, Recorded, Speech, Stock, Words
from routing.steps import Announcement, Ask, Step, Wait
from routing.texts import speech
from routing.wording import tell_outcome
from tests.unit.playing import play, reasons, short, story
from tests.unit.rulebooks import (
    COMPLAINTS,
    MENU,
    NIGHT,
    NOON,
    OFFICE_BOX,
    OPERATORS,
    RUSSIAN,
    facts,
    key_customer,
    link,
    route,
    sample,
    text,
    with_routes,
)

BOX = ["message in office", "say thanks", "say goodbye", "end message"]
LAST = ["say nobody free", *BOX]


def nobody(step: object) -> Outcome:
    return Silence() if isinstance(step, Ask) else Unanswered(())


def closed_while_waiting(step: Step) -> Outcome:
    return LineClosed(()) if isinstance(step, Wait) else MessageLeft(3.0)


def test_each_step_carries_the_reasons_since_the_step_before() -> None:
    steps, ending = play(sample(), facts(key_customer(), at=NIGHT, dialled=COMPLAINTS), nobody)
    assert [[note.text for note in step.notes] for step in steps] == [
        ["dialled +74950000002"],
        [
            "straight to complaints",
            "anna: outside working hours",
            "galina: outside working hours",
            "last resort",
        ],
        [],
        [],
    ]
    assert ending.notes == ()


def test_reasons_name_rule_and_line() -> None:
    pressed = {"main": Pressed("1")}
    found = reasons(sample(), facts(key_customer()), lambda step: pressed.get(getattr(step, "menu", ""), nobody(step)))
    assert found == [
        ("dialled +74950000001", None, 36),
        ("pressed 1 in menu main", None, 51),
        ("passed over: office open now", "T7", 71),
        ("passed over: intent is order, not other or complaint", "T7", 76),
        ("passed over: debt is none, not overdue or over_limit", "D6", 80),
        ("fits", "D4", 85),
        ("anna: already tried", "D4", 90),
        ("last resort", None, 106),
    ]


def test_steps_of_a_route_name_its_rule() -> None:
    steps, _ = play(sample(), facts(key_customer()), nobody)
    assert [step.rule for step in steps] == [None, None, None, None, "D4", "D4", "D4", None, None, None]


def wait_of(rulebook: Rulebook, given: Facts) -> Wait:
    """The first step by these rules, which is waiting."""
    step = play(rulebook, given, nobody)[0][0]
    assert isinstance(step, Wait)
    return step


def prefers(*preferences: Preference) -> Rulebook:
    """Rules by which everybody waits for an operator, and some are offered first."""
    return with_routes(route("R", 7, wait=msgspec.structs.replace(OPERATORS, first=preferences)))


def preference(seconds: float, *who: AssignedManager | Group | Named, speaks: bool = False) -> Preference:
    return Preference(who=who, speaks=speaks, seconds=seconds, text="x")


PREFERRED: dict[str, tuple[Rulebook, Facts, list[tuple[float, tuple[str, ...]]]]] = {
    "whoever speaks the language": (
        prefers(preference(20, speaks=True)),
        facts(),
        [(20, ("olga",))],
    ),
    "each stage adds to the one before, and lasts so much longer": (
        prefers(preference(20, speaks=True), preference(30, Named("anna"))),
        facts(),
        [(20, ("olga",)), (50, ("anna", "olga"))],
    ),
    "the manager, who is none of the group": (
        prefers(preference(20, AssignedManager())),
        facts(key_customer()),
        [(20, ("anna",))],
    ),
    "all that is asked for at once": (
        prefers(preference(20, Named("oleg"), Group("operators"), speaks=True), preference(30, Named("oleg"))),
        facts(key_customer(language="ru")),
        [(20, ("oleg",)), (50, ("oleg",))],
    ),
    "nobody is what is asked for": (prefers(preference(20, Named("oleg"), speaks=True)), facts(), []),
    "who is not at work is not waited for": (prefers(preference(20, Named("farid"))), facts(at=NIGHT), []),
}


@pytest.mark.parametrize(("rulebook", "given", "stages"), PREFERRED.values(), ids=PREFERRED.keys())
def test_who_is_offered_first(rulebook: Rulebook, given: Facts, stages: list[tuple[float, tuple[str, ...]]]) -> None:
    step = wait_of(rulebook, given)
    assert step.people == ("oleg", "olga")
    assert [(stage.until, stage.people) for stage in step.first] == stages


def test_that_nobody_is_preferred_is_told() -> None:
    step = wait_of(prefers(preference(20, Named("farid"))), facts(at=NIGHT))
    assert ("x: nobody is at work", 7) in [(note.text, note.line) for note in step.notes]


def served(wait: WaitFor, **queue: Any) -> Rulebook:
    return with_routes(route("R", 7, wait=wait), queues={wait.group: Queue(**queue)})


def test_a_line_is_served_as_the_rules_say() -> None:
    ahead = msgspec.structs.replace(OPERATORS, ahead=300)
    step = wait_of(served(ahead, order="round_robin"), facts())
    assert (step.order, step.ahead) == ("round_robin", 300)


LINE_TALK = LineTalk(
    every=45,
    place=dict.fromkeys(("en", "ru", "fa"), (Blank("company"), Words(": number "), Blank("place"), Words("."))),
    wait=dict.fromkeys(("en", "ru", "fa"), (Blank("minutes"), Words(" minutes"))),
)


@pytest.mark.parametrize(
    ("talk", "place", "wait"),
    [
        (LINE_TALK, (Words("Northern Larder: number "), Gap(), Words(".")), (Gap(), Words(" minutes"))),
        (msgspec.structs.replace(LINE_TALK, place=None), (), (Gap(), Words(" minutes"))),
    ],
)
def test_what_is_told_in_line_is_in_the_callers_language_with_gaps(talk: LineTalk, place: Pieces, wait: Pieces) -> None:
    step = wait_of(served(OPERATORS, announce=talk), facts())
    assert step.announce == Announcement(every=45, language="en", place=place, wait=wait)


FARID, HEAD = Help(who=Named("farid"), after=60, text="farid"), Help(who=Head(None), above=3, text="x")


def test_who_helps_out_is_told_with_the_limit() -> None:
    step = wait_of(served(OPERATORS, also=(FARID, HEAD)), facts(key_customer()))
    assert [(each.people, each.after, each.above) for each in step.also] == [
        (("farid",), 60, None),
        (("galina",), None, 3),
    ]


def test_who_helps_out_and_is_not_at_work_is_told() -> None:
    step = wait_of(served(OPERATORS, also=(FARID,)), facts(at=NIGHT))
    assert step.also == ()
    assert ("farid: nobody is at work", 7) in [(note.text, note.line) for note in step.notes]


def test_with_nobody_of_the_group_at_work_those_who_help_out_are_waited_for() -> None:
    night = Help(who=Group("operators"), after=60, text="operators")
    step = wait_of(served(WaitFor(group="finance", seconds=9, offer_seconds=3), also=(night,)), facts(at=NIGHT))
    assert (step.people, [each.people for each in step.also]) == ((), [("oleg", "olga")])


CLOSING = {"closing": Closing(hours="office", tell=text("closed now"))}


@pytest.mark.parametrize(
    ("at", "closes"),
    [(NOON, "2026-11-24T18:00:00+03:00"), (NOON + dt.timedelta(hours=5, minutes=59), "2026-11-24T18:00:00+03:00")],
)
def test_a_line_closes_with_its_hours(at: dt.datetime, closes: str) -> None:
    assert wait_of(served(OPERATORS, **CLOSING), facts(at=at)).closes == dt.datetime.fromisoformat(closes)


def test_who_waits_when_the_line_closes_is_told_and_goes_on() -> None:
    steps, ending = play(served(OPERATORS, **CLOSING), facts(), closed_while_waiting)
    assert [*map(short, steps), ending.kind] == ["wait for oleg olga", "say closed now", *LAST[:-1], "message"]
    assert tell_outcome(closed_while_waiting(steps[0])) == "nobody, and the line closed"
    assert ("the line closes with office", 7) in [(note.text, note.line) for note in steps[1].notes]


def test_who_comes_when_the_line_is_closed_is_told_and_does_not_wait() -> None:
    assert story(served(OPERATORS, **CLOSING), facts(at=NIGHT)) == ["say closed now", *LAST]


def test_that_a_line_closes_which_never_does_is_no_reason_to_keep_silent() -> None:
    steps, _ = play(served(OPERATORS), facts(), closed_while_waiting)
    assert [*map(short, steps)] == ["wait for oleg olga", *LAST[:-1]]


REASONS: dict[str, tuple[Rulebook, Facts, list[tuple[str, str | None, int | None]]]] = {
    "a link that means nobody": (
        with_routes(route("R", 7, link(Named("zoe"), line=8), otherwise=OFFICE_BOX)),
        facts(),
        [("zoe: there is nobody", "R", 8)],
    ),
    "a group that nobody is at work of": (
        with_routes(route("R", 7, wait=WaitFor(group="finance", seconds=9, offer_seconds=3), otherwise=OFFICE_BOX)),
        facts(at=NIGHT),
        [("farid: outside working hours", "R", 7), ("finance: nobody is at work", "R", 7)],
    ),
    "no route fits": (
        with_routes(route("R", 7, when={"customer": ("known",)})),
        facts(),
        [
            ("passed over: customer is unknown and new, not known", "R", 7),
            ("no route fits", None, None),
            ("last resort", None, 106),
        ],
    ),
    "a wrong key, and none": (
        with_routes(route("R", 7, otherwise=OFFICE_BOX)),
        facts(dialled=RUSSIAN),
        [
            ("dialled +74950000003", None, 38),
            ("7 is no key of menu main", None, 45),
            ("nothing was chosen in menu main", None, 59),
            ("fits", "R", 7),
        ],
    ),
}


@pytest.mark.parametrize(("rulebook", "call", "expected"), REASONS.values(), ids=REASONS.keys())
def test_reason(rulebook: Rulebook, call: Facts, expected: list[tuple[str, str | None, int | None]]) -> None:
    def choose(step: Step) -> Outcome:
        return Pressed("7") if isinstance(step, Ask) and step.attempt == 1 else nobody(step)

    assert reasons(rulebook, call, choose)[-len(expected) :] == expected


JUMPS: dict[str, tuple[Rulebook, dict[str, Any], list[str]]] = {
    "a number outside, each one once": (
        with_routes(route("R", 7, link(Outside("+74951112233")), link(Outside("+74951112233")), otherwise=OFFICE_BOX)),
        {},
        ["ring +74951112233", *BOX],
    ),
    "a number outside answers": (
        with_routes(route("R", 7, link(Outside("+74951112233")), otherwise=OFFICE_BOX)),
        {"answers": ["+74951112233"]},
        ["ring +74951112233", "end talk"],
    ),
    "on to the next route that fits, with those not tried yet": (
        with_routes(
            route("A", 7, link(Group("finance")), otherwise=Goto(next_route=True)),
            route("B", 8, when={"customer": ("known",)}),
            route("C", 9, link(Named("farid")), link(Another("head")), otherwise=OFFICE_BOX),
        ),
        {},
        ["ring farid", "ring galina irina", *BOX],
    ),
    "on to a named route, whatever its conditions": (
        with_routes(
            route("A", 7, otherwise=Goto(route="known")),
            route("B", 8, link(Named("farid")), name="known", when={"customer": ("known",)}, otherwise=OFFICE_BOX),
        ),
        {},
        ["ring farid", *BOX],
    ),
    "on below a named route": (
        with_routes(
            route("A", 7, otherwise=Goto(route="b")),
            route("B", 8, name="b", otherwise=Goto(next_route=True)),
            route("C", 9, otherwise=OFFICE_BOX),
        ),
        {},
        BOX,
    ),
    "a goodbye of its own, then the goodbye": (
        with_routes(route("R", 7, otherwise=Goto(goodbye="moved"))),
        {},
        ["say we moved", "say goodbye", "end goodbye"],
    ),
    "the goodbye is said once": (
        with_routes(route("R", 7, otherwise=Goto(goodbye="goodbye"))),
        {},
        ["say goodbye", "end goodbye"],
    ),
    "a last resort that only says goodbye": (
        with_routes(last_resort=LastResort(announce=(text("sorry"),), goto=Goto(goodbye="moved"), line=1)),
        {},
        ["say sorry", "say we moved", "say goodbye", "end goodbye"],
    ),
    "a last resort that leads on ends all the same": (
        with_routes(last_resort=LastResort(goto=Goto(menu="main"), line=1)),
        {},
        ["say goodbye", "end goodbye"],
    ),
    "several texts are told": (
        with_routes(route("R", 7, tell=(text("one"), text("two")), otherwise=OFFICE_BOX)),
        {},
        ["say one", "say two", *BOX],
    ),
    "whoever was rung is waited for as well": (
        with_routes(route("R", 7, link(Group("operators")), wait=OPERATORS, otherwise=OFFICE_BOX)),
        {},
        ["ring oleg olga", "wait for oleg olga", *BOX],
    ),
    "a debt is told to nobody who has none": (
        with_routes(route("R", 7, tell_debt=True, otherwise=OFFICE_BOX)),
        {},
        BOX,
    ),
    "rules that go in circles end at the last resort": (
        with_routes(route("R", 7, otherwise=Goto())),
        {},
        LAST,
    ),
    "rules that go in circles through a menu as well": (
        with_routes(
            route("R", 7, when={"intent": ("operator",)}, otherwise=Goto(menu="main")),
            route("S", 8, otherwise=Goto(menu="main")),
        ),
        {},
        ["ask main", "ask main", "ask main", *LAST],
    ),
}


@pytest.mark.parametrize(("rulebook", "happens", "noticed"), JUMPS.values(), ids=JUMPS.keys())
def test_where_the_call_goes(rulebook: Rulebook, happens: dict[str, Any], noticed: list[str]) -> None:
    assert story(rulebook, facts(), **happens) == noticed


def test_a_menu_without_a_word_for_wrong_keys_asks_again() -> None:
    menu = msgspec.structs.replace(MENU, wrong_key=None)
    rulebook = with_routes(route("R", 7, otherwise=OFFICE_BOX), menus={"main": menu})
    assert story(rulebook, facts(dialled=RUSSIAN), keys="71") == ["ask main", "ask main", *BOX]


def test_a_key_tells_department_and_intent_and_where_to_go() -> None:
    menu = msgspec.structs.replace(
        MENU, keys={"1": Choice(intent="order", department="retail", goto=Goto(message="office"), line=1)}
    )
    assert story(with_routes(menus={"main": menu}), facts(dialled=RUSSIAN), keys="1") == ["ask main", *BOX]


def test_what_the_caller_chooses_comes_before_the_customers_own_department() -> None:
    menu = msgspec.structs.replace(MENU, keys={"1": Choice(department="retail", line=1)})
    rulebook = with_routes(route("D19", 7, link(Head(None)), otherwise=OFFICE_BOX), menus={"main": menu})
    assert story(rulebook, facts(key_customer(), dialled=RUSSIAN), keys="1") == ["ask main", "ring irina", *BOX]


DEBT_TALKS: dict[str, tuple[Callable[[DebtTalk], DebtTalk | None], list[str]]] = {
    "no words for debts: nothing is told": (lambda talk: None, []),
    "no question for the code: only the notice": (
        lambda talk: msgspec.structs.replace(talk, ask_code=None),
        ["say a matter to settle"],
    ),
    "no words for this kind of debt": (
        lambda talk: msgspec.structs.replace(talk, amounts={}),
        ["say a matter to settle", "ask for code", "say no match", "ask for code"],
    ),
    "no words for a wrong code": (
        lambda talk: msgspec.structs.replace(talk, wrong_code=None),
        ["say a matter to settle", "ask for code", "ask for code", "say 0 overdue"],
    ),
}


@pytest.mark.parametrize(("change", "noticed"), DEBT_TALKS.values(), ids=DEBT_TALKS.keys())
def test_telling_a_debt(change: Callable[[DebtTalk], DebtTalk | None], noticed: list[str]) -> None:
    talk = sample().debt
    assert talk
    rulebook = with_routes(route("D5", 7, tell_debt=True, otherwise=OFFICE_BOX), debt=change(talk))
    customer = key_customer(debt=Debt(overdue=Decimal("0.4")), code="1")
    assert story(rulebook, facts(customer), codes=["wrong", "right"])[: -len(BOX)] == noticed


def test_words_that_follow_words_are_spoken_in_one_go() -> None:
    company = sample().company
    parts = (Words("Welcome to "), Blank("company"), Words("."), Stock("beep"), Words("Now."), Recorded("a.wav"))
    assert speech({"en": parts}, company, "en", {}) == Speech(
        "en", (Words("Welcome to Northern Larder."), Stock("beep"), Words("Now."), Recorded("a.wav"))
    )


def test_an_amount_stays_unspoken_where_it_has_no_business() -> None:
    company = sample().company
    assert speech({"en": (Words("You owe "), Blank("overdue"))}, company, "en", {}) == Speech(
        "en", (Words("You owe "),)
    )
    assert Number(7) in speech({"en": (Blank("overdue"),)}, company, "en", {"overdue": Number(7)}).pieces
