"""Each step as the stand-in does it: what Asterisk is told, what the register gets, and what comes of it."""

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agi.errors import CallerLeft
from agi.messages import take_message
from agi.promising import promise
from agi.ringing import ring, ring_outside
from agi.speaking import ask, prove, say
from agi.waiting import wait
from db.records import LegRow, TaskRow
from premises import wav
from premises.boxes import Box, addressed_to
from premises.clock import now
from premises.turns import Turns
from routing.facts import Customer
from routing.limits import Limits, Rate
from routing.outcomes import (
    Absence,
    LineClosed,
    MessageLeft,
    Missed,
    NothingLeft,
    Outcome,
    Pressed,
    Proved,
    Said,
    Silence,
    Talked,
    Unanswered,
    Unproved,
)
from routing.speech import Speech, Words
from routing.steps import Ask, Promise, Prove, Ring, RingOutside, Say, TakeMessage, Wait
from tests.unit.agi_call import call
from tests.unit.agi_peer import CALL, GONE, Answers
from tests.unit.rulebooks import NOON


@contextmanager
def taken(turns: Path, person: str) -> Iterator[None]:
    """Another process has this person."""
    turn = Turns(turns).take(person)
    assert turn is not None
    yield
    turn.give_back()


HELLO = Speech("ru", (Words("Привет"),))
NOTHING = Speech("en", ())
ASK = Ask(menu="main", speech=HELLO, seconds=5, attempt=1)
PROVE = Prove(speech=NOTHING, seconds=5, attempt=1)
KEY = {key: f"200 result={ord(key)} endpos=800" for key in "123456789#"}
FREE: Answers = {"GET.*DEVICE": "200 result=1 (NOT_INUSE)"}


def ended(status: str, cause: int = 16) -> Answers:
    """How a Dial ends."""
    answered = "1764000000.250" if status == "ANSWER" else ""
    return {
        r"GET.*DIALSTATUS": f"200 result=1 ({status})",
        r"GET.*HANGUPCAUSE": f"200 result=1 ({cause})",
        r"GET.*SB_ANSWERED": f"200 result=1 ({answered})",
    }


# ------------------------------------------------------------------------------------------------- say, ask, prove


def test_what_is_said_is_heard_to_its_end_and_keys_are_kept() -> None:
    answers: Answers = {"STREAM FILE ./one": [KEY["1"], "200 result=0"]}
    with call(answers) as (caller, asterisk, _):
        assert say(caller, Say(speech=HELLO)) == Said()
        assert list(caller.keys) == ["1"]
    assert [command.partition(' "0')[0] for command in asterisk.commands] == [
        'STREAM FILE "/one"',
        'STREAM FILE "/one"',
        'STREAM FILE "/two"',
    ]
    assert asterisk.commands[1].endswith(" 800")


def test_a_clock_that_is_set_back_lets_nobody_wait_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = itertools.count()
    monkeypatch.setattr("agi.call.now", lambda: NOON - dt.timedelta(hours=next(hours)))
    with call({}) as (caller, asterisk, _):
        caller.listen(0.05)
    assert max(int(command.rpartition(" ")[2]) for command in asterisk.commands) <= 50


def test_a_sound_that_cannot_be_played_is_left_out() -> None:
    with call({"STREAM FILE ./one": "200 result=-1 endpos=0"}) as (caller, asterisk, _):
        assert say(caller, Say(speech=HELLO)) == Said()
    assert asterisk.told("STREAM FILE ./two")


@pytest.mark.parametrize(
    ("ahead", "answers", "outcome", "played"),
    [
        pytest.param("12", {}, Pressed("1"), 0, id="typed ahead"),
        pytest.param("", {"STREAM": KEY["3"]}, Pressed("3"), 1, id="during the prompt"),
        pytest.param("", {"WAIT": KEY["3"]}, Pressed("3"), 2, id="after the prompt"),
        pytest.param("", {}, Silence(), 2, id="not at all"),
    ],
)
def test_a_menu_is_answered(ahead: str, answers: Answers, outcome: Outcome, played: int) -> None:
    with call(answers) as (caller, asterisk, _):
        caller.keys.extend(ahead)
        assert ask(caller, ASK) == outcome
        assert "".join(caller.keys) == ahead[1:]
    assert len(asterisk.told("STREAM")) == played


@pytest.mark.parametrize(
    ("keyed", "outcome"),
    [
        pytest.param("2468", Proved(), id="the code"),
        pytest.param("2469", Unproved(), id="another code"),
        pytest.param("24#", Unproved(), id="a part of it, ended by hash"),
        pytest.param("24", Unproved(), id="a part of it"),
        pytest.param("", Silence(), id="nothing"),
    ],
)
def test_a_code_is_proved(keyed: str, outcome: Outcome) -> None:
    customer = Customer(id="c1", name="x", type="key", code="2468")
    answers: Answers = {"WAIT": [*(f"200 result={ord(key)}" for key in keyed), "200 result=0"]}
    with call(answers) as (caller, _, _books):
        assert prove(caller, PROVE, customer) == outcome


def test_a_customer_without_a_code_proves_nothing() -> None:
    with call() as (caller, _, _books):
        caller.keys.extend("1#")
        assert prove(caller, PROVE, None) == Unproved()


# ------------------------------------------------------------------------------------------------------------- ring


def step(*people: str, hear: str = "ringing") -> Ring:
    return Ring(people=people, seconds=20, hear="music" if hear == "music" else "ringing", wanted="x", rule="D4")


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("INUSE", Absence.BUSY),
        ("BUSY", Absence.BUSY),
        ("ONHOLD", Absence.BUSY),
        ("RINGING", Absence.RINGING),
        ("RINGINUSE", Absence.RINGING),
        ("UNAVAILABLE", Absence.NOT_REGISTERED),
        ("INVALID", Absence.NOT_REGISTERED),
    ],
)
def test_who_cannot_be_rung_is_passed_over_without_ringing(state: str, why: Absence) -> None:
    with call({"GET.*DEVICE": f"200 result=1 ({state})"}) as (caller, asterisk, books):
        assert ring(caller, step("anna")) == Unanswered((Missed("anna", why),))
    assert (asterisk.told("EXEC"), books.rows) == ([], [])


def test_who_is_away_is_not_even_looked_at() -> None:
    with call(away=("anna",)) as (caller, asterisk, _):
        assert ring(caller, step("anna")) == Unanswered((Missed("anna", Absence.AWAY),))
    assert asterisk.commands == []


@pytest.mark.parametrize(
    ("status", "cause", "why"),
    [
        ("NOANSWER", 16, Absence.NO_ANSWER),
        ("BUSY", 17, Absence.BUSY),
        ("CHANUNAVAIL", 21, Absence.DECLINED),
        ("CHANUNAVAIL", 19, Absence.NO_ANSWER),
        ("CHANUNAVAIL", 3, Absence.UNREACHABLE),
        ("CONGESTION", 34, Absence.UNREACHABLE),
        ("", 0, Absence.UNREACHABLE),
    ],
)
def test_who_does_not_answer_is_noted_with_the_reason(status: str, cause: int, why: Absence) -> None:
    with call(FREE | ended(status, cause)) as (caller, _, books):
        assert ring(caller, step("anna")) == Unanswered((Missed("anna", why),))
    leg = books.last(LegRow)
    assert (leg.id, leg.person, leg.rule, leg.why, leg.cause) == (f"leg-{CALL}-s1", "anna", "D4", why, cause)
    assert leg.ended is not None


def test_people_are_rung_one_after_another_but_for_who_was_tried_before() -> None:
    tried = (Missed("anna", Absence.DECLINED),)
    answers = FREE | ended("NOANSWER") | {"GET.*DIALSTATUS": ["200 result=1 (NOANSWER)", "200 result=1 (ANSWER)"]}
    answers |= {"GET.*SB_ANSWERED": "200 result=1 (1764000000.250)"}
    with call(answers) as (caller, asterisk, books):
        talk = ring(caller, step("anna", "boris", "clara"), tried)
    assert talk == Talked("clara", "person", (*tried, Missed("boris", Absence.NO_ANSWER)))
    assert [command.split(",")[0] for command in asterisk.told("EXEC")] == [
        'EXEC Dial "PJSIP/boris',
        'EXEC Dial "PJSIP/clara',
    ]
    leg = books.last(LegRow)
    assert (leg.answered, leg.why) == (dt.datetime.fromtimestamp(1764000000.25, dt.UTC), None)


@pytest.mark.parametrize(
    ("hear", "options", "answered"), [("ringing", "gir", False), ("music", "gim", True)], ids=["ringing", "music"]
)
def test_a_caller_is_answered_for_music_and_not_for_ringing(hear: str, options: str, answered: bool) -> None:
    with call(FREE | ended("NOANSWER")) as (caller, asterisk, _):
        caller.note(answered=None)
        ring(caller, step("anna", hear=hear))
        assert (caller.row.answered is not None) is answered
    assert asterisk.told("EXEC") == [f'EXEC Dial "PJSIP/anna,20,{options}U(stand-in-answered^s^1)"']
    assert bool(asterisk.told("ANSWER")) is answered


def test_whom_another_call_rings_is_passed_over(tmp_path: Path) -> None:
    with call(FREE | ended("ANSWER"), turns=tmp_path) as (caller, asterisk, _), taken(tmp_path, "anna"):
        assert ring(caller, step("anna")) == Unanswered((Missed("anna", Absence.RINGING),))
    assert asterisk.told("EXEC") == []


def test_who_has_been_idle_longest_is_rung_first(tmp_path: Path) -> None:
    with call(FREE | ended("NOANSWER"), turns=tmp_path) as (caller, asterisk, _):
        ring(caller, step("anna"))
        ring(caller, step("anna", "boris"))
    assert [command.split(",")[0].rpartition("/")[2] for command in asterisk.told("EXEC")] == ["anna", "boris", "anna"]


def test_people_are_rung_even_if_nobody_can_be_reserved(tmp_path: Path) -> None:
    (tmp_path / "turns").write_text("in the way")
    with call(FREE | ended("ANSWER"), turns=tmp_path / "turns") as (caller, _, _books):
        assert ring(caller, step("anna")) == Talked("anna", "person")


def test_a_talk_is_a_talk_even_if_nobody_noted_when_it_began() -> None:
    with call(FREE | ended("ANSWER") | {"GET.*SB_ANSWERED": "200 result=1 ()"}) as (caller, _, books):
        assert ring(caller, step("anna")) == Talked("anna", "person")
    leg = books.last(LegRow)
    assert leg.answered == leg.rang


@pytest.mark.parametrize("status", ["ANSWER", "CANCEL"])
def test_a_caller_who_leaves_ends_the_talk_or_the_script(status: str) -> None:
    answers = FREE | {"EXEC": "200 result=-1", "CHANNEL": GONE} | ended(status)
    with call(answers) as (caller, _, books):
        caller.note(answered=None)
        if status == "ANSWER":
            assert ring(caller, step("anna")) == Talked("anna", "caller")
            assert caller.row.answered == books.last(LegRow).answered
        else:
            with pytest.raises(CallerLeft):
                ring(caller, step("anna"))
            assert books.last(LegRow).why is None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("ANSWER", Talked("+74951234567", "person")),
        ("BUSY", Unanswered((Missed("+74951234567", Absence.BUSY),))),
    ],
)
def test_an_outside_number_is_rung_over_the_trunk(status: str, outcome: Outcome) -> None:
    with call(ended(status)) as (caller, asterisk, _):
        assert ring_outside(caller, RingOutside(number="+74951234567", seconds=30)) == outcome
    assert asterisk.told("EXEC")[0].startswith('EXEC Dial "PJSIP/+74951234567@trunk,30,')


def test_whom_a_person_calls_outside_sees_a_line_of_ours_and_the_talk_is_that_persons_too() -> None:
    with call(ended("ANSWER")) as (caller, asterisk, books):
        caller.note(dialled=">anna")
        ring_outside(caller, RingOutside(number="+74951234567", seconds=60, shown="+74950000001"))
    assert "f(+74950000001)" in asterisk.told("EXEC")[0]
    called, calling = (row for row in books.rows if isinstance(row, LegRow) and row.ended)
    assert (called.person, calling.person) == ("+74951234567", "anna")
    assert (called.answered, called.ended) == (calling.answered, calling.ended)


@pytest.mark.parametrize(
    ("rung_before", "answers", "outcome"),
    [(0, True, Absence.NO_ANSWER), (1, True, Absence.LIMIT), (0, False, Absence.LIMIT)],
    ids=["the first of the hour is rung", "the second is not", "nobody knows, so nothing is spent"],
)
def test_outside_numbers_are_rung_as_often_as_the_rules_allow(
    rung_before: int, answers: bool, outcome: Absence
) -> None:
    step = RingOutside(number="+74951234567", seconds=30, limits=Limits(calls=Rate(1, 3600)))
    with call(ended("NOANSWER")) as (caller, asterisk, books):
        for _ in range(rung_before):
            books.put(caller.next_leg(step.number, "D19"))
        books.answers = answers
        assert ring_outside(caller, step) == Unanswered((Missed(step.number, outcome),))
    assert bool(asterisk.told("EXEC")) == (outcome is not Absence.LIMIT)


# ------------------------------------------------------------------------------------------------------------- wait


def waiting(*people: str, seconds: float = 60, closes: dt.datetime | None = None) -> Wait:
    return Wait(people=people, queue="operators", seconds=seconds, offer_seconds=15, closes=closes, rule="D3")


def test_whoever_is_free_is_offered_and_the_next_one_if_that_is_in_vain() -> None:
    answers = FREE | ended("NOANSWER")
    answers["GET.*DIALSTATUS"] = ["200 result=1 (NOANSWER)", "200 result=1 (ANSWER)"]
    answers["GET.*SB_ANSWERED"] = "200 result=1 (1764000000.250)"
    with call(answers) as (caller, asterisk, _):
        assert wait(caller, waiting("anna", "boris")) == Talked("boris", "person", (Missed("anna", Absence.NO_ANSWER),))
    assert asterisk.told("SET MUSIC") == ["SET MUSIC ON", "SET MUSIC OFF"] * 2
    assert [",15,gim" in command for command in asterisk.told("EXEC")] == [True, True]


def test_waiting_for_nobody_ends_at_once() -> None:
    with call({"GET.*DEVICE": "200 result=1 (UNAVAILABLE)"}, away=("boris",)) as (caller, _, _books):
        outcome = wait(caller, waiting("anna", "boris"))
    assert outcome == Unanswered((Missed("anna", Absence.NOT_REGISTERED), Missed("boris", Absence.AWAY)))


def test_waiting_ends_when_time_is_over_and_the_time_before_counts() -> None:
    tried = (Missed("boris", Absence.NO_ANSWER),)
    with call({"GET.*DEVICE": "200 result=1 (INUSE)", "WAIT": [KEY["5"], "200 result=0"]}) as (caller, _, _books):
        outcome = wait(caller, waiting("anna", "boris", seconds=600), 599.8, tried)
        assert list(caller.keys) == ["5"]
    assert outcome == Unanswered((*tried, Missed("anna", Absence.BUSY)))


def test_waiting_ends_when_the_line_closes() -> None:
    with call({"GET.*DEVICE": "200 result=1 (INUSE)", "WAIT": "200 result=0"}) as (caller, _, _books):
        outcome = wait(caller, waiting("anna", closes=now() + dt.timedelta(seconds=0.2)))
    assert outcome == LineClosed((Missed("anna", Absence.BUSY),))


def test_a_caller_who_leaves_the_line_is_noticed() -> None:
    answers: Answers = {"GET.*DEVICE": "200 result=1 (INUSE)", "WAIT": "200 result=-1", "CHANNEL": GONE}
    with call(answers) as (caller, asterisk, _), pytest.raises(CallerLeft):
        wait(caller, waiting("anna"))
    assert asterisk.told("SET MUSIC") == ["SET MUSIC ON"]


def test_a_call_is_promised_before_it_is_said() -> None:
    hangs_up: Answers = {"STREAM": "200 result=-1 endpos=0", "CHANNEL": GONE}
    with call(hangs_up) as (caller, _, books), pytest.raises(CallerLeft):
        promise(caller, Promise(queue="operators", owner="anna", speech=HELLO, rule="D3"))
    (row,) = books.rows
    assert row == TaskRow(
        id=f"back-{caller.id}",
        kind="call-back",
        call=caller.id,
        owner="anna",
        about="operators",
        since=caller.row.arrived,
    )


# ---------------------------------------------------------------------------------------------------------- message

SPOKEN = wav.header(16000) + b"\x00\x20\x00\xe0" * 8000


@pytest.mark.parametrize(
    ("content", "answers", "outcome"),
    [
        pytest.param(SPOKEN, {}, MessageLeft(2.0), id="spoken"),
        pytest.param(SPOKEN, {"RECORD": "200 result=-1 (hangup) endpos=1"}, MessageLeft(2.0), id="ended by hanging up"),
        pytest.param(wav.header(8000) + bytes(16000), {}, NothingLeft(), id="silence"),
        pytest.param(b"", {}, NothingLeft(), id="not written"),
    ],
)
def test_a_message_is_recorded_for_its_box(tmp_path: Path, content: bytes, answers: Answers, outcome: Outcome) -> None:
    (tmp_path / "recording").mkdir()
    recording = tmp_path / "recording" / f"m-{CALL}-s1.wav"
    recording.write_bytes(content)
    with call(answers, spool=tmp_path) as (caller, asterisk, _):
        caller.keys.append("5")
        box = TakeMessage(box="night", speech=HELLO, seconds=60, owner="operators")
        assert take_message(caller, box) == outcome
        assert not caller.keys
    assert addressed_to(recording) == Box("night", "operators")
    assert asterisk.told("RECORD") == [f'RECORD FILE "{recording.with_suffix("")}" wav "#" 60000 BEEP s=4']


def test_no_note_is_left_of_a_message_that_was_never_begun(tmp_path: Path) -> None:
    (tmp_path / "recording").mkdir()
    with call({"RECORD": GONE}, spool=tmp_path) as (caller, _, _books):
        assert take_message(caller, TakeMessage(box="night", speech=NOTHING, seconds=60)) == NothingLeft()
    assert list((tmp_path / "recording").iterdir()) == []
