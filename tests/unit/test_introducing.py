"""Who comes and why, told to whoever is rung for a caller who was handed over, and to nobody else (D11, D22, D26)."""

from decimal import Decimal

import msgspec
import pytest

from routing.call import Script
from routing.facts import Customer, Debt, Facts
from routing.flow import advance, flow
from routing.outcomes import Absence, HandedOver, Missed, Outcome, Unanswered
from routing.rulebook import Rulebook
from routing.rules.chains import Introduce
from routing.rules.texts import Blank, BlankName, Text
from routing.speech import Speech, Words
from routing.steps import Ending, Introduction, Ring, RingOutside, Step, Wait
from routing.trail import Entry, Trail, decode, encode
from tests.unit.rulebooks import COMPLAINTS, facts, key_customer, sample
from tests.unit.test_transfers import rules as plain_rules

OWES = key_customer(debt=Debt(overdue=Decimal(5), balance=Decimal(5)))
LANGUAGES = ("en", "ru", "fa")


def blanks(*names: BlankName) -> Text:
    pieces = [piece for name in names for piece in (Blank(name), Words("|"))]
    return dict.fromkeys(LANGUAGES, tuple(pieces))


INTRODUCE = Introduce(
    handed_over=blanks("sender", "caller", "customer", "department", "intent", "debt"),
    back=blanks("caller", "wanted", "why"),
    words={"key": {"en": "key customer", "ru": "ключевой", "fa": "کلیدی"}, "unknown": dict.fromkeys(LANGUAGES, "new")},
)


def rules(introduce: Introduce | None = INTRODUCE) -> Rulebook:
    return msgspec.structs.replace(plain_rules(), introduce=introduce)


def caller(customer: Customer | None = OWES) -> Facts:
    return facts(customer)


def told(rulebook: Rulebook, known: Facts, *outcomes: Outcome) -> Introduction | None:
    """What belongs to the step after these outcomes."""
    step = after(flow(rulebook, known), outcomes)
    assert isinstance(step, Ring | Wait)
    return step.introduction


def after(script: Script[Ending], outcomes: tuple[Outcome, ...]) -> Step | Ending:
    step = advance(script)
    for outcome in outcomes:
        step = advance(script, outcome)
    return step


def words(introduction: Introduction | None, person: str) -> str:
    assert introduction is not None
    return "".join(piece.text for piece in introduction.spoken[person].pieces if isinstance(piece, Words))


def test_who_is_rung_first_is_told_nothing() -> None:
    assert told(rules(), caller()) is None


@pytest.mark.parametrize(
    ("to", "person", "said"),
    [
        pytest.param("olga", "olga", "Farid|Key|key customer|wholesale||overdue|", id="a person"),
        pytest.param("601", "anna", "Farid|Key|key customer|wholesale||overdue|", id="this customer's manager"),
        pytest.param("oleg", "oleg", "Farid|Key|ключевой|wholesale||overdue|", id="who speaks another language"),
        pytest.param("600", "olga", "Farid|Key|key customer|wholesale||overdue|", id="one of a group"),
    ],
)
def test_the_next_person_is_told_who_comes_and_why(to: str, person: str, said: str) -> None:
    assert words(told(rules(), caller(), HandedOver("farid", to)), person) == said


def test_what_was_keyed_in_is_told_and_who_is_not_in_the_directory() -> None:
    known = facts(None, dialled=COMPLAINTS)
    script = flow(msgspec.structs.replace(sample(), introduce=INTRODUCE), known)
    step = advance(script)
    while not isinstance(step, Ring):
        assert not isinstance(step, Ending)
        step = advance(script, Unanswered(()))
    step = advance(script, HandedOver("irina", "igor"))
    assert isinstance(step, Wait)
    assert words(step.introduction, "igor") == "Irina|new||retail|complaint||"
    assert step.introduction is not None
    assert step.introduction.shown == "retail, complaint"


@pytest.mark.parametrize(
    ("to", "came_of_it", "said"),
    [
        pytest.param("olga", [Unanswered((Missed("olga", Absence.BUSY),))], "Key|Olga|busy|", id="busy"),
        pytest.param("602", [Unanswered((Missed("galina", Absence.AWAY),))], "Key|head of wholesale|away|", id="away"),
        pytest.param("farid", [], "Key|Farid||", id="to oneself"),
        pytest.param("", [], "Key|||", id="dropped out while asking"),
        pytest.param("999", [], "Key|999||", id="to nobody"),
    ],
)
def test_the_sender_is_told_why_the_caller_comes_back(to: str, came_of_it: list[Outcome], said: str) -> None:
    assert words(told(rules(), caller(), HandedOver("farid", to), *came_of_it), "farid") == said


def test_a_sender_is_told_as_anybody_where_the_rules_have_no_other_text() -> None:
    without = msgspec.structs.replace(INTRODUCE, back=None)
    assert words(told(rules(without), caller(), HandedOver("farid", "")), "farid").startswith("Farid|Key|")


def test_without_a_text_the_telephone_shows_it_all_the_same() -> None:
    assert told(rules(None), caller(), HandedOver("farid", "olga")) == Introduction(shown="key, wholesale, overdue")


def test_who_is_outside_is_told_nothing_of_the_customer() -> None:
    step = after(flow(rules(), caller()), (HandedOver("farid", "603"),))
    assert isinstance(step, RingOutside)
    assert b"key" not in msgspec.json.encode(step).lower()


def test_the_register_keeps_no_name_of_it() -> None:
    step = Ring(
        people=("anna",),
        seconds=20,
        wanted="anna",
        introduction=Introduction(shown="key", spoken={"anna": Speech("en", (Words("Key Ltd"),))}),
    )
    (entry,) = decode(encode(Trail(rules="", entries=(Entry(step),)))).entries
    assert isinstance(entry.step, Ring)
    assert entry.step.introduction == Introduction(shown="key")
