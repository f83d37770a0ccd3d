"""What the register writes down as a call's intent (T5)."""

import datetime as dt
from pathlib import Path

import pytest

from routing import load
from routing.facts import Caller, Customer, Facts
from routing.learning import department, intent
from routing.outcomes import Outcome, Pressed, Said, Silence
from routing.trail import replay

RULES = load((Path(__file__).parents[2] / "routing_rules.yaml").read_bytes())
NOON = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
WELCOME: tuple[Outcome, ...] = (Said(), Said())


@pytest.mark.parametrize(
    ("dialled", "outcomes", "expected"),
    [
        pytest.param("+74950000001", (), None, id="hung up during the welcome"),
        pytest.param("+74950000001", (*WELCOME, Pressed("1")), "order", id="pressed 1"),
        pytest.param("+74950000001", (*WELCOME, Pressed("7")), None, id="pressed a key that is none"),
        pytest.param("+74950000001", (*WELCOME, *[Silence()] * 3), "operator", id="stayed silent"),
        pytest.param(
            "+74950000001", (*WELCOME, Pressed("9"), Pressed("2")), "information", id="changed the language first"
        ),
        pytest.param("+74950000002", (), "complaint", id="dialled the complaints line"),
    ],
)
def test_the_intent_is_what_the_caller_chose_last(
    dialled: str, outcomes: tuple[Outcome, ...], expected: str | None
) -> None:
    facts = Facts(call="1", at=NOON, dialled=dialled)
    assert intent(RULES, facts, replay(RULES, facts, outcomes).entries) == expected


@pytest.mark.parametrize(
    ("dialled", "own", "outcomes", "expected"),
    [
        pytest.param("+74950000001", None, (*WELCOME, Pressed("1")), None, id="nobody knows"),
        pytest.param("+74950000001", None, (*WELCOME, Pressed("1"), Pressed("2")), "retail", id="told by a key"),
        pytest.param("+74950000001", None, (*WELCOME, Pressed("1"), *[Silence()] * 2), "wholesale", id="stayed silent"),
        pytest.param("+74950000002", None, (), "retail", id="the line's"),
        pytest.param("+74950000002", "wholesale", (), "wholesale", id="the customer's own before the line's"),
    ],
)
def test_the_department_concerned(
    dialled: str, own: str | None, outcomes: tuple[Outcome, ...], expected: str | None
) -> None:
    customer = Customer(id="c1", name="Ромашка", type="retail", department=own) if own else None
    facts = Facts(call="1", at=NOON, dialled=dialled, caller=Caller(number="+79160000000", customer=customer))
    assert department(RULES, facts, replay(RULES, facts, outcomes).entries) == expected


def test_a_number_that_is_none_of_ours_has_no_intent() -> None:
    rules = load(
        (Path(__file__).parents[2] / "routing_rules.yaml").read_bytes().replace(b"  any: ", b'  "+74950000009": ')
    )
    assert intent(rules, Facts(call="1", at=NOON, dialled="+1"), ()) is None
