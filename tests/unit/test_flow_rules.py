"""Each documented rule as a telephonist would check it: who calls, what is pressed, who answers, what is noticed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from routing.facts import Customer, Debt, Facts, Leave, Person
from tests.unit.playing import story
from tests.unit.rulebooks import COMPLAINTS, MAIN, NIGHT, NOON, RUSSIAN, STAFF, facts, key_customer, sample

WELCOME = ["say Welcome to Northern Larder.", "ask main"]
BOX = ["say nobody free", "message in office", "say thanks", "say goodbye", "end message"]
OFFICE_BOX = BOX[1:]
NIGHT_BOX = ["message in night", "say goodbye", "end message"]
OVERDUE = Debt(overdue=Decimal("1200.50"), balance=Decimal(1300), limit=Decimal(5000))
OVER_LIMIT = Debt(balance=Decimal(7000), limit=Decimal(5000))
BOTH = Debt(overdue=Decimal(100), balance=Decimal(7000), limit=Decimal(5000))


def buyer(sort: str = "market", **more: Any) -> Customer:
    return Customer(**{"id": "c", "name": "C", "type": sort, "manager": "igor", "department": "retail", **more})


def staff(**changed: dict[str, Any]) -> tuple[Person, ...]:
    """The sample's people, some of them changed."""
    return tuple(msgspec.structs.replace(each, **changed.get(each.id, {})) for each in STAFF)


ON_LEAVE = {"leave": (Leave(NOON.date(), NOON.date()),)}
NIGHT_SHIFT = {"hours": "never"}
KEY = facts(key_customer())

RULES: dict[str, tuple[Facts, dict[str, Any], list[str]]] = {
    "D2 each type of customer is served: a market trader's order goes to an operator (D3)": (
        facts(buyer("market")),
        {"keys": "1", "answers": ["olga"]},
        [*WELCOME, "wait for oleg olga", "end talk"],
    ),
    "D2 a retail customer's question goes to an operator": (
        facts(buyer("retail")),
        {"keys": "2", "answers": ["oleg"]},
        [*WELCOME, "wait for oleg olga", "end talk"],
    ),
    "D3 a regional customer asks for an operator": (
        facts(buyer("regional")),
        {"keys": "0", "answers": ["olga"]},
        [*WELCOME, "wait for oleg olga", "end talk"],
    ),
    "D3 no operator in time: the last resort is a message box (T4)": (
        facts(buyer()),
        {"keys": "1"},
        [*WELCOME, "wait for oleg olga", *BOX],
    ),
    "D4 first stage: the assigned key-account manager": (
        KEY,
        {"keys": "1", "answers": ["anna"]},
        [*WELCOME, "ring anna", "end talk"],
    ),
    "D4 second stage: another key-account manager, the first one not again": (
        KEY,
        {"keys": "1", "answers": ["boris"]},
        [*WELCOME, "ring anna", "ring boris", "end talk"],
    ),
    "D4 third stage: the head of wholesale": (
        KEY,
        {"keys": "1", "answers": ["galina"]},
        [*WELCOME, "ring anna", "ring boris", "ring galina", "end talk"],
    ),
    "D4 nobody at all: a message box (T4)": (
        KEY,
        {"keys": "1"},
        [*WELCOME, "ring anna", "ring boris", "ring galina", *BOX],
    ),
    "D4 whatever the key customer presses": (
        KEY,
        {"keys": "3", "answers": ["anna"]},
        [*WELCOME, "ring anna", "end talk"],
    ),
    "D4 the assigned manager on leave is not rung": (
        facts(key_customer(), staff=staff(anna=ON_LEAVE)),
        {"keys": "1", "answers": ["boris"]},
        [*WELCOME, "ring boris", "end talk"],
    ),
    "D4 the assigned manager outside working hours is not rung": (
        facts(key_customer(), staff=staff(anna=NIGHT_SHIFT)),
        {"keys": "1", "answers": ["boris"]},
        [*WELCOME, "ring boris", "end talk"],
    ),
    "D4 no key-account manager at work: the head of wholesale at once": (
        facts(key_customer(), staff=staff(anna=ON_LEAVE, boris=NIGHT_SHIFT)),
        {"keys": "1", "answers": ["galina"]},
        [*WELCOME, "ring galina", "end talk"],
    ),
    "D4 everybody on leave: no ringing at all, a message box": (
        facts(key_customer(), staff=staff(anna=ON_LEAVE, boris=ON_LEAVE, galina=ON_LEAVE)),
        {"keys": "1"},
        [*WELCOME, *BOX],
    ),
    "D4 the assigned manager has left the company: the others": (
        facts(key_customer(manager="zoe")),
        {"keys": "1", "answers": ["boris"]},
        [*WELCOME, "ring anna boris", "end talk"],
    ),
    "D5 and D6 overdue: the notice, then the assigned manager": (
        facts(buyer(debt=OVERDUE)),
        {"keys": "1", "answers": ["igor"]},
        [*WELCOME, "say a matter to settle", "ring igor", "end talk"],
    ),
    "D6 the manager does not answer: the finance service": (
        facts(buyer(debt=OVER_LIMIT)),
        {"keys": "1", "answers": ["farid"]},
        [*WELCOME, "say a matter to settle", "ring igor", "ring farid", "end talk"],
    ),
    "D6 neither answers: the office's message box": (
        facts(buyer(debt=BOTH)),
        {"keys": "1"},
        [*WELCOME, "say a matter to settle", "ring igor", "ring farid", *OFFICE_BOX],
    ),
    "D5 a debt matters for orders only: a question goes to an operator": (
        facts(buyer(debt=OVERDUE)),
        {"keys": "2", "answers": ["olga"]},
        [*WELCOME, "wait for oleg olga", "end talk"],
    ),
    "D5 owing up to the limit is no debt": (
        facts(buyer(debt=Debt(balance=Decimal(5000), limit=Decimal(5000)))),
        {"keys": "1", "answers": ["olga"]},
        [*WELCOME, "wait for oleg olga", "end talk"],
    ),
    "D5 owing without an agreed limit is no debt": (
        facts(buyer(debt=Debt(balance=Decimal(5000)))),
        {"keys": "1", "answers": ["olga"]},
        [*WELCOME, "wait for oleg olga", "end talk"],
    ),
    "D26 the amount only after the code": (
        facts(buyer(debt=OVERDUE, code="4711")),
        {"keys": "1", "codes": ["right"], "answers": ["igor"]},
        [*WELCOME, "say a matter to settle", "ask for code", "say 1201 overdue", "ring igor", "end talk"],
    ),
    "D26 both amounts": (
        facts(buyer(debt=BOTH, code="4711")),
        {"keys": "1", "codes": ["wrong", "right"], "answers": ["igor"]},
        [
            *WELCOME,
            "say a matter to settle",
            *("ask for code", "say no match", "ask for code"),
            *("say 100 overdue", "say owed 7000 of 5000"),
            *("ring igor", "end talk"),
        ],
    ),
    "D26 a wrong code twice: no amount, but the transfer": (
        facts(buyer(debt=OVERDUE, code="4711")),
        {"keys": "1", "codes": ["wrong", "wrong"], "answers": ["igor"]},
        [
            *WELCOME,
            "say a matter to settle",
            *("ask for code", "say no match") * 2,
            *("ring igor", "end talk"),
        ],
    ),
    "D26 whoever rather waits is asked once": (
        facts(buyer(debt=OVERDUE, code="4711")),
        {"keys": "1", "codes": ["nothing"], "answers": ["igor"]},
        [*WELCOME, "say a matter to settle", "ask for code", "ring igor", "end talk"],
    ),
    "D15 an unknown caller chooses a department and gets its head": (
        facts(),
        {"keys": "12", "answers": ["irina"]},
        [*WELCOME, "ask department", "ring irina", "end talk"],
    ),
    "D15 an unknown caller who chooses nothing gets the head of wholesale": (
        facts(),
        {"keys": "1", "answers": ["galina"]},
        [*WELCOME, "ask department", "ask department", "ring galina", "end talk"],
    ),
    "D15 a customer without a manager is new, and gets the head of its own department": (
        facts(buyer(manager=None)),
        {"keys": "1", "answers": ["irina"]},
        [*WELCOME, "ring irina", "end talk"],
    ),
    "D15 a withheld number is a new caller": (
        facts(number=None),
        {"keys": "21", "answers": ["galina"]},
        [*WELCOME, "ask department", "ring galina", "end talk"],
    ),
    "D19 neither order nor question: the manager concerned": (
        facts(buyer()),
        {"keys": "3", "answers": ["igor"]},
        [*WELCOME, "ring igor", "end talk"],
    ),
    "D19 in the manager's absence the head of the department": (
        facts(buyer()),
        {"keys": "3", "answers": ["irina"]},
        [*WELCOME, "ring igor", "ring irina", "end talk"],
    ),
    "D19 on the complaints line at once, the line's department for a stranger": (
        facts(dialled=COMPLAINTS),
        {"answers": ["irina"]},
        ["say complaints", "ring irina", "end talk"],
    ),
    "D19 on the complaints line the customer's own department comes before the line's": (
        facts(key_customer(), dialled=COMPLAINTS),
        {"answers": ["galina"]},
        ["say complaints", "ring anna", "ring galina", "end talk"],
    ),
    "T2 a wrong key is told, and the menu asked again": (
        facts(buyer()),
        {"keys": "71", "answers": ["olga"]},
        [*WELCOME, "say not a choice", "ask main", "wait for oleg olga", "end talk"],
    ),
    "T2 silence: asked three times, then an operator": (
        facts(buyer()),
        {"answers": ["olga"]},
        [*WELCOME, "ask main", "ask main", "wait for oleg olga", "end talk"],
    ),
    "T2 another language by key": (
        facts(buyer()),
        {"keys": "81", "answers": ["olga"]},
        [*WELCOME, "ask main in ru", "wait for oleg olga", "end talk"],
    ),
    "T2 a menu that leads to itself is left after its tries": (
        facts(buyer()),
        {"keys": "88888", "answers": ["olga"]},
        [*WELCOME, "ask main in ru", "ask main in ru", "wait for oleg olga", "end talk"],
    ),
    "T4 a number that is not ours: the last resort": (
        facts(dialled="+70000000000"),
        {},
        BOX,
    ),
    "T4 nothing said into the box: a goodbye all the same": (
        facts(dialled="+70000000000"),
        {"message": False},
        ["say nobody free", "message in office", "say goodbye", "end goodbye"],
    ),
    "T7 at night a key customer waits for the operators on shift": (
        facts(key_customer(), at=NIGHT),
        {"keys": "1", "answers": ["oleg"]},
        [*WELCOME, "wait for oleg olga", "end talk"],
    ),
    "T7 at night nobody takes the new caller: the night's box": (
        facts(at=NIGHT),
        {"keys": "1"},
        [*WELCOME, "wait for oleg olga", *NIGHT_BOX],
    ),
    "T7 at night a complaint is told the hours": (
        facts(buyer(), at=NIGHT),
        {"keys": "3"},
        [*WELCOME, "say closed now", *NIGHT_BOX],
    ),
    "the line's language, where nothing else is known": (
        facts(dialled=RUSSIAN),
        {"keys": "11", "answers": ["galina"]},
        ["ask main in ru", "ask department in ru", "ring galina", "end talk"],
    ),
    "the customer's language comes before the line's": (
        facts(buyer(language="fa"), dialled=RUSSIAN),
        {"keys": "1", "answers": ["olga"]},
        ["ask main in fa", "wait for oleg olga", "end talk"],
    ),
    "a language that the company does not speak is the company's first": (
        facts(buyer(language="de")),
        {"keys": "1", "answers": ["olga"]},
        [*WELCOME, "wait for oleg olga", "end talk"],
    ),
}


@pytest.mark.parametrize(("call", "happens", "noticed"), RULES.values(), ids=RULES.keys())
def test_rule(call: Facts, happens: dict[str, Any], noticed: list[str]) -> None:
    assert story(sample(), call, **happens) == noticed


def test_hours_are_judged_on_the_companys_clock_wherever_the_moment_comes_from() -> None:
    in_utc = NIGHT.astimezone(dt.UTC)
    assert story(sample(), facts(buyer(), at=in_utc), keys="3")[-1] == "end message"
    assert story(sample(), facts(buyer(), at=in_utc, dialled=MAIN), keys="3")[2] == "say closed now"
