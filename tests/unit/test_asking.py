"""Whom somebody who talks with a caller asks meanwhile, by what is keyed in: whoever a transfer would ring (D11)."""

from typing import Any

import msgspec
import pytest

from routing.asking import spoken, whom_to_ask, why_nobody
from routing.facts import Leave
from routing.outcomes import Absence, HandedOver, Outcome, Pressed, Said, Unanswered
from routing.steps import Ask
from routing.trail import replay
from tests.unit.playing import play, short
from tests.unit.rulebooks import NOON, facts, key_customer, sample
from tests.unit.test_transfers import COLLEAGUES, MOBILE, TRANSFERS, caller, rules


@pytest.mark.parametrize(
    ("keyed", "rung"),
    [
        pytest.param("olga", ["ring olga"], id="a person"),
        pytest.param("402", ["ring igor"], id="an extension"),
        pytest.param("600", ["ring oleg olga"], id="a group"),
        pytest.param("601", ["ring anna", "ring boris", "ring galina"], id="the customer's manager, another, the head"),
        pytest.param("602", ["ring galina"], id="the head of the customer's department"),
        pytest.param("603", [f"ring {MOBILE}"], id="a number outside that the rules allow"),
        pytest.param(MOBILE, [f"ring {MOBILE}"], id="that number, when the caller is handed over to it"),
        pytest.param("+74951112234", [], id="any other number outside"),
        pytest.param("999", [], id="nobody"),
        pytest.param("", [], id="nothing"),
        pytest.param("farid", [], id="oneself"),
    ],
)
def test_whom_farid_asks(keyed: str, rung: list[str]) -> None:
    assert [short(step) for step in whom_to_ask(keyed, "farid", rules(), caller(), ())] == rung


@pytest.mark.parametrize(("key", "head"), [("1", "galina"), ("2", "irina")])
def test_the_department_is_the_one_that_the_caller_has_chosen(key: str, head: str) -> None:
    rulebook, new = sample(transfers=TRANSFERS), facts(staff=COLLEAGUES)
    keys = iter(["3", key])
    begun: list[Outcome] = []

    def choose(step: object) -> Outcome:
        begun.append(Pressed(next(keys)) if isinstance(step, Ask) else Said())
        return begun[-1]

    play(rulebook, new, choose)
    chosen = begun[: begun.index(Pressed(key)) + 1]
    entries = replay(rulebook, new, chosen).entries
    assert [short(step) for step in whom_to_ask("602", "olga", rulebook, new, entries)] == [f"ring {head}"]


def test_who_is_on_leave_is_not_asked() -> None:
    leave = (Leave(first=NOON.date(), last=NOON.date()),)
    staff = tuple(msgspec.structs.replace(one, leave=leave if one.id == "anna" else ()) for one in COLLEAGUES)
    assert [short(step) for step in whom_to_ask("601", "boris", rules(), facts(key_customer(), staff=staff), ())] == [
        "ring galina"
    ]


def test_whoever_asks_for_somebody_not_at_work_is_told_so() -> None:
    leave = (Leave(first=NOON.date(), last=NOON.date()),)
    changes: dict[str, dict[str, Any]] = {"anna": {"leave": leave}, "boris": {"hours": "never"}}
    staff = tuple(msgspec.structs.replace(one, **changes.get(one.id, {})) for one in COLLEAGUES)
    new = facts(key_customer(), staff=staff)
    assert [why_nobody(keyed, rules(), new) for keyed in ("anna", "boris", "999")] == [
        Absence.ON_LEAVE,
        Absence.OUTSIDE_HOURS,
        Absence.UNREACHABLE,
    ]


@pytest.mark.parametrize("number", TRANSFERS)
def test_a_transfer_to_a_short_number_rings_the_same_people_in_the_same_order(number: str) -> None:
    asked = [short(step) for step in whom_to_ask(number, "farid", rules(), caller(), ())]
    outcomes = iter([HandedOver("farid", number)])
    steps, _ = play(rules(), caller(), lambda _: next(outcomes, Unanswered(())))
    assert [short(step) for step in steps][1 : len(asked) + 2] == [*asked, "wait for farid"]


@pytest.mark.parametrize(
    ("keyed", "said"),
    [
        pytest.param("402", "402", id="an extension"),
        pytest.param("igor", "402", id="the person who has it"),
        pytest.param("olga", "", id="somebody without one"),
        pytest.param("600", "600", id="a group"),
        pytest.param("999", None, id="nobody"),
    ],
)
def test_how_who_was_wanted_is_named(keyed: str, said: str | None) -> None:
    assert spoken(keyed, rules(), COLLEAGUES) == said
