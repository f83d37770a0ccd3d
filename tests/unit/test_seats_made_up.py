"""Whoever signs in and out wherever: a person is at one telephone at most, a telephone has one person at most (T3)."""

from hypothesis import given
from hypothesis import strategies as st

from routing.seats import Seats, moved

PEOPLE = ("anna", "boris", "vera")
TELEPHONES = (*PEOPLE, "desk-1", "desk-2")
signings = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from((*TELEPHONES, None))), max_size=12)


def check(seats: Seats) -> None:
    where = {person: seats.telephone_of(person) for person in PEOPLE}
    who = {telephone: seats.person_at(telephone) for telephone in TELEPHONES}
    taken = [telephone for telephone in where.values() if telephone is not None]
    assert len(set(taken)) == len(taken), "two people at one telephone"
    assert {(person, telephone) for person, telephone in where.items() if telephone} == {
        (person, telephone) for telephone, person in who.items() if person
    }, "where somebody sits is not where the telephone says so"


@given(signings)
def test_one_person_at_one_telephone(said: list[tuple[str, str | None]]) -> None:
    seats = Seats()
    for person, telephone in said:
        before = seats
        seats = seats.leave(person) if telephone is None else seats.sit(person, telephone)
        check(seats)
        expected = [one for one in PEOPLE if before.telephone_of(one) != seats.telephone_of(one)]
        assert list(moved(before, seats)) == expected
        if telephone is not None:
            assert seats.telephone_of(person) == telephone


@given(signings)
def test_whoever_signs_out_has_the_own_telephone_unless_somebody_sits_there(said: list[tuple[str, str | None]]) -> None:
    seats = Seats()
    for person, telephone in said:
        seats = seats.leave(person) if telephone is None else seats.sit(person, telephone)
    for person in PEOPLE:
        left = seats.leave(person)
        assert left.telephone_of(person) == (None if person in left.guests else person)
