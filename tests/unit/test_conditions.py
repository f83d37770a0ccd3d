"""When a route fits, and the reason when it does not, word for word as people read it."""

from decimal import Decimal
from typing import Any

import pytest

from routing.conditions import Situation, debts, misfit
from routing.facts import Customer, Debt
from routing.rules.routes import Condition

LISTS = {"partners": ("+74951112233", "+7812*"), "nameless": ("withheld",)}
NEW = Situation(callers=LISTS, language="en")
KEY = Situation(
    type="key",
    manager="anna",
    department="wholesale",
    debts=("overdue", "over_limit"),
    intent="order",
    dialled="+74950000001",
    language="ru",
    number="+78120000000",
    open=frozenset({"office", "shifts"}),
    callers=LISTS,
)

CONDITIONS: dict[str, tuple[Situation, dict[str, Any], str | None]] = {
    "nothing asked": (NEW, {}, None),
    "customer: its type": (KEY, {"customer": ("market", "key")}, None),
    "customer: another type": (KEY, {"customer": ("market",)}, "customer is key and known, not market"),
    "customer: known": (KEY, {"customer": ("known",)}, None),
    "customer: unknown": (NEW, {"customer": ("unknown",)}, None),
    "customer: not known": (NEW, {"customer": ("known", "key")}, "customer is unknown and new, not known or key"),
    "customer: new when unknown": (NEW, {"customer": ("new",)}, None),
    "customer: new when nobody is assigned": (Situation(type="key"), {"customer": ("new",)}, None),
    "customer: still of its type when nobody is assigned": (Situation(type="key"), {"customer": ("key",)}, None),
    "customer: not new": (KEY, {"customer": ("new",)}, "customer is key and known, not new"),
    "manager: assigned": (KEY, {"manager": "assigned"}, None),
    "manager: none": (NEW, {"manager": "none"}, None),
    "manager: not assigned": (NEW, {"manager": "assigned"}, "manager is none, not assigned"),
    "manager: there is one": (KEY, {"manager": "none"}, "manager is assigned, not none"),
    "department: one of them": (KEY, {"department": ("retail", "wholesale")}, None),
    "department: another": (KEY, {"department": ("retail",)}, "department is wholesale, not retail"),
    "department: not known": (NEW, {"department": ("none",)}, None),
    "department: known": (KEY, {"department": ("none",)}, "department is wholesale, not none"),
    "debt: one of two": (KEY, {"debt": ("over_limit",)}, None),
    "debt: none": (NEW, {"debt": ("none",)}, None),
    "debt: not none": (KEY, {"debt": ("none",)}, "debt is overdue and over_limit, not none"),
    "debt: no such": (NEW, {"debt": ("overdue", "over_limit")}, "debt is none, not overdue or over_limit"),
    "intent: chosen": (KEY, {"intent": ("order",)}, None),
    "intent: none": (NEW, {"intent": ("none",)}, None),
    "intent: another": (KEY, {"intent": ("other", "operator")}, "intent is order, not other or operator"),
    "dialled: this line": (KEY, {"dialled": ("+74950000001",)}, None),
    "dialled: any other": (NEW, {"dialled": ("+74950000001",)}, "dialled is any, not +74950000001"),
    "language: spoken": (KEY, {"language": ("ru",)}, None),
    "language: another": (NEW, {"language": ("ru", "fa")}, "language is en, not ru or fa"),
    "open: one of them": (KEY, {"open": ("sunday", "office")}, None),
    "open: none of them": (NEW, {"open": ("sunday", "office")}, "sunday and office closed now"),
    "closed: one of them": (KEY, {"closed": ("sunday", "office")}, None),
    "closed: none of them": (KEY, {"closed": ("office", "shifts")}, "office and shifts open now"),
    "caller: the number": (KEY, {"caller": ("+78120000000",)}, None),
    "caller: a prefix": (KEY, {"caller": ("+7812*",)}, None),
    "caller: in a list": (KEY, {"caller": ("partners",)}, None),
    "caller: not quite the number": (KEY, {"caller": ("+7812",)}, "caller is +78120000000, not +7812"),
    "caller: withheld": (NEW, {"caller": ("partners", "withheld")}, None),
    "caller: withheld, by a list": (NEW, {"caller": ("nameless",)}, None),
    "caller: withheld is in no list": (NEW, {"caller": ("partners",)}, "caller is withheld, not partners"),
    "caller: not withheld": (KEY, {"caller": ("withheld",)}, "caller is +78120000000, not withheld"),
    "all must hold": (KEY, {"customer": ("key",), "intent": ("other",)}, "intent is order, not other"),
}


@pytest.mark.parametrize(("situation", "asked", "reason"), CONDITIONS.values(), ids=CONDITIONS.keys())
def test_condition(situation: Situation, asked: dict[str, Any], reason: str | None) -> None:
    assert misfit(Condition(**asked), situation) == reason


DEBTS: dict[str, tuple[Debt, tuple[str, ...]]] = {
    "nothing owed": (Debt(), ()),
    "overdue": (Debt(overdue=Decimal("0.01")), ("overdue",)),
    "at the limit": (Debt(balance=Decimal(10), limit=Decimal(10)), ()),
    "over the limit": (Debt(balance=Decimal("10.01"), limit=Decimal(10)), ("over_limit",)),
    "both": (Debt(overdue=Decimal(1), balance=Decimal(1), limit=Decimal(0)), ("overdue", "over_limit")),
}


@pytest.mark.parametrize(("debt", "kinds"), DEBTS.values(), ids=DEBTS.keys())
def test_debts(debt: Debt, kinds: tuple[str, ...]) -> None:
    assert debts(Customer(id="c", name="C", type="key", debt=debt)) == kinds


def test_a_stranger_has_no_debts() -> None:
    assert debts(None) == ()
