"""A trail is a call's state: it can be written down without secrets, read back, and played again."""

from decimal import Decimal

import msgspec
import pytest

from routing.facts import Caller, Customer, Debt, Facts
from routing.outcomes import (
    Absence,
    MessageLeft,
    Missed,
    NothingLeft,
    Outcome,
    Pressed,
    Promised,
    Proved,
    Said,
    Silence,
    Talked,
    Unanswered,
)
from routing.rules.chains import Named
from routing.rules.queues import Preference
from routing.speech import Speech
from routing.steps import Ask, Ending, Promise, Prove, Ring, Say, Step, TakeMessage, Wait
from routing.trail import (
    DifferingTrailError,
    Entry,
    Trail,
    UnreadableTrailError,
    concerned,
    decode,
    decode_facts,
    encode,
    encode_facts,
    replay,
    still,
    without_secrets,
)
from tests.unit.playing import heard, short
from tests.unit.rulebooks import COMPLAINTS, NIGHT, OPERATORS, facts, key_customer, route, sample, with_routes

OWED = Debt(overdue=Decimal(51234), balance=Decimal(91234), limit=Decimal(81234))
DEBTOR = key_customer(type="market", code="4711", debt=OWED)
OUTCOMES: list[Outcome] = [
    Said(),
    Pressed("7"),
    Said(),
    Pressed("1"),
    Said(),
    Proved(),
    Said(),
    Said(),
    Unanswered((Missed("anna", Absence.BUSY),)),
    Unanswered((Missed("farid", Absence.DECLINED),)),
    MessageLeft(7.5),
    Said(),
    Said(),
]


@pytest.mark.parametrize("cut", range(len(OUTCOMES) + 1))
def test_a_replay_goes_on_where_the_call_was(cut: int) -> None:
    whole = replay(sample(), facts(DEBTOR), OUTCOMES)
    begun = replay(sample(), facts(DEBTOR), OUTCOMES[:cut])
    steps = [*(entry.step for entry in begun.entries), begun.at]
    for outcome in OUTCOMES[cut:]:
        assert not isinstance(begun.at, Ending)
        try:
            steps.append(begun.script.send(outcome))
        except StopIteration as end:
            steps.append(end.value)
    assert steps == [*(entry.step for entry in whole.entries), whole.at]
    assert whole.at == Ending(kind="message")


def test_a_replay_from_what_was_written_down_differs_in_amounts_only() -> None:
    whole = replay(sample(), facts(DEBTOR), OUTCOMES)
    again = replay(sample(), decode_facts(encode_facts(facts(DEBTOR))), OUTCOMES)
    different = [
        (heard(ours.step.speech), heard(theirs.step.speech))
        for ours, theirs in zip(whole.entries, again.entries, strict=True)
        if ours != theirs and isinstance(ours.step, Say) and isinstance(theirs.step, Say)
    ]
    assert different == [("51234 overdue", "1 overdue"), ("owed 91234 of 81234", "owed 1 of 0")]


NOBODY = Caller(number="+79161234567", looked_up="not")
REGULAR = key_customer()
PAID = Debt(overdue=Decimal(0), balance=Decimal(7), limit=Decimal(81234))


def plain(customer: Customer) -> Caller:
    """A caller as the register has one: without secrets."""
    return decode_facts(encode_facts(facts(customer))).caller


@pytest.mark.parametrize(
    ("began", "asked", "talks", "goes_on_as"),
    [
        pytest.param(plain(REGULAR), NOBODY, True, plain(REGULAR).customer, id="nobody can tell now: as before"),
        pytest.param(plain(REGULAR), NOBODY, False, plain(REGULAR).customer, id="who waits, too"),
        pytest.param(
            plain(REGULAR),
            Caller(customer=key_customer(manager="boris")),
            True,
            REGULAR,
            id="with the manager of before",
        ),
        pytest.param(plain(DEBTOR), NOBODY, True, plain(DEBTOR).customer, id="a debtor who talks goes on talking"),
        pytest.param(plain(DEBTOR), NOBODY, False, None, id="one who does not hears no amounts that are made up"),
        pytest.param(plain(DEBTOR), Caller(customer=DEBTOR), False, DEBTOR, id="code and debt are the directory's"),
        pytest.param(
            plain(DEBTOR),
            Caller(customer=msgspec.structs.replace(DEBTOR, debt=PAID)),
            False,
            msgspec.structs.replace(DEBTOR, debt=PAID),
            id="as they are now",
        ),
        pytest.param(NOBODY, Caller(customer=REGULAR), True, None, id="a stranger stays one until the call ends"),
    ],
)
def test_who_calls_is_who_it_was_when_the_call_began(
    began: Caller, asked: Caller, talks: bool, goes_on_as: Customer | None
) -> None:
    assert still(began, asked, talks=talks).customer == goes_on_as


CALLS: dict[str, tuple[Facts, list[Outcome], set[str]]] = {
    "a debtor whom nobody answers": (facts(DEBTOR), OUTCOMES, {"anna", "farid"}),
    "a key customer at night": (facts(key_customer(), at=NIGHT, dialled=COMPLAINTS), [Said()], {"anna", "galina"}),
    "who waits in line": (facts(key_customer(type="market")), [Said(), Pressed("0")], {"oleg", "olga"}),
    "who left at once": (facts(DEBTOR), [], set()),
}


@pytest.mark.parametrize(("known", "outcomes", "people"), CALLS.values(), ids=CALLS)
def test_the_people_on_whom_a_trail_depends_are_enough_to_play_it_again(
    known: Facts, outcomes: list[Outcome], people: set[str]
) -> None:
    whole = replay(sample(), known, outcomes)
    under_way = () if isinstance(whole.at, Ending) else (Entry(whole.at),)
    ending = whole.at if isinstance(whole.at, Ending) else None
    kept = concerned(known, Trail(rules="0123456789ab", entries=(*whole.entries, *under_way), ending=ending))
    again = replay(sample(), kept, outcomes)
    assert (again.entries, again.at) == (whole.entries, whole.at)
    assert {person.id for person in kept.staff} == people


def test_whoever_was_to_be_offered_first_belongs_to_a_trail() -> None:
    first = (Preference(who=(Named("anna"),), seconds=20, text="anna"),)
    rules = with_routes(route("R", 7, wait=msgspec.structs.replace(OPERATORS, first=first)))
    begun = replay(rules, facts(), ())
    assert isinstance(begun.at, Wait)
    kept = concerned(facts(), Trail(rules="0123456789ab", entries=(Entry(begun.at),)))
    assert replay(rules, kept, ()).at == begun.at
    assert {person.id for person in kept.staff} == {"anna", "oleg", "olga"}


def test_nothing_that_is_written_down_gives_a_secret_away() -> None:
    whole = replay(sample(), facts(DEBTOR), OUTCOMES)
    written = encode(Trail(rules="0123456789ab", entries=whole.entries)) + encode_facts(facts(DEBTOR))
    assert not [secret for secret in (b"51234", b"91234", b"81234", b"4711") if secret in written]


def test_what_is_logged_gives_no_secret_away() -> None:
    assert repr(DEBTOR) == "Customer('k1', 'market')"


def test_a_trail_is_read_back_as_it_was_but_for_the_amounts() -> None:
    whole = replay(sample(), facts(DEBTOR), OUTCOMES)
    entries = (*whole.entries, Entry(whole.entries[-1].step))
    trail = decode(encode(Trail(rules="0123456789ab", entries=entries, ending=Ending(kind="message"))))
    assert trail.outcomes == tuple(OUTCOMES)
    assert trail.ending == Ending(kind="message")
    assert trail.rules == "0123456789ab"
    spoken = [short(entry.step) for entry in trail.entries if isinstance(entry.step, Say)]
    assert "say … overdue" in spoken
    assert [entry.step for entry in trail.entries if not isinstance(entry.step, Say)] == [
        entry.step for entry in entries if not isinstance(entry.step, Say)
    ]


FACTS = {
    "a stranger": facts(),
    "a withheld number at night": facts(number=None, at=NIGHT),
    "a customer without debts and code": facts(key_customer()),
    "overdue only": facts(key_customer(debt=Debt(overdue=Decimal(5)))),
    "over the limit only, with a code": facts(key_customer(debt=Debt(balance=Decimal(5), limit=Decimal(4)), code="1")),
    "a debtor": facts(DEBTOR),
}


@pytest.mark.parametrize("call", FACTS.values(), ids=FACTS.keys())
def test_facts_are_read_back_as_they_were_but_for_secrets(call: object) -> None:
    assert isinstance(call, type(facts()))
    assert decode_facts(encode_facts(call)) == without_secrets(call)
    assert without_secrets(without_secrets(call)) == without_secrets(call)


DIFFERING: dict[str, tuple[list[Outcome], int, type[Step] | type[Ending]]] = {
    "a key where something was said": ([Pressed("1")], 0, Say),
    "something said where a key was asked for": ([Said(), Said()], 1, Ask),
    "somebody answered who was not rung": (
        [*OUTCOMES[:8], Talked(person="igor", ended_by="caller")],
        8,
        Ring,
    ),
    "more outcomes than steps": ([*OUTCOMES, Said()], len(OUTCOMES), Ending),
    "a silence for a message": ([*OUTCOMES[:10], Silence()], 10, TakeMessage),
    "a message for a code": ([*OUTCOMES[:5], NothingLeft()], 5, Prove),
}


@pytest.mark.parametrize(("outcomes", "position", "kind"), DIFFERING.values(), ids=DIFFERING.keys())
def test_a_trail_of_another_call_is_refused(outcomes: list[Outcome], position: int, kind: type) -> None:
    with pytest.raises(DifferingTrailError, match=f"outcome {position + 1} of the trail") as caught:
        replay(sample(), facts(DEBTOR), outcomes)
    assert caught.value.position == position
    assert isinstance(caught.value.at, kind)
    assert caught.value.outcome == outcomes[position]


def test_somebody_who_was_rung_may_have_answered() -> None:
    outcomes = [*OUTCOMES[:8], Talked(person="anna", ended_by="person")]
    assert replay(sample(), facts(DEBTOR), outcomes).at == Ending(kind="talk")


ASKED = Ask(speech=Speech("en", ()), seconds=5, menu="main", attempt=1)
PROMISED = Promise(speech=Speech("en", ()), queue="operators", owner="office")
BOX = TakeMessage(box="night", speech=Speech("en", ()), seconds=60)


@pytest.mark.parametrize(
    ("done", "doing", "end"),
    [
        ([], ASKED, "caller left"),
        ([(ASKED, Pressed("1")), (BOX, NothingLeft())], ASKED, "caller left"),
        ([(ASKED, Pressed("1"))], BOX, "caller left"),
        ([(BOX, MessageLeft(3.0))], ASKED, "message"),
        ([], PROMISED, "call-back"),
        ([(PROMISED, Promised())], ASKED, "call-back"),
    ],
    ids=["at once", "having said nothing", "before the tone", "having spoken", "while it is promised", "promised"],
)
def test_who_hangs_up_has_left_or_was_served(done: list[tuple[Step, Outcome]], doing: Step, end: str) -> None:
    trail = Trail(rules="a")
    for step, outcome in done:
        trail = trail.begun(step, 1.0).came(outcome)
    trail = trail.begun(doing, 2.0)
    assert trail.entries == (*(Entry(step, outcome, 1.0) for step, outcome in done), Entry(doing, None, 2.0))
    assert trail.left == end


@pytest.mark.parametrize(
    "json", [b"", b"{}", b'{"rules": 3}', b"\xff", b'{"\xff": 1}', b'{"rules": "a", "entries": [{}]}']
)
def test_what_is_no_trail_is_refused(json: bytes) -> None:
    with pytest.raises(UnreadableTrailError):
        decode(json)
    with pytest.raises(UnreadableTrailError):
        decode_facts(json)


def test_the_same_facts_and_outcomes_give_the_same_steps() -> None:
    first, second = (replay(sample(), facts(DEBTOR), OUTCOMES) for _ in range(2))
    assert msgspec.json.encode(first.entries) == msgspec.json.encode(second.entries)
