"""The proof: what it finds in rules that are wrong, with a caller and a moment, and nothing in good ones."""

import datetime as dt
import math
from pathlib import Path
from typing import Any

import msgspec
import pytest

from routing.compiling import load
from routing.proof import Fault, Proof, prove
from routing.rulebook import Rulebook
from routing.rules.chains import Another, AssignedManager, Group, Head, Link, Named, Outside, Transfer
from routing.rules.company import Holiday, Hours, Members, Span
from routing.rules.menus import Choice, Goto, Line
from routing.rules.queues import Help, Preference, Queue, WaitFor
from routing.rules.routes import LastResort, Route
from routing.transfers import PERSON_SECONDS
from tests.unit.rulebooks import (
    CONCERNED,
    MAIN,
    MANAGER,
    MENU,
    NIGHT_BOX,
    OFFICE_BOX,
    OPERATORS,
    STAFF,
    TODAY,
    link,
    person,
    route,
    sample,
    text,
    week,
)


def shown(proof: Proof) -> list[str]:
    return [_line(fault) for fault in proof.faults]


def _line(fault: Fault) -> str:
    example = f" ({fault.example})" if fault.example else ""
    return f"{fault.line}: {'warning: ' if fault.is_warning else ''}{fault.message}{example}"


def only(*routes: Any, **changes: Any) -> Rulebook:
    """Rules in which everything is used, but for what a test adds."""
    lines = {MAIN: Line(number=MAIN, goto=Goto(menu="main"), line=36)}
    boxes = {"office": sample().boxes["office"]}
    groups = {"operators": sample().groups["operators"]}
    menus = {"main": msgspec.structs.replace(MENU, keys={"1": MENU.keys["1"], "2": MENU.keys["2"]})}
    return sample(**{"lines": lines, "boxes": boxes, "groups": groups, "menus": menus, "routes": routes, **changes})


@pytest.mark.parametrize("day", [TODAY, dt.date(2026, 12, 31), dt.date(2028, 2, 29)])
def test_the_sample_rule_file_is_right(day: dt.date) -> None:
    rulebook = load((Path(__file__).parents[2] / "routing_rules.yaml").read_bytes())
    assert prove(rulebook, today=day).faults == ()


def test_the_sample_is_right_where_somebody_is_always_there() -> None:
    proof = prove(sample(), today=TODAY)
    assert proof.faults == ()
    assert proof.holds
    assert proof.cases > 50
    # Thrice the menu, ten minutes and an offer for the operators, a message of two minutes; and all that is said.
    assert 600 + 15 + 120 < proof.longest_seconds < 900


FINE = route("R", 99, wait=OPERATORS)
AT_FIRST = "somebody who is not in the directory, from +15550100000, on Mon 2026-11-23 at 00:00, dials +74950000001"
KEY = {"customer": ("key",)}
NIGHT = {"closed": ("office",)}
GOODBYE_SECONDS = 5
KINDS = ("none", "overdue", "over_limit")


def a_route(*chain: Link, **more: Any) -> Route:
    return route("A", 7, *chain, **more)


def preferring(*who: Group | Named) -> WaitFor:
    preferences = tuple(Preference(who=(each,), seconds=20, text="x") for each in who)
    return msgspec.structs.replace(OPERATORS, first=preferences)


PLANTED: dict[str, tuple[Rulebook, list[str]]] = {
    "nothing": (only(FINE), []),
    "a route that goes back to the first route": (
        only(a_route(otherwise=Goto()), FINE),
        [
            f"7: calls go round for ever: A -> A ({AT_FIRST}, presses 1 in menu main)",
            "99: R is never taken: everybody whom it fits is taken before by A (line 7)",
        ],
    ),
    "routes that lead to one another": (
        only(
            a_route(name="a", otherwise=Goto(route="b")),
            route("B", 8, name="b", otherwise=Goto(route="a")),
        ),
        [f"7: calls go round for ever: A -> B -> A ({AT_FIRST}, presses 1 in menu main)"],
    ),
    "a menu that leads to itself when nothing is pressed": (
        only(
            FINE,
            menus={"main": msgspec.structs.replace(MENU, otherwise=Choice(goto=Goto(menu="main"), line=59))},
        ),
        [f"45: calls go round for ever: menu main -> menu main ({AT_FIRST})"],
    ),
    "back to the menu, which leads here when nothing is pressed": (
        only(a_route(when={"intent": ("operator",)}, otherwise=Goto(menu="main")), FINE),
        [f"7: calls go round for ever: A -> menu main -> A ({AT_FIRST}, presses nothing in menu main)"],
    ),
    "back to the menu, which leads elsewhere when nothing is pressed, is no circle": (
        only(a_route(when={"intent": ("order",)}, otherwise=Goto(menu="main")), FINE),
        [],
    ),
    "a circle for some callers only": (
        only(a_route(when={"caller": ("+7495*",), **KEY}, otherwise=Goto(menu="main")), FINE),
        [
            "7: calls go round for ever: A -> menu main -> A (a key customer without a manager, from +74950000000, "
            "on Mon 2026-11-23 at 00:00, dials +74950000001, presses 1 in menu main)"
        ],
    ),
    "on to the next route is no circle": (
        only(a_route(link(Group("operators")), otherwise=Goto(next_route=True)), FINE),
        [],
    ),
    "a route that another one forestalls": (
        only(a_route(when=KEY, otherwise=OFFICE_BOX), route("B", 8, when={**KEY, "debt": ("overdue",)}), FINE),
        ["8: B is never taken: everybody whom it fits is taken before by A (line 7)"],
    ),
    "a route that many others forestall": (
        only(
            *(
                route(f"A{n}", n, when={"debt": (kind,)}, otherwise=OFFICE_BOX)
                for n, kind in enumerate(("none", "overdue", "over_limit"))
            ),
            route("B", 8, when=KEY),
        ),
        ["8: B is never taken: everybody whom it fits is taken before by A0 (line 0), A1 (line 1), A2 (line 2)"],
    ),
    "an intent that nothing gives": (
        only(a_route(when={"intent": ("other", "complaint")}), FINE),
        ["7: A is never taken: no line or menu leads to the routes with intent other or complaint"],
    ),
    "a line that does not exist": (
        only(a_route(when={"dialled": ("+7123",)}), FINE),
        ["7: A is never taken: no caller who gets to the routes has dialled +7123"],
    ),
    "hours that are never open at once with nothing": (
        only(a_route(when={"open": ("office",), "closed": ("shifts",)}), FINE),
        ["7: A is never taken: no caller who gets to the routes has open office and closed shifts"],
    ),
    "a customer without a number": (
        only(a_route(when={"caller": ("withheld",), **KEY}), FINE),
        ["7: A is never taken: no caller has all of this at once"],
    ),
    "no way to the routes at all": (
        only(a_route(), lines={MAIN: Line(number=MAIN, goto=OFFICE_BOX, line=36)}, menus={}),
        ["7: A is never taken: no line or menu leads to the routes"],
    ),
}


@pytest.mark.parametrize(("rulebook", "faults"), PLANTED.values(), ids=PLANTED.keys())
def test_where_calls_go(rulebook: Rulebook, faults: list[str]) -> None:
    proof = prove(rulebook, today=TODAY)
    assert shown(proof) == faults
    assert proof.holds is (not proof.faults)
    assert math.isinf(proof.longest_seconds) is any(fault.kind == "circle" for fault in proof.faults)


NO_OWNER = {"office": msgspec.structs.replace(sample().boxes["office"], owner=None)}

UNUSED: dict[str, tuple[Rulebook, list[str]]] = {
    "menus, boxes and groups": (
        only(FINE, menus=sample().menus, boxes=sample().boxes, groups=sample().groups),
        [
            "31: warning: group finance is not used",
            "61: warning: no call ever comes to menu department",
            "112: warning: no call ever comes to box night",
        ],
    ),
    "a group that only listens to messages is used": (only(a_route(otherwise=OFFICE_BOX)), []),
    "a group that is only rung is used": (
        only(
            a_route(link(Group("finance"))),
            groups={"finance": Members(name="finance", role="operator", line=31)},
            boxes=NO_OWNER,
        ),
        [],
    ),
    "a group that is only handed over to is used": (
        only(
            FINE,
            transfers={"600": Transfer(number="600", chain=(link(Group("finance")),), line=20)},
            groups=sample().groups,
        ),
        [],
    ),
    "somebody who has left and is handed over to": (
        only(FINE, transfers={"600": Transfer(number="600", chain=(link(Named("zoe"), line=21),), line=20)}),
        ["21: warning: zoe is not in the directory and is never rung"],
    ),
    "a group that is only preferred is used, and a line that nobody waits in is not": (
        only(
            a_route(wait=preferring(Group("finance"), Named("zoe"))),
            groups=sample().groups,
            queues={"finance": Queue(line=32), "operators": Queue(line=33)},
            boxes=NO_OWNER,
        ),
        [
            "7: warning: zoe is not in the directory and is never rung",
            "32: warning: nobody ever waits for finance",
        ],
    ),
    "the last resort's box is used": (
        only(FINE, last_resort=LastResort(goto=NIGHT_BOX, line=1), boxes=sample().boxes),
        [
            "111: warning: no call ever comes to box office",
        ],
    ),
    "somebody who has left": (
        only(a_route(link(Named("olga")), link(Named("zoe"), line=13), link(Outside("+7"), line=14))),
        ["13: warning: zoe is not in the directory and is never rung"],
    ),
    "somebody who has left a group": (
        only(FINE, groups={"operators": Members(name="operators", people=("olga", "zoe"), line=30)}),
        ["30: warning: zoe is not in the directory and is never rung"],
    ),
    "somebody whose hours are gone": (
        only(FINE, hours={"office": sample().hours["office"]}),
        [
            "1: warning: olga works by hours shifts, which are not among the hours, and is never rung",
            "1: warning: oleg works by hours shifts, which are not among the hours, and is never rung",
            "99: R fits when nobody whom it rings or waits for is on duty: the call goes straight to the last resort "
            f"({AT_FIRST}, presses 1 in menu main)",
        ],
    ),
}


@pytest.mark.parametrize(("rulebook", "faults"), UNUSED.values(), ids=UNUSED.keys())
def test_what_nobody_uses(rulebook: Rulebook, faults: list[str]) -> None:
    proof = prove(rulebook, STAFF, today=TODAY)
    assert shown(proof) == faults
    assert proof.holds is all("warning" in fault for fault in faults)


FINANCE_LINE = msgspec.structs.replace(OPERATORS, group="finance")


def helped(who: AssignedManager | Head | Named) -> dict[str, Any]:
    return {"queues": {"finance": Queue(also=(Help(who=who, after=60, text="x"),))}}


ON_DUTY: dict[str, tuple[Route, dict[str, Any], str | None]] = {
    "operators are always there": (FINE, {}, None),
    "finance is not there at night": (a_route(link(Group("finance"))), {}, f"{AT_FIRST}, presses 1 in menu main"),
    "finance and then an operator": (a_route(link(Group("finance")), link(Another("operator"))), {}, None),
    "finance and then waiting for operators": (a_route(link(Group("finance")), wait=OPERATORS), {}, None),
    "finance and then an outside number": (a_route(link(Group("finance")), link(Outside("+7"))), {}, None),
    "finance, when it is there": (a_route(link(Group("finance")), when={"open": ("office",)}), {}, None),
    "finance, when it is there but for a part of the night": (
        a_route(link(Group("finance")), when={"open": ("office", "evening")}),
        {"hours": {**sample().hours, "evening": Hours(name="evening", week=week((Span(17 * 60, 20 * 60),)))}},
        "somebody who is not in the directory, from +15550100000, on Mon 2026-11-23 at 18:00, dials +74950000001, "
        "presses 1 in menu main",
    ),
    "open on a holiday, finance is not": (
        a_route(link(Group("finance")), when={"open": ("office",)}),
        {
            "hours": {**sample().hours, "office": msgspec.structs.replace(sample().hours["office"], holidays=False)},
            "holidays": (Holiday(dt.date(2026, 12, 31), dt.date(2026, 12, 31)),),
            "staff": (person("farid", "accountant", "finance", hours="days"),),
            "days": True,
        },
        "somebody who is not in the directory, from +15550100000, on Thu 2026-12-31 at 09:00, dials +74950000001, "
        "presses 1 in menu main",
    ),
    "the head of a department that has none": (
        a_route(CONCERNED, when={"department": ("finance",), "open": ("office",)}),
        {},
        "a market customer without a manager, of department finance, from +15550100000, on Mon 2026-11-23 at 09:00, "
        "dials +74950000001, presses 1 in menu main",
    ),
    "the head of a department that has one": (
        a_route(CONCERNED, when={"department": ("retail", "wholesale"), "open": ("office",)}),
        {},
        None,
    ),
    "the head of a department that is not known": (
        a_route(CONCERNED, when={"customer": ("unknown",), "open": ("office",)}),
        {},
        "somebody who is not in the directory, from +15550100000, on Mon 2026-11-23 at 09:00, dials +74950000001, "
        "presses 1 in menu main",
    ),
    "the manager of whoever has one": (a_route(MANAGER, when={"manager": "assigned", "open": ("office",)}), {}, None),
    "the manager at night": (
        a_route(MANAGER, when={"manager": "assigned"}),
        {},
        "a market customer of irina, from +15550100000, on Mon 2026-11-23 at 00:00, dials +74950000001, "
        "presses 1 in menu main",
    ),
    "the manager of whoever has none": (
        a_route(MANAGER, when={"customer": ("known",), "open": ("office",)}),
        {},
        "a market customer without a manager, from +15550100000, on Mon 2026-11-23 at 09:00, dials +74950000001, "
        "presses 1 in menu main",
    ),
    "finance, and an operator helps out": (a_route(wait=FINANCE_LINE), helped(Named("olga")), None),
    "finance, and nobody else at night": (
        a_route(wait=FINANCE_LINE),
        helped(Named("galina")),
        f"{AT_FIRST}, presses 1 in menu main",
    ),
    "finance, and the manager helps whoever has one": (
        a_route(wait=FINANCE_LINE),
        helped(AssignedManager()) | {"managers": ["olga"]},
        f"{AT_FIRST}, presses 1 in menu main",
    ),
    "finance, and a head helps those of the department": (
        a_route(wait=FINANCE_LINE),
        helped(Head(None)),
        f"{AT_FIRST}, presses 1 in menu main",
    ),
    "the manager, where only operators are assigned": (
        a_route(MANAGER, when={"manager": "assigned"}),
        {"managers": ["olga"]},
        None,
    ),
    "nobody is asked for": (a_route(otherwise=OFFICE_BOX), {}, None),
}


@pytest.mark.parametrize(("rung", "given", "example"), ON_DUTY.values(), ids=ON_DUTY.keys())
def test_who_is_on_duty(rung: Route, given: dict[str, Any], example: str | None) -> None:
    given = dict(given)
    staff, managers = given.pop("staff", STAFF), given.pop("managers", None)
    if given.pop("days", False):
        given["hours"] = {**given["hours"], "days": msgspec.structs.replace(sample().hours["office"], name="days")}
    proof = prove(only(rung, FINE, groups=sample().groups, **given), staff, today=TODAY, managers=managers)
    assert next((fault.example for fault in proof.faults if fault.kind == "nobody on duty"), None) == example


def test_whoever_wrote_what_happens_when_nobody_is_on_duty_is_only_warned() -> None:
    rulebook = only(a_route(link(Group("finance")), otherwise=OFFICE_BOX), groups=sample().groups)
    proof = prove(rulebook, STAFF, today=TODAY)
    assert [(fault.kind, fault.is_warning) for fault in proof.faults] == [("nobody on duty", True)]
    assert proof.holds


def test_a_wait_beyond_an_hour_is_too_long() -> None:
    endless = WaitFor(group="operators", seconds=4000, offer_seconds=15)
    proof = prove(only(a_route(wait=endless)), today=TODAY)
    assert shown(proof) == [
        "7: a call may last 69 minutes without reaching anybody, 60 at most are allowed; 67 of them pass here "
        f"({AT_FIRST}, presses 1 in menu main, nobody is reached)"
    ]
    assert prove(only(a_route(wait=endless)), today=TODAY, longest_seconds=4200).holds


def test_a_caller_who_is_handed_over_may_wait_too_long_as_well() -> None:
    slow = Transfer(number="600", chain=(link(Group("operators"), 1700, line=20),), line=20)
    proof = prove(only(FINE, transfers={"600": slow}), STAFF, today=TODAY)
    assert shown(proof) == [
        "20: who is handed over to 600 may wait 70 minutes without reaching anybody, 60 at most are allowed"
    ]


def test_the_longest_wait_may_come_after_a_transfer() -> None:
    by_head = Transfer(number="600", chain=(link(Head(None), 200), link(Named("anna"), 100)), line=20)
    without, with_it = (prove(only(FINE, transfers=each), STAFF, today=TODAY) for each in ({}, {"600": by_head}))
    assert with_it.holds
    assert with_it.longest_seconds > 200 + 100 + 2 * PERSON_SECONDS
    assert without.longest_seconds < with_it.longest_seconds


def test_the_place_that_takes_longest_is_named() -> None:
    endless = msgspec.structs.replace(NO_OWNER["office"], seconds=4000)
    proof = prove(only(FINE, boxes={"office": endless}), today=TODAY)
    assert [(fault.kind, fault.line) for fault in proof.faults] == [("too long", 106)]
    proof = prove(only(a_route(wait=OPERATORS, otherwise=OFFICE_BOX), boxes={"office": endless}), today=TODAY)
    assert [(fault.kind, fault.line) for fault in proof.faults] == [("too long", 111)]


@pytest.mark.parametrize(
    ("resort", "seconds"),
    [
        (LastResort(goto=Goto(goodbye="moved"), line=1), 1 + 5),
        (LastResort(goto=Goto(), line=1), 5),
        (LastResort(announce=(text("so sorry"),), goto=OFFICE_BOX, line=1), 1 + 120 + 5 / 8 + 6 / 8 + 5),
    ],
)
def test_the_longest_call_counts_all_that_is_said(resort: LastResort, seconds: float) -> None:
    rulebook = only(
        last_resort=resort, lines={MAIN: Line(number=MAIN, goto=Goto(), announce=(text("12345678"),), line=1)}
    )
    assert prove(rulebook, today=TODAY).longest_seconds == 1 + seconds


SILENT = msgspec.structs.replace(MENU, say=text(""), wrong_key=None, keys={"1": MENU.keys["1"]})
STRAIGHT = {MAIN: Line(number=MAIN, line=36)}
TWO = link(Group("operators"), 20)

LONGEST: dict[str, tuple[Route, dict[str, Line], float]] = {
    "two operators, 20 s each": (a_route(TWO), STRAIGHT, 40),
    "one after the other": (a_route(TWO, link(Another("head"), 30)), STRAIGHT, 40 + 60),
    "a manager and an outside number": (a_route(MANAGER, link(Outside("+7"), 15)), STRAIGHT, 20 + 15),
    "a wait, and an offer that began in its last moment": (FINE, STRAIGHT, 600 + 15),
    "only those on duty": (a_route(link(Group("operators")), link(Named("farid")), when=NIGHT), STRAIGHT, 40),
    "three questions, and once more whatever leads back to them": (
        a_route(TWO, when={"intent": ("order",)}, otherwise=Goto(menu="main")),
        {MAIN: Line(number=MAIN, goto=Goto(menu="main"), line=36)},
        # Generous: the questions count once without an intent and once with it.
        2 * 3 * 5 + 4 * 40,
    ),
}


@pytest.mark.parametrize(("rung", "lines", "seconds"), LONGEST.values(), ids=LONGEST.keys())
def test_the_longest_way_to_a_goodbye(rung: Route, lines: dict[str, Line], seconds: float) -> None:
    last = LastResort(goto=Goto(), line=1)
    rulebook = only(rung, lines=lines, menus={"main": SILENT}, last_resort=last)
    assert prove(rulebook, STAFF, today=TODAY).longest_seconds == seconds + GOODBYE_SECONDS


def test_without_lines_nothing_is_looked_at() -> None:
    assert prove(only(lines={}, menus={}, groups={}), today=TODAY) == Proof(faults=(), cases=0, longest_seconds=0.0)


def test_rules_that_tell_too_many_cases_apart_are_refused() -> None:
    proof = prove(sample(), today=TODAY, most_cases=100)
    assert shown(proof) == ["71: the rules tell more than 100 cases apart: too many to look at each"]
    assert proof.cases == 100
    assert not proof.holds
