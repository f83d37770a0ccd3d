"""Calls from person to person inside the house: who may call whom, and what the rules say of it (T1, D11)."""

import msgspec
import pytest

from routing import BadRules, load
from routing.facts import Facts
from routing.rulebook import Rulebook
from routing.rules.chains import Group, Transfer
from routing.trail import Trail, concerned, decode, encode, replay
from tests.unit.playing import reached, reasons, story
from tests.unit.rulebooks import facts, link, with_routes
from tests.unit.rules_text import changed

TRANSFERS = {
    number: Transfer(number=number, chain=(link(Group("operators")),), rule="D22", line=40) for number in ("600", "601")
}
BY = {"operator": ("operator", "manager", "600"), "manager": ("any",), "head": ("head",)}
REFUSED = ["say goodbye", "end goodbye"]


def rules(by: dict[str, tuple[str, ...]] | None = BY) -> Rulebook:
    return msgspec.structs.replace(with_routes(transfers=TRANSFERS), inside=by)


def calling(person: str, keyed: str, *, asking: bool = False) -> Facts:
    return msgspec.structs.replace(facts(), dialled=f"@{keyed}", by=person, asking=asking)


@pytest.mark.parametrize(
    ("person", "keyed", "rings"),
    [
        ("olga", "oleg", "oleg"),
        ("olga", "igor", "igor"),
        ("olga", "galina", None),
        pytest.param("olga", "600", "oleg olga", id="a short number that is listed"),
        pytest.param("olga", "601", None, id="one that is not, though it rings the same people"),
        pytest.param("olga", "999", None, id="nobody"),
        pytest.param("igor", "galina", "galina", id="anybody"),
        pytest.param("igor", "601", "oleg olga", id="and any short number"),
        ("galina", "irina", "irina"),
        ("galina", "olga", None),
        pytest.param("farid", "olga", None, id="whose role is not listed"),
        pytest.param("desk-1", "olga", None, id="from where nobody sits"),
    ],
)
def test_whom_each_role_may_call(person: str, keyed: str, rings: str | None) -> None:
    noticed = story(rules(), calling(person, keyed), answers=["oleg", "igor", "galina", "irina"])
    assert noticed == ([f"ring {rings}", "end talk"] if rings else REFUSED)


@pytest.mark.parametrize("person", ["olga", "farid", "desk-1"])
def test_without_a_word_in_the_rules_everybody_calls_everybody(person: str) -> None:
    assert story(rules(None), calling(person, "galina"), answers=["galina"]) == ["ring galina", "end talk"]


def test_by_an_empty_list_nobody_calls_anybody() -> None:
    assert story(rules({}), calling("igor", "galina"), answers=["galina"]) == REFUSED


@pytest.mark.parametrize("by", [BY, {}], ids=["some", "nobody"])
def test_a_colleague_may_be_asked_while_a_caller_waits(by: dict[str, tuple[str, ...]]) -> None:
    asked = calling("olga", "galina", asking=True)
    assert story(rules(by), asked, answers=["galina"]) == ["ring galina", "end talk"]


def test_why_a_call_was_refused_is_kept() -> None:
    told = [text for text, *_ in reasons(rules(), calling("olga", "galina"), lambda _: reached((), set()))]
    assert told == ["olga calls inside the house", "the rules let nobody of this role call galina inside the house"]


@pytest.mark.parametrize("keyed", ["oleg", "600"])
def test_a_call_is_replayed_by_the_people_whom_it_concerns(keyed: str) -> None:
    called, outcome = calling("olga", keyed), reached(("oleg",), {"oleg"})
    entries = replay(rules(), called, (outcome,)).entries
    kept = concerned(called, decode(encode(Trail(rules="", entries=entries))))
    assert "olga" in {person.id for person in kept.staff}
    assert replay(rules(), kept, (outcome,)).entries == entries


# ------------------------------------------------------------------------------------------------------ the rule file

PLAIN = "inside: {operator: [operator, manager], manager: any}\n"
WRITTEN = "inside: {operator: [operator, manager, 600, chief], manager: any}\n"


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        (WRITTEN, {"operator": ("operator", "manager", "600", "chief"), "manager": ("any",)}),
        ("inside: {}\n", {}),
        ("", None),
    ],
)
def test_what_the_rules_say_of_it(text: str, inside: dict[str, tuple[str, ...]] | None) -> None:
    assert load(changed(PLAIN, text).encode()).inside == inside


@pytest.mark.parametrize(
    ("old", "new", "column", "message"),
    [
        ("{operator:", "{operators:", 10, "no role is called `operators`"),
        ("manager,", "manger,", 31, "no role and none of the `transfers` is called `manger`"),
        ("600", "609", 40, "no role and none of the `transfers` is called `609`"),
        ("any", "[]", 53, "nothing is listed here"),
    ],
)
def test_mistakes_in_it(old: str, new: str, column: int, message: str) -> None:
    text = changed(PLAIN, WRITTEN.replace(old, new))
    with pytest.raises(BadRules) as bad:
        load(text.encode())
    (mistake,) = bad.value.mistakes
    line = 1 + text[: text.index("inside:")].count("\n")
    assert (mistake.line, mistake.column, mistake.message) == (line, column, message)


def test_no_role_is_called_any() -> None:
    with pytest.raises(BadRules, match="`any` has a meaning of its own"):
        load(changed("roles: [operator,", "roles: [any, operator,").encode())
