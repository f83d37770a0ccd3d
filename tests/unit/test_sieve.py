"""The first route that fits is found without trying each, and is the one that trying each would find."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.conditions import Situation, misfit
from routing.outcomes import NothingLeft, Said
from routing.routes import MOST_TOLD
from routing.rules.routes import Condition
from routing.sieve import PassedOver, Sieve
from routing.steps import Say
from tests.unit.playing import reasons
from tests.unit.rulebooks import OFFICE_BOX, facts, route, with_routes
from tests.unit.test_proof_agrees import conditions

LISTS = {"list": ("+7812*", "withheld", "+79161234567")}
words = st.sampled_from(("order", "other", "key", "market", "retail", "wholesale", None))
situations = st.builds(
    Situation,
    type=words,
    manager=st.sampled_from(("anna", None)),
    department=words,
    debts=st.sampled_from(((), ("overdue",), ("overdue", "over_limit"))),
    intent=words,
    dialled=st.sampled_from(("any", "+71", "+72")),
    language=st.sampled_from(("en", "ru")),
    number=st.sampled_from(("+7912", "+79123", "+7811", "+78120000", "+79161234567", "12*", "", None)),
    open=st.frozensets(st.sampled_from(("day", "late"))),
    callers=st.just(LISTS),
)


@given(st.lists(conditions, max_size=6), situations, st.integers(0, 6))
def test_it_is_the_route_that_trying_each_would_find(asked: list[Condition], situation: Situation, start: int) -> None:
    routes = [msgspec.structs.replace(route("R", 1), when=when) for when in asked]
    fitting = [place for place, when in enumerate(asked) if place >= start and misfit(when, situation) is None]
    assert Sieve(routes, LISTS).first(situation, start) == (fitting[0] if fitting else None)


CALLERS: dict[str, tuple[tuple[str, ...], str | None, bool]] = {
    "the number": (("+7912",), "+7912", True),
    "another": (("+7912",), "+79123", False),
    "a prefix": (("+79*",), "+7912", True),
    "the whole number as a prefix": (("+7912*",), "+7912", True),
    "any number": (("*",), "+7912", True),
    "any number, and none is told": (("*",), None, False),
    "withheld": (("withheld",), None, True),
    "not withheld": (("withheld",), "+7912", False),
    "in a list": (("+71", "list"), "+78123334455", True),
    "not in the list": (("list",), "+7911", False),
}


@pytest.mark.parametrize(("asked", "number", "fits"), CALLERS.values(), ids=CALLERS)
def test_callers_by_number(asked: tuple[str, ...], number: str | None, fits: bool) -> None:
    sieve = Sieve([route("R", 1, when={"caller": asked})], LISTS)
    assert (sieve.first(Situation(number=number), 0) == 0) is fits


def test_routes_passed_over_are_counted_by_the_first_field_that_does_not_hold() -> None:
    asked: list[dict[str, Any]] = [
        {"customer": ("key",)},
        {"intent": ("order",)},
        {"customer": ("key",), "debt": ("none",)},
    ]
    sieve = Sieve([route("R", line, when=when) for line, when in enumerate(asked)], {})
    assert list(sieve.passed_over(Situation(type="market"), 0, 3)) == [
        PassedOver("customer", 2),
        PassedOver("intent", 1),
    ]
    assert list(sieve.passed_over(Situation(type="market"), 1, 2)) == [PassedOver("intent", 1)]


def test_of_many_routes_the_last_ones_are_told_one_by_one_and_the_others_counted() -> None:
    closed = [route("A", line, when={"closed": ("shifts",)}) for line in range(3)]
    many = [route("B", line, when={"customer": ("key",)}) for line in range(3, MOST_TOLD + 5)]
    book = with_routes(*closed, *many, route("C", 99, otherwise=OFFICE_BOX))
    told = reasons(book, facts(), lambda step: Said() if isinstance(step, Say) else NothingLeft())
    assert told == [
        ("dialled +74950000001", None, 36),
        ("passed over: 2 routes, since customer is unknown and new", None, None),
        ("passed over: 3 routes, since open now: office and shifts", None, None),
        *(("passed over: customer is unknown and new, not key", "B", line) for line in range(5, MOST_TOLD + 5)),
        ("fits", "C", 99),
    ]
