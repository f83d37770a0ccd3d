"""What people say about being at work reaches presence, and what they do the register (T3)."""

import asyncio
import contextlib
import datetime as dt
from pathlib import Path

import pytest

from ari_app.people.attendance import Attendance
from ari_app.people.presence import Presence
from db.people import Staff
from db.records import AttendanceRow, DutyRow, PresenceRow, Row
from premises.duties import Duties
from premises.turns import Turns
from routing.facts import Person
from routing.outcomes import Absence
from routing.presence import Duty
from routing.standing import DID_NOT_ANSWER

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
LUNCH, BACK = Duty("away", "lunch", NOON), Duty("in", None, NOON + dt.timedelta(hours=1))


class House:
    """An engine's presence with its book, and a second process that hears what is said."""

    def __init__(self, folder: Path) -> None:
        self.rows: list[Row] = []
        self.turns = Turns(folder / "turns")
        self.presence = Presence(turns=self.turns)
        self.elsewhere = Duties(folder / "duties", self.rows.append)
        duties = Duties(folder / "duties", self.rows.append)
        self.attendance = Attendance(self.presence, duties, self.rows.append)
        self.presence.telephone("anna", registered=True, in_call=False)

    def states(self) -> list[str]:
        return [row.state for row in self.rows if isinstance(row, PresenceRow)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_what_is_said_at_a_telephone_is_known_at_the_next_look(house: House) -> None:
    house.elsewhere.say("anna", LUNCH)
    keeping = asyncio.create_task(house.attendance.keep())
    await asyncio.sleep(0)
    keeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await keeping
    assert house.presence.absence("anna") is Absence.AWAY
    assert house.rows[2] == DutyRow(person="anna", kind="away", reason="lunch", since=NOON)


@pytest.mark.parametrize("first", [LUNCH, BACK], ids=["lunch first", "back first"])
def test_the_later_saying_counts_wherever_it_was_said(house: House, first: Duty) -> None:
    second = BACK if first is LUNCH else LUNCH
    house.elsewhere.say("anna", first)
    house.attendance.look()
    house.attendance.learn(Staff(1, (), {"anna": second}))
    assert house.presence.absence("anna") is None


def test_each_state_is_written_down_with_its_reason(house: House) -> None:
    house.presence.reserve("anna", "1")
    house.presence.talks("anna", "1")
    house.presence.release("anna", "1")
    house.attendance.learn(Staff(1, (), {"anna": LUNCH}))
    assert house.states() == ["free", "offered", "talking", "free", "away"]
    last = house.rows[-1]
    assert isinstance(last, PresenceRow)
    assert (last.person, last.since, last.why, last.call) == ("anna", NOON, "lunch", None)


def test_who_does_not_answer_three_times_is_away_for_everybody(house: House) -> None:
    for call in ("1", "2", "3"):
        house.presence.reserve("anna", call)
        house.presence.missed("anna", call, Absence.DECLINED)
    assert house.elsewhere.of("anna").reason == DID_NOT_ANSWER
    said = [row for row in house.rows if isinstance(row, DutyRow)]
    assert [(row.person, row.kind, row.reason) for row in said] == [("anna", "away", DID_NOT_ANSWER)]


def test_a_call_of_another_engine_is_written_down_by_that_one(house: House) -> None:
    turn = house.turns.take("anna")
    assert turn is not None
    house.presence.telephone("anna", registered=True, in_call=True)
    assert house.states() == ["free"]
    turn.give_back()


def test_an_own_call_of_the_person_is_written_down(house: House) -> None:
    house.presence.telephone("anna", registered=True, in_call=True)
    assert house.states() == ["free", "talking"]


def attended(house: House, person: str) -> list[tuple[bool, str]]:
    return [(row.at_work, row.why) for row in house.rows if isinstance(row, AttendanceRow) and row.person == person]


def test_who_comes_to_work_and_leaves_is_written_down_and_calls_change_nothing_in_it(house: House) -> None:
    house.presence.reserve("anna", "1")
    house.presence.talks("anna", "1")
    house.presence.release("anna", "1")
    for duty in (LUNCH, BACK, Duty("out", None, NOON + dt.timedelta(hours=2))):
        house.attendance.learn(Staff(1, (), {"anna": duty}))
    house.presence.telephone("anna", registered=False, in_call=False)
    assert attended(house, "anna") == [
        (True, "waits for a call"),
        (False, "lunch"),
        (True, "waits for a call"),
        (False, "signed out"),
    ]


def test_whose_telephone_is_not_there_when_an_engine_starts_is_not_at_work(house: House) -> None:
    staff = Staff(1, (Person(id="anna", name="Anna", role="head"), Person(id="boris", name="Boris", role="head")), {})
    for _ in range(2):
        house.attendance.learn(staff)
    assert attended(house, "boris") == [(False, "its telephone has not registered")]
