"""Calls that people place outside: who may call whom, how it goes on, and what the rules say of it (T1)."""

import msgspec
import pytest

from db.numbers import both_ends
from routing import BadRules, load
from routing.facts import Caller, Facts
from routing.limits import UNLIMITED, Limits, Rate
from routing.outside import is_limited, is_outside
from routing.rulebook import Rulebook
from routing.rules.company import Outgoing
from routing.steps import RingOutside
from routing.trail import Trail, concerned, decode, encode, replay
from tests.unit.playing import play, reached, reasons, story
from tests.unit.rulebooks import MAIN, facts, with_routes
from tests.unit.rules_text import RULES, STAFF

CUSTOMER, ABROAD = "+79161112233", "+4930123456"
LIMITS = Limits(calls=Rate(9, 3600))


def rules() -> Rulebook:
    by = {"operator": ("+7916*",), "head": ("+7*", ABROAD)}
    outgoing = Outgoing(by=by, shown=MAIN, emergency=("112",))
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
        ("galina", "1122", False),
        pytest.param("boris", "112", True, id="for help everybody may"),
        pytest.param("desk-1", "112", True, id="and from where nobody sits"),
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


def test_no_limit_keeps_anybody_from_calling_for_help() -> None:
    (step, *_), _ = play(rules(), calling("desk-1", "112"), lambda _: reached(("112",), {"112"}))
    assert isinstance(step, RingOutside)
    assert (step.shown, step.limits) == (MAIN, UNLIMITED)
    assert (is_limited("112"), is_outside("112")) == (False, True)


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


def test_what_is_called_for_help_is_called_as_it_was_dialled_though_it_could_be_another_number() -> None:
    ends = both_ends("402", ">84951234567", "RU", lines=(), emergency=("84951234567",), person="mark")
    assert ends == ("84951234567", ">mark")


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


HELP = WRITTEN.replace("dial:", 'emergency: ["112", 103], dial:')


def test_what_the_rules_say_of_calls_for_help() -> None:
    assert load(RULES.replace(NUMBERS, HELP).encode()).outgoing.emergency == ("112", "103")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (HELP.replace(', shown: "+74950000002"', ""), "nothing tells which line is shown to those who are called"),
        (HELP.replace('"112"', '"1"'), "`1` is no emergency number"),
        (HELP.replace('"112"', '"*45"'), "`*45` is no emergency number"),
        (HELP.replace('"112"', '"+7112"'), "`+7112` is no emergency number"),
        (HELP.replace('"112"', '"600"'), "`600` is one of the `transfers` too"),
        (HELP.replace('"112"', '"104"'), "`104` is anna's extension"),
    ],
)
def test_mistakes_in_calls_for_help(written: str, message: str) -> None:
    staff = tuple(msgspec.structs.replace(one, extension="104" if one.id == "anna" else None) for one in STAFF)
    with pytest.raises(BadRules) as bad:
        load(RULES.replace(NUMBERS, written).encode(), staff)
    assert [mistake.message for mistake in bad.value.mistakes] == [message]
