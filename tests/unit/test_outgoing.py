"""Calls that people place outside: who may call whom, how it goes on, and what the rules say of it (T1)."""

import msgspec
import pytest

from db.numbers import both_ends
from routing import BadRules, load
from routing.facts import Caller, Facts
from routing.limits import Limits, Rate
from routing.rulebook import Rulebook
from routing.rules.company import Outgoing
from routing.steps import RingOutside
from routing.trail import Trail, concerned, decode, encode, replay
from tests.unit.playing import play, reached, reasons, story
from tests.unit.rulebooks import MAIN, facts, with_routes
from tests.unit.rules_text import RULES

CUSTOMER, ABROAD = "+79161112233", "+4930123456"
LIMITS = Limits(calls=Rate(9, 3600))


def rules() -> Rulebook:
    by = {"operator": ("+7916*",), "head": ("+7*", ABROAD)}
    outgoing = Outgoing(by=by, shown=MAIN)
    return msgspec.structs.replace(with_routes(), outgoing=outgoing, outside_limits=LIMITS)


def calling(person: str, number: str | None) -> Facts:
    return msgspec.structs.replace(facts(), dialled=f">{person}", caller=Caller(number=number))


@pytest.mark.parametrize(
    ("person", "number", "may"),
    [
        ("olga", CUSTOMER, True),
        ("olga", "+74951112233", False),
        ("galina", "+74951112233", True),
        ("galina", ABROAD, True),
        ("galina", ABROAD + "7", False),
        ("boris", CUSTOMER, False),
        ("nobody", CUSTOMER, False),
        ("desk-1", CUSTOMER, False),
        ("galina", None, False),
        ("galina", "112", False),
        ("galina", "+7", False),
        ("galina", "+7916111223344556677", False),
    ],
)
def test_whom_each_role_may_call(person: str, number: str | None, *, may: bool) -> None:
    noticed = story(rules(), calling(person, number), answers=[number or ""])
    assert noticed == ([f"ring {number}", "end talk"] if may else ["say goodbye", "end goodbye"])


def test_without_a_word_in_the_rules_nobody_may() -> None:
    assert story(with_routes(), calling("galina", CUSTOMER))[-1] == "end goodbye"


def test_whoever_is_called_sees_a_line_of_ours_within_the_limits_for_outside_numbers() -> None:
    (step, *_), _ = play(rules(), calling("olga", CUSTOMER), lambda _: reached((CUSTOMER,), {CUSTOMER}))
    assert isinstance(step, RingOutside)
    assert (step.shown, step.limits, step.rule) == (MAIN, LIMITS, "T1")


def test_who_is_not_reached_is_said_goodbye_for() -> None:
    assert story(rules(), calling("olga", CUSTOMER)) == [f"ring {CUSTOMER}", "say goodbye", "end goodbye"]


def test_why_a_call_was_refused_is_kept() -> None:
    told = [text for text, *_ in reasons(rules(), calling("boris", CUSTOMER), lambda _: reached((), set()))]
    assert told == ["boris calls outside", "the rules let nobody of this role call this number"]


def test_a_call_outside_is_replayed_by_the_person_whom_it_concerns() -> None:
    outcome = reached((CUSTOMER,), {CUSTOMER})
    trail = decode(encode(Trail(rules="", entries=replay(rules(), calling("olga", CUSTOMER), (outcome,)).entries)))
    kept = concerned(calling("olga", CUSTOMER), trail)
    assert [person.id for person in kept.staff] == ["olga"]
    assert replay(rules(), kept, (outcome,)).entries == trail.entries


@pytest.mark.parametrize(
    ("dialled", "ends"),
    [
        pytest.param(">89161112233", (CUSTOMER, ">mark"), id="as people in this country dial it"),
        pytest.param(">+79161112233", (CUSTOMER, ">mark"), id="with its country"),
        pytest.param(">74950000001", ("402", MAIN), id="a line of ours is called as by anybody"),
        pytest.param(">112", ("112", ">mark"), id="what is no whole number"),
        pytest.param(">+", ("402", ""), id="nothing"),
        pytest.param("@anna", ("402", "@anna"), id="a colleague"),
        pytest.param("+74950000001", ("402", MAIN), id="a caller from outside"),
    ],
)
def test_who_is_outside_and_who_of_ours_has_to_do_with_it(dialled: str, ends: tuple[str | None, str]) -> None:
    assert both_ends("402", dialled, "RU", lines=(MAIN,), person="mark") == ends


# ------------------------------------------------------------------------------------------------------ the rule file

NUMBERS = 'outside: ["+79161234567", "+79161234568"]'
WRITTEN = (
    'outside: {numbers: ["+79161234567", "+79161234568"], '
    'dial: {operator: "+7495*", head: ["+7*", "+4930123456"]}, shown: "+74950000002"}'
)


def test_what_the_rules_say_of_it() -> None:
    assert load(RULES.replace(NUMBERS, WRITTEN).encode()).outgoing == Outgoing(
        by={"operator": ("+7495*",), "head": ("+7*", "+4930123456")}, shown="+74950000002"
    )
    assert load(RULES.encode()).outgoing == Outgoing()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (', shown: "+74950000002"', "", "nothing tells which line is shown"),
        ('shown: "+74950000002"', "shown: any", "nothing tells which line is shown"),
        ('shown: "+74950000002"', 'shown: "+74950000009"', "no line has the number `+74950000009`"),
        ("operator:", "operators:", "no role is called `operators`"),
        ('"+7495*"', '"8495*"', "`8495*` is no telephone number with its country code"),
    ],
)
def test_mistakes_in_it(old: str, new: str, message: str) -> None:
    assert WRITTEN.count(old) == 1
    with pytest.raises(BadRules) as bad:
        load(RULES.replace(NUMBERS, WRITTEN.replace(old, new)).encode())
    assert any(message in mistake.message for mistake in bad.value.mistakes)
