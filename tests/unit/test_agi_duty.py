"""Feature codes as the stand-in hears them, and whom it rings by what was said (T3)."""

import datetime as dt
from pathlib import Path

import pytest

from agi import duty
from agi.ringing import ring
from db.records import DutyRow, LegRow
from premises.duties import Duties
from premises.seating import Seating
from premises.turns import Turns
from routing.outcomes import Absence, Missed, Unanswered
from routing.presence import Duty, Remembered
from routing.standing import DID_NOT_ANSWER
from routing.steps import Ring
from tests.unit.agi_call import call
from tests.unit.agi_peer import channel
from tests.unit.test_agi_steps import FREE, ended

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
REASONS = ("lunch", "training")


def seated(folder: Path) -> Seating:
    return Seating(folder / ".seats", Turns(folder / "turns"))


def says(duties: Path, person: str, said: Duty) -> None:
    """At a telephone, to another process."""
    Duties(duties, lambda _row: None).say(person, said)


ANNA = Ring(people=("anna",), seconds=20, wanted="anna")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("*45", Duty("in", None, NOON)),
        ("*46", Duty("out", None, NOON)),
        ("*48", Duty("in", None, NOON)),
        ("*471", Duty("away", "lunch", NOON)),
        ("*472", Duty("away", "training", NOON)),
        ("*470", None),
        ("*473", None),
        ("*47", None),
        ("*47\u0661", None),
        ("*455", None),
        ("*49", None),
    ],
)
def test_what_a_code_says(code: str, said: Duty | None) -> None:
    meaning = duty.meaning(code, REASONS, NOON)
    assert (meaning and meaning.duty) == said


@pytest.mark.parametrize(
    ("code", "kind", "sounds"),
    [
        ("*46", "out", ["agent-loggedoff"]),
        ("*471", "away", ["do-not-disturb", "activated"]),
        ("*479", "in", ["pbx-invalid"]),
    ],
)
def test_what_is_said_is_kept_and_repeated(tmp_path: Path, code: str, kind: str, sounds: list[str]) -> None:
    duties = Duties(tmp_path, lambda _row: None)
    with channel({}) as (caller, asterisk):
        duty.serve(caller, code, "anna", REASONS, duties, seated(tmp_path))
    assert duties.of("anna").kind == kind
    assert [command.split('"')[1] for command in asterisk.told("STREAM")] == sounds


@pytest.mark.parametrize(
    ("said", "why"), [(Duty("away", "lunch", NOON), Absence.AWAY), (Duty("out", None, NOON), Absence.SIGNED_OUT)]
)
def test_who_said_to_be_away_is_not_rung_by_the_stand_in(tmp_path: Path, said: Duty, why: Absence) -> None:
    with call(FREE | ended("ANSWER"), duties=tmp_path) as (caller, asterisk, _):
        says(tmp_path, "anna", said)
        assert ring(caller, ANNA) == Unanswered((Missed("anna", why),))
    assert asterisk.told("EXEC") == []


def test_who_is_back_since_the_directory_was_read_is_rung(tmp_path: Path) -> None:
    with call(FREE | ended("ANSWER"), away=("anna",), duties=tmp_path) as (caller, asterisk, _):
        says(tmp_path, "anna", Duty("in", None, dt.datetime.now(dt.UTC)))
        ring(caller, ANNA)
    assert len(asterisk.told("EXEC")) == 1


def test_within_the_wrap_up_after_an_engine_s_call_the_stand_in_does_not_ring(tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    turn = Turns(tmp_path).take("anna")
    assert turn is not None
    turn.give_back(Remembered(1, 0, now + dt.timedelta(minutes=1), now))
    with call(FREE | ended("ANSWER"), turns=tmp_path) as (caller, asterisk, _):
        assert ring(caller, ANNA) == Unanswered((Missed("anna", Absence.WRAPPING_UP),))
    assert asterisk.told("EXEC") == []


def test_who_does_not_answer_the_stand_in_three_times_is_away() -> None:
    with call(FREE | ended("NOANSWER")) as (caller, _, books):
        for _ in range(3):
            assert ring(caller, ANNA) == Unanswered((Missed("anna", Absence.NO_ANSWER),))
        assert ring(caller, ANNA) == Unanswered((Missed("anna", Absence.AWAY),))
        (row,) = (row for row in books.rows if isinstance(row, DutyRow))
        assert (row.person, row.reason) == ("anna", DID_NOT_ANSWER)


def test_after_a_talk_with_the_stand_in_there_is_a_wrap_up() -> None:
    with call(FREE | ended("ANSWER")) as (caller, _, books):
        caller.presence.wrap_up = 20.0
        ring(caller, ANNA)
        leg = books.last(LegRow)
        assert leg.ended is not None
        assert leg.wrapped_up == leg.ended + dt.timedelta(seconds=20)
        assert ring(caller, ANNA) == Unanswered((Missed("anna", Absence.WRAPPING_UP),))
