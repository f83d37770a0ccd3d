"""Who sits where, as all processes of an installation know it (T3)."""

from pathlib import Path

import pytest

from premises.seating import InCall, Seating, shown
from premises.turns import Turns
from routing.facts import Person
from routing.seats import Seats

ANNA = Person(id="anna", name="Anna Orlova", role="operator", extension="101")
VERA = Person(id="vera", name="Vera", role="operator")


def seating(folder: Path) -> Seating:
    """As another process opens it."""
    return Seating(folder / "var" / "seats", Turns(folder / "turns"))


def test_whoever_signs_in_sits_there_for_every_process(tmp_path: Path) -> None:
    assert seating(tmp_path).now() == Seats()
    seating(tmp_path).sit("anna", "boris")
    assert seating(tmp_path).now().telephone_of("anna") == "boris"
    seating(tmp_path).leave("anna")
    assert seating(tmp_path).now() == Seats()


def test_a_change_is_news_once(tmp_path: Path) -> None:
    mine, other = seating(tmp_path), seating(tmp_path)
    assert mine.news() is None
    other.sit("anna", "boris")
    assert mine.news() == Seats({"boris": "anna"})
    assert mine.news() is None


def test_nobody_moves_in_the_middle_of_a_call(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "turns")
    for in_call in ("anna", "boris"):
        turn = turns.take(in_call)
        assert turn is not None
        with pytest.raises(InCall, match=in_call):
            seating(tmp_path).sit("anna", "boris")
        turn.give_back()
    assert seating(tmp_path).now() == Seats()
    seating(tmp_path).sit("anna", "boris")
    assert turns.take("anna") is not None


def test_a_file_that_cannot_be_read_leaves_everybody_at_the_own_telephone(tmp_path: Path) -> None:
    seating(tmp_path).sit("anna", "boris")
    (tmp_path / "var" / "seats").write_text("{")
    assert seating(tmp_path).now() == Seats()


@pytest.mark.parametrize(
    ("telephone", "seats", "expected"),
    [
        pytest.param("anna", Seats(), None, id="the owner: as Asterisk shows it"),
        pytest.param("trunk", Seats({"boris": "anna"}), None, id="from outside"),
        pytest.param("boris", Seats({"boris": "anna"}), ("Anna Orlova", "101"), id="a guest"),
        pytest.param("boris", Seats({"boris": "vera"}), ("Vera", "vera"), id="a guest without an extension"),
        pytest.param("anna", Seats({"boris": "anna"}), ("anna", ""), id="nobody: the owner sits elsewhere"),
        pytest.param("desk-1", Seats(), ("desk-1", ""), id="nobody at a desk"),
        pytest.param(
            "boris", Seats({"boris": "left"}), ("boris", ""), id="a guest who is not in the directory any more"
        ),
    ],
)
def test_how_a_call_from_a_telephone_is_shown(telephone: str, seats: Seats, expected: tuple[str, str] | None) -> None:
    assert shown(telephone, seats, (ANNA, VERA)) == expected
