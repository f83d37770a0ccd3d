"""``*44`` as the stand-in hears it, and whom it then rings where (T3)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agi import duty, signing_in
from agi.errors import NoDirectory
from agi.ringing import ring
from db.pins import Kept
from premises import passwords
from premises.duties import Duties
from premises.pins import PinPad
from premises.seating import Seating
from premises.turns import Turns
from routing.outcomes import Absence, Missed, Talked, Unanswered
from routing.seats import Seats
from routing.steps import Ring
from tests.unit.agi_call import call
from tests.unit.agi_peer import Answers, channel
from tests.unit.test_agi_steps import FREE, ended

ANNA = Kept("anna", passwords.kept("4711"))


class House:
    """What the processes of an installation share."""

    def __init__(self, folder: Path) -> None:
        self.turns = Turns(folder / "turns")
        self.seating = Seating(folder / "seats", self.turns)
        self.duties = Duties(folder / "duties", lambda _row: None)
        self.pins = PinPad(folder / "wrong_pins")

    def signs_in(self, keys: str, who: Callable[[str], Kept | None]) -> list[str]:
        """Somebody keys this in at boris's telephone; gives what was played."""
        pressed = [f"200 result={ord(key) if key != ' ' else 0}" for key in keys]
        told: Answers = {"WAIT FOR DIGIT": [*pressed, "200 result=0"]}
        with channel(told) as (caller, asterisk):
            signing_in.serve(caller, "boris", who, self.pins, self.seating, self.duties)
        return [command.split('"')[1] for command in asterisk.told("STREAM")]


def directory(extension: str) -> Kept | None:
    return ANNA if extension == "101" else None


def silent(_extension: str) -> Kept | None:
    raise NoDirectory("it does not answer")


@pytest.mark.parametrize(
    ("keys", "who", "answer", "sits"),
    [
        pytest.param("101#4711#", directory, "agent-loginok", "boris", id="number and PIN"),
        pytest.param("101 4711 ", directory, "agent-loginok", "boris", id="without a # behind them"),
        pytest.param("101#4712#", directory, "agent-incorrect", "anna", id="a wrong PIN"),
        pytest.param("102#4711#", directory, "agent-incorrect", "anna", id="nobody's number"),
        pytest.param("  ", directory, "agent-incorrect", "anna", id="nothing"),
        pytest.param("9" * 60, directory, "agent-incorrect", "anna", id="keys without an end"),
        pytest.param("101#4711#", silent, "im-sorry", "anna", id="the directory is away"),
    ],
)
def test_who_sits_where_after_signing_in(
    tmp_path: Path, keys: str, who: Callable[[str], Kept | None], answer: str, sits: str
) -> None:
    house = House(tmp_path)
    assert house.signs_in(keys, who) == ["agent-user", "agent-pass", answer]
    assert house.seating.now().telephone_of("anna") == sits
    assert house.duties.of("anna").since is not None or answer != "agent-loginok"


def test_who_is_in_a_call_signs_in_nowhere(tmp_path: Path) -> None:
    house = House(tmp_path)
    turn = house.turns.take("anna")
    assert house.signs_in("101#4711#", directory)[-1] == "im-sorry"
    assert turn is not None
    turn.give_back()
    assert house.signs_in("101#4711#", directory)[-1] == "agent-loginok"


def test_who_signs_out_leaves_the_seat(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.signs_in("101#4711#", directory)
    with channel({}) as (caller, _):
        duty.serve(caller, "*46", "anna", (), house.duties, house.seating)
    assert house.seating.now() == Seats()


def test_where_nobody_sits_a_code_says_nothing(tmp_path: Path) -> None:
    house = House(tmp_path)
    with channel({}) as (caller, asterisk):
        duty.serve(caller, "*46", None, (), house.duties, house.seating)
    assert [command.split('"')[1] for command in asterisk.told("STREAM")] == ["pbx-invalid"]


@pytest.mark.parametrize(
    ("who", "outcome", "rung"),
    [
        ("anna", Talked("anna", "person"), ["PJSIP/boris"]),
        ("boris", Unanswered((Missed("boris", Absence.NOT_REGISTERED),)), []),
    ],
)
def test_the_stand_in_rings_where_people_sit(
    tmp_path: Path, who: str, outcome: Talked | Unanswered, rung: list[str]
) -> None:
    House(tmp_path).seating.sit("anna", "boris")
    with call(FREE | ended("ANSWER"), seats=tmp_path / "seats") as (caller, asterisk, _):
        assert ring(caller, Ring(people=(who,), seconds=20, wanted=who)) == outcome
    assert [command.split('"')[1].split(",")[0] for command in asterisk.told("EXEC")] == rung
