"""An explanation, as the command line shows it."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from routing.explain import Chosen, Told, explain, retell
from routing.facts import Debt
from routing.outcomes import Absence, Missed, NothingLeft, Outcome, Pressed, Said, Talked, Unanswered, Unproved
from routing.rulebook import Rulebook
from routing.rules.chains import Group, Named, Outside
from routing.rules.menus import Goto
from routing.rules.queues import Closing, Help, Preference, Queue
from routing.speech import Number, Recorded, Speech, Stock, Words
from routing.steps import Ending, Say
from routing.trail import Entry, Trail, replay
from routing.wording import tell_outcome, tell_step
from tests.unit.rulebooks import OPERATORS, facts, key_customer, link, route, sample, text, with_routes


def shown(told: tuple[Told, ...]) -> list[str]:
    return [f"{line.kind} {line.text}" for line in told]


def test_a_key_customer_whose_manager_is_busy() -> None:
    chosen = Chosen(keys="1", absent={"anna": Absence.BUSY})
    told = explain(sample(), facts(key_customer()), chosen)
    assert shown(told) == [
        "reason dialled +74950000001",
        'step say "Welcome to Northern Larder." (en)',
        "outcome said",
        'step ask menu main, try 1: "which?" (en)',
        "outcome pressed 1",
        "reason pressed 1 in menu main",
        "reason passed over: office open now",
        "reason passed over: intent is order, not other or complaint",
        "reason passed over: debt is none, not overdue or over_limit",
        "reason fits",
        "step ring anna, 20 s each (assigned_manager)",
        "outcome nobody: anna busy",
        "reason anna: already tried",
        "step ring boris, 20 s each (another key_account_manager)",
        "outcome talked with boris, caller hung up",
        "end ends with a talk",
    ]
    assert [(line.rule, line.line) for line in told if line.text == "fits"] == [("D4", 85)]


def test_everybody_answers_unless_something_else_is_assumed() -> None:
    assert shown(explain(sample(), facts(key_customer())))[-2:] == [
        "outcome talked with anna, caller hung up",
        "end ends with a talk",
    ]


DEBTOR = key_customer(type="market", code="1", debt=Debt(overdue=Decimal(70)))
NOBODY = dict.fromkeys(("anna", "farid", "+74951112233", "olga", "oleg"), Absence.NO_ANSWER)
OUTSIDE = with_routes(route("R", 7, link(Outside("+74951112233")), wait=OPERATORS, otherwise=Goto(message="office")))

LINES: dict[str, tuple[Rulebook, Any, Chosen, list[str]]] = {
    "knows the code": (
        sample(),
        facts(DEBTOR),
        Chosen(keys="1", knows_code=True),
        [
            'step ask for the customer\'s code, try 1: "your code?" (en)',
            "outcome the code was right",
            'step say "70 overdue" (en)',
        ],
    ),
    "keys in no code": (sample(), facts(DEBTOR), Chosen(keys="1"), ["outcome no key"]),
    "nobody there: a message": (
        OUTSIDE,
        facts(),
        Chosen(absent=NOBODY),
        [
            "step ring +74951112233 outside, 20 s",
            "outcome nobody: +74951112233 no answer",
            "step wait for operators (oleg, olga), 600 s at most",
            "outcome nobody: oleg no answer, olga no answer",
            'step take a message for box office: "speak" (en)',
            "outcome left a message of 10 s",
            "end ends with a message",
        ],
    ),
    "who is offered first": (
        with_routes(
            route(
                "R",
                7,
                wait=msgspec.structs.replace(
                    OPERATORS, ahead=60, first=(Preference(speaks=True, seconds=20, text="language"),)
                ),
            ),
            queues={
                "operators": Queue(
                    order="fewest_calls",
                    closing=Closing(hours="office", tell=text("closed")),
                    also=(
                        Help(who=Named("anna"), after=60, text="anna"),
                        Help(who=Named("boris"), above=3, text="boris"),
                    ),
                )
            },
        ),
        facts(),
        Chosen(),
        [
            "step wait for operators (oleg, olga), 600 s at most, until 18:00, fewest calls, 60 s ahead; "
            "until 20 s only language (olga); after 60 s also anna (anna); "
            "above 3 callers per person also boris (boris)",
            "outcome talked with olga, caller hung up",
        ],
    ),
    "nobody there: nothing said": (
        OUTSIDE,
        facts(),
        Chosen(absent=NOBODY, leaves_message=False),
        ["outcome left no message", "end ends with a goodbye"],
    ),
    "the second of two": (
        with_routes(route("R", 7, link(Group("operators")))),
        facts(),
        Chosen(absent=NOBODY | {"olga": Absence.AWAY}),
        ["outcome nobody: oleg no answer, olga away"],
    ),
    "one of two": (
        with_routes(route("R", 7, link(Group("operators")))),
        facts(),
        Chosen(absent={"oleg": Absence.RINGING}),
        ["outcome talked with olga, caller hung up; before that oleg ringing elsewhere"],
    ),
}


@pytest.mark.parametrize(("rulebook", "call", "chosen", "lines"), LINES.values(), ids=LINES.keys())
def test_lines(rulebook: Rulebook, call: Any, chosen: Chosen, lines: list[str]) -> None:
    told = shown(explain(rulebook, call, chosen))
    assert [line for line in told if line in lines] == lines


OUTCOMES: dict[str, Outcome] = {
    "pressed #": Pressed("#"),
    "the code was wrong": Unproved(),
    "left no message": NothingLeft(),
    "talked with anna, person hung up": Talked(person="anna", ended_by="person"),
    "nobody": Unanswered(()),
}


@pytest.mark.parametrize(("text", "outcome"), OUTCOMES.items())
def test_outcome_in_words(text: str, outcome: Outcome) -> None:
    assert tell_outcome(outcome) == text


def test_every_kind_of_piece_is_shown() -> None:
    pieces = (Words("You owe "), Number(70), Stock("vm-goodbye"), Recorded("bye.wav"))
    assert tell_step(Say(speech=Speech("en", pieces))) == 'say "You owe 70 [vm-goodbye] [bye.wav]" (en)'


def test_what_happened_is_told_like_what_would_happen() -> None:
    known, chosen = facts(key_customer()), Chosen(keys="1", absent={"anna": Absence.BUSY})
    outcomes = (Said(), Pressed("1"), Unanswered((Missed("anna", Absence.BUSY),)), Talked("boris", "caller"))
    done = replay(sample(), known, outcomes)
    assert isinstance(done.at, Ending)
    trail = Trail(rules="0123456789ab", entries=done.entries, ending=done.at)
    assert retell(trail) == explain(sample(), known, chosen)


def test_a_call_that_its_caller_left_is_told_as_far_as_it_came() -> None:
    begun = replay(sample(), facts(key_customer()), (Said(),))
    assert not isinstance(begun.at, Ending)
    trail = Trail(rules="0123456789ab", entries=(*begun.entries, Entry(begun.at)))
    assert shown(retell(trail))[-2:] == ['step ask menu main, try 1: "which?" (en)', "outcome the caller left"]
