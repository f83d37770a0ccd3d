"""Being called back instead of waiting: who may be, what the rules say of it, and what happens then."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.numbers import is_ordinary, normalise
from premises.promises import promised
from routing import BadRules, load
from routing.calling_back import next_try, place, told
from routing.elsewhere import SECONDS, answer, is_over, number
from routing.explain import Chosen, explain
from routing.facts import Caller, Facts
from routing.flow import advance, flow
from routing.limits import Limits, Rate
from routing.line.announcing import confirmation
from routing.outcomes import CallBackAsked, HandedOver, Outcome, Said, Talked, Unanswered
from routing.outside import may_call_back
from routing.proof.timing import wait_seconds
from routing.rulebook import Rulebook
from routing.rules.queues import CallBack, Closing, GivenNumber, LineTalk, Queue
from routing.rules.texts import Blank, Text
from routing.speech import Speech, Words
from routing.steps import Promise, Say, Step, Wait
from routing.wording import tell_outcome, tell_step
from tests.unit.playing import play, short, story
from tests.unit.rulebooks import NIGHT, NOON, OPERATORS, STAFF, facts, route, text, with_routes
from tests.unit.rules_text import changed

CALLER = "+74957654321"
TERMS = CallBack(
    key="1",
    offer=text("press 1"),
    thanks=text("we will call"),
    tell={"en": (Words("Call back."),), "ru": (Words("Звонок."),), "fa": (Words("تماس."),)},
    tries=3,
    pause=600,
)


def rules(called_back: tuple[str, ...] = ("+7495*", "+79161112233"), **queue: object) -> Rulebook:
    talk = LineTalk(every=30, place=text("your place"))
    served = Queue(**{"announce": talk, "call_back": TERMS, **queue})  # type: ignore[arg-type]
    book = with_routes(route("D3", 7, wait=OPERATORS), queues={"operators": served})
    return msgspec.structs.replace(book, called_back=called_back)


def calling(number: str | None = CALLER, dialled: str = "+74950000001", at: dt.datetime = NOON) -> Facts:
    return msgspec.structs.replace(facts(at=at), dialled=dialled, caller=Caller(number=number))


def waiting(book: Rulebook, given: Facts) -> Wait:
    step = advance(flow(book, given))
    assert isinstance(step, Wait)
    return step


# ------------------------------------------------------------------------------------------------------- who may be


@pytest.mark.parametrize(
    ("number", "may"),
    [
        (CALLER, True),
        ("+79161112233", True),
        ("+79161112234", False),
        ("+19005551234", False),
        ("+74950000001", False),
        ("+7495", False),
        ("74957654321", False),
        ("+7495765432100000", False),
        ("+7495*", False),
        ("+7495765432&PJSIP/x", False),
        (None, False),
    ],
    ids=str,
)
def test_only_whom_the_rules_list_and_none_of_our_own_lines(number: str | None, *, may: bool) -> None:
    assert may_call_back(rules(), number) is may
    assert not may_call_back(rules(called_back=()), number)


@given(st.text(max_size=20) | st.from_regex(r"\+7495[0-9*#+&@/]{0,14}", fullmatch=True))
def test_whatever_a_caller_sends_nothing_but_a_whole_number_is_dialled(number: str) -> None:
    assert not may_call_back(rules(), number) or (number[0] == "+" and number[1:].isdecimal() and number.isascii())


@pytest.mark.parametrize(("number", "key", "offer"), [(CALLER, "1", (Words("press 1"),)), (None, None, ())])
def test_who_cannot_be_called_back_is_not_told_of_it(number: str | None, key: str | None, offer: tuple[Words]) -> None:
    step = waiting(rules(), calling(number))
    assert step.announce is not None
    assert (step.call_back_key, step.announce.offer) == (key, offer)


# ---------------------------------------------------------------------------------------------------- the number


def confirming() -> CallBack:
    said: Text = {language: (Words("We call "), Blank("number"), Words(".")) for language in ("en", "ru", "fa")}
    return msgspec.structs.replace(TERMS, confirm=said)


def test_whoever_asks_is_told_the_number_digit_by_digit_and_no_step_keeps_it() -> None:
    step = waiting(rules(call_back=confirming()), calling())
    assert step.confirm is not None
    said = confirmation(step.confirm, CALLER)
    assert "".join(piece.text for piece in said.pieces if isinstance(piece, Words)) == "We call 7 4 9 5 7 6 5 4 3 2 1."
    assert said.language == "en"
    assert CALLER[1:] not in repr(step).replace(" ", "")
    assert tell_step(step).endswith("; 1 asks for a call, and is told the number")


@pytest.mark.parametrize(
    ("terms", "number"),
    [
        pytest.param(TERMS, CALLER, id="the rules have no words for it"),
        pytest.param(confirming(), None, id="there is none to be called"),
    ],
)
def test_no_number_is_told(terms: CallBack, number: str | None) -> None:
    assert waiting(rules(call_back=terms), calling(number)).confirm is None


def elsewhere() -> CallBack:
    return msgspec.structs.replace(
        confirming(), elsewhere=GivenNumber(key="2", ask=text("which?"), refuse=text("not that one"))
    )


@pytest.mark.parametrize(
    ("key", "another", "meant"),
    [
        pytest.param("1", False, "agrees", id="the key"),
        pytest.param("1", True, "agrees", id="the key, to a number that was given"),
        pytest.param(None, False, "agrees", id="silence, to the number that the call came from"),
        pytest.param(None, True, "told again", id="silence, to one that may be somebody else's"),
        pytest.param("2", False, "gives another", id="another number"),
        pytest.param("2", True, "gives another", id="corrected"),
        pytest.param("3", False, "refuses", id="any other key"),
    ],
)
def test_what_the_caller_means_who_was_told_the_number(key: str | None, meant: str, *, another: bool) -> None:
    assert answer(waiting(rules(call_back=elsewhere()), calling()), key, another=another) == meant


def test_where_the_rules_have_no_words_for_it_no_other_number_is_given() -> None:
    step = waiting(rules(call_back=confirming()), calling())
    assert (step.elsewhere, answer(step, "2", another=False)) == (None, "refuses")


@pytest.mark.parametrize(
    ("keys", "over", "dialled"),
    [
        ("74957654321", False, "74957654321"),
        ("74957654321#", True, "74957654321"),
        ("7916*74957654321#", True, "74957654321"),
        ("74957654321#99", True, "74957654321"),
        ("#", True, ""),
        ("*", False, ""),
        ("1" * 24, True, "1" * 24),
    ],
)
def test_a_number_is_ended_and_begun_anew(keys: str, dialled: str, *, over: bool) -> None:
    assert (is_over(keys), number(keys)) == (over, dialled)


@given(st.text(alphabet="0123456789*#", max_size=40))
def test_whatever_is_keyed_in_nothing_is_dialled_but_what_the_rules_list(keys: str) -> None:
    dialled = normalise(number(keys), "RU")
    assert not may_call_back(rules(), dialled) or (dialled or "").startswith(("+7495", "+79161112233"))


@pytest.mark.parametrize(
    ("dialled", "ordinary"),
    [
        pytest.param("+74957654321", True, id="a town's"),
        pytest.param("+79161112233", True, id="a mobile"),
        pytest.param("+78091234567", False, id="premium"),
        pytest.param("+448712345678", False, id="shared cost"),
        pytest.param("+19005551234", False, id="premium, abroad"),
        pytest.param("+7", False, id="none"),
    ],
)
def test_expensive_numbers_are_told_from_others(dialled: str, *, ordinary: bool) -> None:
    assert is_ordinary(dialled) is ordinary


def test_the_number_that_was_given_is_promised() -> None:
    given = CallBackAsked(call_at="+74951112233")
    book = rules(call_back=elsewhere())
    steps, _ = play(book, calling(), lambda step: given if isinstance(step, Wait) else Said())
    (promise,) = (step for step in steps if isinstance(step, Promise))
    assert promised("1.1", promise, NOON).call_at == "+74951112233"
    assert tell_step(waiting(book, calling())).endswith("; 1 asks for a call, and is told the number, 2 gives another")


# ---------------------------------------------------------------------------------------------------- the promise


def asks(step: Step) -> Outcome:
    return CallBackAsked() if isinstance(step, Wait) else Said()


def test_who_asks_for_it_is_promised_a_call_and_waits_no_longer() -> None:
    steps, ending = play(rules(), calling(), asks)
    assert [*map(short, steps)] == ["wait for oleg olga", "promise a call from operators", "say goodbye"]
    assert ending.kind == "call-back"
    (promise,) = (step for step in steps if isinstance(step, Promise))
    assert (promise.owner, promise.speech.pieces) == ("operators", (Words("we will call"),))


def test_somebody_else_may_have_to_see_to_it() -> None:
    steps, _ = play(rules(call_back=msgspec.structs.replace(TERMS, owner="anna")), calling(), asks)
    assert [step.owner for step in steps if isinstance(step, Promise)] == ["anna"]


def test_a_key_that_means_nothing_is_none() -> None:
    assert play(rules(call_back=None), calling(), lambda step: CallBackAsked() if isinstance(step, Wait) else Said())[
        1
    ].kind in {"goodbye", "message"}


def test_it_is_told_in_words() -> None:
    step = waiting(rules(), calling())
    assert tell_step(step).endswith("; 1 asks for a call")
    assert tell_outcome(CallBackAsked()) == "the caller asked to be called back"
    steps, _ = play(rules(), calling(), asks)
    assert tell_step(steps[1]) == 'promise a call from operators: "we will call" (en)'
    shown = [line.text for line in explain(rules(), calling(), Chosen(wants_call=True))]
    assert shown[-4:] == ["promised", 'say "[vm-goodbye]" (en)', "said", "ends with a call-back"]


def test_a_promise_takes_its_time_too() -> None:
    assert wait_seconds(OPERATORS, rules()) > OPERATORS.seconds + OPERATORS.offer_seconds
    longer = wait_seconds(OPERATORS, rules(call_back=elsewhere())) - wait_seconds(OPERATORS, rules())
    assert longer == SECONDS


# ----------------------------------------------------------------------------------------------------- the calling


def test_it_is_tried_so_often_with_a_pause_and_then_somebody_must_see_to_it() -> None:
    attempts: list[dt.datetime] = []
    while (due := next_try(TERMS, attempts, NOON)) is not None:
        attempts.append(due + dt.timedelta(seconds=5))
    assert [(at - NOON).total_seconds() for at in attempts] == [5, 610, 1215]


@pytest.mark.parametrize(
    ("book", "at", "group", "people"),
    [
        (rules(call_back=confirming()), NOON, "operators", ("oleg", "olga")),
        (rules(closing=Closing(hours="office", tell=text("closed"))), NOON, "operators", ("oleg", "olga")),
        (rules(closing=Closing(hours="office", tell=text("closed"))), NIGHT, "operators", None),
        (rules(), NOON, "finance", None),
    ],
    ids=["in line", "open", "closed: on the next day", "nobody waits there any more"],
)
def test_the_place_in_line(book: Rulebook, at: dt.datetime, group: str, people: tuple[str, ...] | None) -> None:
    step = place(book, calling(at=at), group, "D3")
    said = step and (step.announce, step.call_back_key, step.confirm)
    assert (step and step.people, said) == (people, people and (None, None, None))


def test_who_is_called_back_is_offered_one_person_even_where_all_are_rung() -> None:
    step = place(rules(order="ring_all"), calling(), "operators", "D3")
    assert step is not None
    assert step.order == "longest_idle"


@pytest.mark.parametrize(("person", "language"), [("olga", "en"), ("oleg", "ru"), (None, "en")])
def test_the_person_hears_in_a_language_of_theirs_who_is_called(person: str | None, language: str) -> None:
    book = load(changed(*CALL_BACK).replace(*OUTSIDE).encode())
    terms = book.queues["operators"].call_back
    assert terms is not None
    known = next((one for one in STAFF if one.id == person), None)
    said = told(book, terms, known, CALLER)
    words = {"en": "Call 7 4 9 5 7 6 5 4 3 2 1.", "ru": "Звонок 7 4 9 5 7 6 5 4 3 2 1."}[language]
    assert said == Speech(language, (Words(words),))


def test_who_is_called_back_talks_with_the_one_who_was_rung_before() -> None:
    def answers(step: Step) -> Outcome:
        return Talked("olga", "caller")

    steps, ending = play(rules(), calling(dialled="<olga"), answers)
    assert ([*map(short, steps)], ending.kind) == (["ring olga"], "talk")


def test_who_is_called_back_can_be_handed_over() -> None:
    outcomes: list[Outcome] = [HandedOver("olga", "oleg"), Talked("oleg", "person")]
    steps, ending = play(rules(), calling(dialled="<olga"), lambda _: outcomes.pop(0))
    assert ([*map(short, steps)], ending.kind) == (["ring olga", "wait for oleg"], "talk")


@pytest.mark.parametrize("dialled", ["<olga", "<nobody"])
def test_who_is_called_back_in_vain_is_not_left_without_an_answer(dialled: str) -> None:
    assert story(rules(), calling(dialled=dialled))[-4:] == [
        "message in office",
        "say thanks",
        "say goodbye",
        "end message",
    ]


# -------------------------------------------------------------------------------------------------- the rule file

LIMITED = (
    'outside: {numbers: ["+79161234567", "+79161234568"], call_back: ["+7495*", "+79161112233"], calls: 9 per hour}'
)
OUTSIDE = ('outside: ["+79161234567", "+79161234568"]', LIMITED)
WRITTEN = (
    "    call_back: {key: 2, offer: recorded, thanks: welcome, owner: boss, tries: 2, pause: 10m, "
    "elsewhere: {key: 3, ask: recorded, refuse: welcome}, "
    'confirm: {en: "We call {number}.", ru: "Номер {number}."}, '
    'tell: {en: "Call {number}.", ru: "Звонок {number}."}}\n'
)
CLOSES = "    closes: {with: office, tell: recorded}\n"
CALL_BACK = (CLOSES, CLOSES + WRITTEN)


def test_what_the_rules_say_of_it() -> None:
    book = load(changed(*CALL_BACK).replace(*OUTSIDE).encode())
    assert book.called_back == ("+7495*", "+79161112233")
    assert (book.outside, book.outside_limits) == (("+79161234567", "+79161234568"), Limits(calls=Rate(9, 3600)))
    terms = book.queues["operators"].call_back
    assert terms is not None
    assert (terms.key, terms.owner, terms.tries, terms.pause) == ("2", "boss", 2, 600)
    assert terms.confirm is not None
    assert terms.elsewhere is not None
    assert terms.elsewhere.key == "3"
    short_form = "    call_back: {key: 2, offer: recorded, thanks: welcome, tell: welcome}\n"
    usual = load(changed(CLOSES, CLOSES + short_form).replace(*OUTSIDE).encode()).queues["operators"].call_back
    assert usual is not None
    assert (usual.owner, usual.tries, usual.pause, usual.confirm) == (None, 3, 900, None)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (LIMITED, OUTSIDE[0], "nobody may be called back"),
        (", calls: 9 per hour", "", "how often callers are called back has no limit"),
        (
            'numbers: ["+79161234567", "+79161234568"], call_back: ["+7495*", "+79161112233"], ',
            "",
            "no number may be rung by this",
        ),
        ("    announce: {every: 45s,", "    x: {every: 45s,", "nobody would hear of this"),
        ('tell: {en: "Call {number}."', 'tell: {en: "Call {place}."', "`{place}` is known of nobody here"),
        ("back: {key: 2", "back: {key: 22", "`22` is not a key of a telephone: 0 to 9, * or #"),
        ("tries: 2, pause", "tries: 10, pause", "10"),
        ("{key: 3, ask", "{key: 2, ask", "2 agrees to the number already"),
        ('confirm: {en: "We call {number}.", ru: "Номер {number}."}, ', "", "nobody would hear which number is called"),
    ],
)
def test_mistakes_in_it(old: str, new: str, message: str) -> None:
    right = changed(*CALL_BACK).replace(*OUTSIDE)
    assert right.count(old) == 1
    with pytest.raises(BadRules) as bad:
        load(right.replace(old, new).encode())
    assert any(message in mistake.message for mistake in bad.value.mistakes)


def test_an_unanswered_wait_goes_on_as_before() -> None:
    steps, _ = play(rules(), calling(), lambda step: Unanswered(()) if isinstance(step, Wait) else Said())
    assert not any(isinstance(step, Promise) for step in steps)
    assert any(isinstance(step, Say) for step in steps)
