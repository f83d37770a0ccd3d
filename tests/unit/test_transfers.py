"""Handing a caller over: who is rung then, in which order, and where a caller goes whom nobody takes (D4, D19, D22)."""

from collections.abc import Callable, Iterator, Mapping

import msgspec
import pytest

from routing import transfers
from routing.explain import Chosen, explain
from routing.facts import Facts
from routing.outcomes import Absence, HandedOver, Missed, Outcome, Said, Talked, Unanswered
from routing.rulebook import Rulebook
from routing.rules.chains import Another, AssignedManager, Group, Head, Outside, Transfer
from routing.state import State, decode_state, encode_state
from routing.steps import Ring, RingOutside, Step, Wait
from routing.trail import DifferingTrailError, Trail, concerned, decode, encode, replay
from routing.wording import tell_outcome
from tests.unit.playing import play, short, story
from tests.unit.rulebooks import NOON, OPERATORS, STAFF, facts, key_customer, link, route, with_routes

MOBILE = "+74951112233"
D4 = (link(AssignedManager()), link(Another("key_account_manager")), link(Head("wholesale"), 30))
TRANSFERS = {
    "600": Transfer(number="600", chain=(link(Group("operators")),), rule="D22", line=40),
    "601": Transfer(number="601", chain=D4, rule="D4", line=41),
    "602": Transfer(number="602", chain=(link(Head(None)),), line=42),
    "603": Transfer(number="603", chain=(link(Outside(MOBILE)),), line=43),
}
COLLEAGUES = tuple(
    msgspec.structs.replace(person, extension="402") if person.id == "igor" else person for person in STAFF
)


def rules(*, wait: bool = False) -> Rulebook:
    """Finance is rung, or operators are waited for; then there is a message box."""
    if wait:
        return with_routes(route("D3", 7, wait=OPERATORS), transfers=TRANSFERS)
    return with_routes(route("D6", 7, link(Group("finance")), link(Head("wholesale"))), transfers=TRANSFERS)


def caller() -> Facts:
    return facts(key_customer(), staff=COLLEAGUES)


def doing(hand_over: Mapping[str, str], there: str) -> Callable[[Step], Outcome]:
    """Who is ``there`` answers, and hands over once, where it says to whom."""
    todo, present = dict(hand_over), there.split()

    def choose(step: Step) -> Outcome:
        if not isinstance(step, Ring | RingOutside | Wait):
            return Said()
        people = (step.number,) if isinstance(step, RingOutside) else step.people
        who = next((one for one in people if one in present), None)
        if who in todo:
            return HandedOver(who, todo.pop(who))
        return Talked(who, "caller") if who else Unanswered(())

    return choose


@pytest.mark.parametrize(
    ("hand_over", "there", "noticed"),
    [
        pytest.param({"farid": "olga"}, "farid olga", ["ring farid", "wait for olga"], id="to a person"),
        pytest.param({"farid": "402"}, "farid igor", ["ring farid", "wait for igor"], id="to an extension"),
        pytest.param({"farid": "600"}, "farid oleg", ["ring farid", "ring oleg olga"], id="to a group"),
        pytest.param({"farid": "601"}, "farid anna", ["ring farid", "ring anna"], id="to this customer's manager"),
        pytest.param(
            {"farid": "601"},
            "farid galina",
            ["ring farid", "ring anna", "ring boris", "ring galina"],
            id="to a manager who is absent: another one, then the head (D4)",
        ),
        pytest.param(
            {"farid": "602"}, "farid galina", ["ring farid", "ring galina"], id="to the head of the department"
        ),
        pytest.param(
            {"farid": "603"}, "farid +74951112233", ["ring farid", "ring +74951112233"], id="to a number outside"
        ),
        pytest.param({"farid": "olga"}, "farid", ["ring farid", "wait for olga", "wait for farid"], id="in vain: back"),
        pytest.param({"farid": "farid"}, "farid", ["ring farid", "wait for farid"], id="to oneself"),
        pytest.param({"farid": ""}, "farid", ["ring farid", "wait for farid"], id="dropped out while asking"),
        pytest.param({"farid": "999"}, "farid", ["ring farid", "wait for farid"], id="to nobody"),
        pytest.param(
            {"farid": "olga", "olga": "601"},
            "farid olga boris",
            ["ring farid", "wait for olga", "ring anna", "ring boris"],
            id="from one to the next",
        ),
    ],
)
def test_who_is_rung(hand_over: dict[str, str], there: str, noticed: list[str]) -> None:
    steps, ending = play(rules(), caller(), doing(hand_over, there))
    assert ([short(step) for step in steps], ending.kind) == (noticed, "talk")


def test_whom_nobody_takes_goes_on_where_the_call_was_before_the_talk() -> None:
    gone = iter([HandedOver("farid", "olga")])
    steps, ending = play(
        rules(), caller(), lambda step: next(gone, Unanswered(())) if isinstance(step, Ring) else Unanswered(())
    )
    assert [short(step) for step in steps][:4] == ["ring farid", "wait for olga", "wait for farid", "ring galina"]
    assert ending.kind == "goodbye"


def test_who_waited_in_line_waits_again_in_front_of_all_others() -> None:
    outcomes: Iterator[Outcome] = iter(
        [HandedOver("olga", "anna"), Unanswered(()), Unanswered(()), Talked("oleg", "caller")]
    )
    steps, ending = play(rules(wait=True), caller(), lambda _: next(outcomes))
    assert [short(step) for step in steps] == [
        "wait for oleg olga",
        "wait for anna",
        "wait for olga",
        "wait for oleg olga",
    ]
    assert [step.in_front for step in steps if isinstance(step, Wait)] == [False, True, True, True]
    assert ending.kind == "talk"


def test_who_did_not_answer_before_is_rung_when_somebody_hands_over_to_them() -> None:
    outcomes: Iterator[Outcome] = iter([Unanswered(()), HandedOver("galina", "farid"), Talked("farid", "person")])
    steps, _ = play(rules(), caller(), lambda _: next(outcomes))
    assert [short(step) for step in steps] == ["ring farid", "ring galina", "wait for farid"]


@pytest.mark.parametrize("wait", [False, True])
def test_a_call_that_is_handed_over_for_ever_comes_to_an_end(*, wait: bool) -> None:
    def to_each_other(step: Step) -> Outcome:
        return HandedOver(step.people[0], "601") if isinstance(step, Ring | Wait) else Unanswered(())

    steps, ending = play(rules(wait=wait), caller(), to_each_other)
    times = sum(isinstance(step, Ring | Wait) for step in steps)
    assert (ending.kind, times <= 3 * transfers.MOST) == ("goodbye", True)


def test_the_longest_story_of_handing_over_fits_onto_the_callers_channel() -> None:
    missed = tuple(Missed(person.id, Absence.NO_ANSWER) for person in STAFF)
    outcomes = tuple(HandedOver(STAFF[number % 8].id, f"{600 + number}", missed) for number in range(transfers.MOST))
    state = decode_state(encode_state(State(rules="0123456789ab", at=NOON, outcomes=outcomes)))
    assert [(one.person, one.to) for one in state.outcomes if isinstance(one, HandedOver)] == [
        (one.person, one.to) for one in outcomes
    ]


def test_the_steps_say_who_handed_over_and_serve_the_rule_of_the_transfer() -> None:
    steps, _ = play(rules(), caller(), doing({"farid": "601"}, "farid boris"))
    assert [step.rule for step in steps] == ["D6", "D4", "D4"]
    assert [note.text for note in steps[1].notes] == ["farid hands over to 601"]


def test_a_trail_with_a_transfer_is_replayed_by_the_people_whom_it_concerns() -> None:
    outcomes = (HandedOver("farid", "402"), Talked("igor", "caller"))
    again = replay(rules(), caller(), outcomes)
    trail = decode(encode(Trail(rules="", entries=again.entries)))
    assert trail.outcomes == outcomes
    assert replay(rules(), concerned(caller(), trail), outcomes).entries == again.entries
    with pytest.raises(DifferingTrailError):
        replay(rules(), caller(), (HandedOver("anna", "402"),))


@pytest.mark.parametrize(
    ("dialled", "noticed"),
    [
        pytest.param("@igor", ["ring igor", "end talk"], id="a person"),
        pytest.param("@402", ["ring igor", "end talk"], id="an extension"),
        pytest.param("@600", ["ring oleg olga", "say goodbye", "end goodbye"], id="a group of which nobody answers"),
        pytest.param("@601", ["ring galina", "say goodbye", "end goodbye"], id="a manager, where there is no customer"),
        pytest.param("@999", ["say goodbye", "end goodbye"], id="nobody"),
    ],
)
def test_colleagues_call_each_other(dialled: str, noticed: list[str]) -> None:
    called = facts(None, dialled=dialled, staff=COLLEAGUES)
    assert [one for one in story(rules(), called, answers=["igor"]) if "boris" not in one] == noticed


def test_it_is_told_in_words() -> None:
    outcome = HandedOver("farid", "600", (Missed("anna", Absence.BUSY),))
    assert tell_outcome(outcome) == "talked with farid, who handed over to 600; before that anna busy"
    assert tell_outcome(HandedOver("farid", "")) == "talked with farid, who dropped out while asking a colleague"


def test_an_explanation_follows_a_transfer() -> None:
    told = explain(rules(), caller(), Chosen(hands_over={"farid": "601"}, absent={"anna": Absence.AWAY}))
    assert [line.text for line in told if line.kind == "outcome"] == [
        "talked with farid, who handed over to 601",
        "nobody: anna away",
        "talked with boris, caller hung up",
    ]


def test_what_can_be_keyed_in_are_short_numbers_people_and_extensions() -> None:
    assert transfers.targets(rules(), COLLEAGUES) == (
        *("600", "601", "602", "603"),
        *("402", "anna", "boris", "farid", "galina", "igor", "irina", "oleg", "olga"),
    )
