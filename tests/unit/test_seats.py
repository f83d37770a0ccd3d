"""Who sits at which telephone (T3): signing in elsewhere, signing out, somebody else's signing in there."""

import pytest

from routing.seats import Seats, moved, told

HOME: dict[str, str | None] = {"anna": "anna", "boris": "boris", "desk-1": None}


def after(*said: tuple[str, str]) -> Seats:
    """After these have signed in, each somewhere; ``out``: have signed out."""
    seats = Seats()
    for person, telephone in said:
        seats = seats.leave(person) if telephone == "out" else seats.sit(person, telephone)
    return seats


@pytest.mark.parametrize(
    ("said", "anna", "boris", "at"),
    [
        pytest.param((), "anna", "boris", HOME, id="everybody at the own one"),
        pytest.param((("anna", "anna"),), "anna", "boris", HOME, id="at the own one by PIN"),
        pytest.param(
            (("anna", "desk-1"),), "desk-1", "boris", {"anna": None, "boris": "boris", "desk-1": "anna"}, id="at a desk"
        ),
        pytest.param(
            (("anna", "boris"),), "boris", None, {"anna": None, "boris": "anna", "desk-1": None}, id="at a colleague's"
        ),
        pytest.param((("anna", "boris"), ("anna", "out")), "anna", "boris", HOME, id="signed out there"),
        pytest.param((("anna", "boris"), ("boris", "boris")), "anna", "boris", HOME, id="taken back by its owner"),
        pytest.param((("anna", "boris"), ("anna", "anna")), "anna", "boris", HOME, id="back at the own one"),
        pytest.param(
            (("anna", "boris"), ("anna", "desk-1")),
            "desk-1",
            "boris",
            {"anna": None, "boris": "boris", "desk-1": "anna"},
            id="from a colleague's to a desk",
        ),
        pytest.param(
            (("anna", "desk-1"), ("boris", "desk-1")),
            "anna",
            "desk-1",
            {"anna": "anna", "boris": None, "desk-1": "boris"},
            id="somebody else signed in there",
        ),
        pytest.param(
            (("anna", "boris"), ("boris", "anna")),
            "boris",
            "anna",
            {"anna": "boris", "boris": "anna", "desk-1": None},
            id="each at the other's",
        ),
    ],
)
def test_where_calls_ring_and_whose_are_those_made_there(
    said: tuple[tuple[str, str], ...], anna: str | None, boris: str | None, at: dict[str, str | None]
) -> None:
    seats = after(*said)
    assert (seats.telephone_of("anna"), seats.telephone_of("boris")) == (anna, boris)
    assert {telephone: seats.person_at(telephone) for telephone in at} == at


def test_a_trunk_is_nobodys_seat_and_stays_what_it_is() -> None:
    assert after(("anna", "desk-1")).person_at("trunk") == "trunk"


@pytest.mark.parametrize(
    ("before", "then", "who"),
    [
        ((), (("anna", "desk-1"),), ["anna"]),
        ((), (("anna", "boris"),), ["anna", "boris"]),
        ((("anna", "boris"),), (("anna", "out"),), ["anna", "boris"]),
        ((("anna", "desk-1"),), (("boris", "desk-1"),), ["anna", "boris"]),
        ((("anna", "desk-1"),), (("anna", "desk-1"),), []),
    ],
)
def test_whose_telephone_has_become_another_one(
    before: tuple[tuple[str, str], ...], then: tuple[tuple[str, str], ...], who: list[str]
) -> None:
    assert list(moved(after(*before), after(*before, *then))) == who


def test_where_somebody_sits_in_words() -> None:
    seats = after(("anna", "boris"))
    words = [told(seats, person) for person in ("anna", "boris", "vera")]
    assert words == ["at boris", "nowhere, since anna sits at the own telephone", ""]
