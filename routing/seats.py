"""At which telephone everybody sits (T3): at the own one, until somebody signs in at another one with a PIN.

A telephone is known by its SIP account. A person's own has the person's id; one with a ``-`` in its name is nobody's
own (`dialplan.plan.DESK`). Only what differs from that is kept, so that in most houses nothing is. Whoever sits down
leaves the seat that was taken before, and whoever sat there: a person is at one telephone at most, a telephone has one
person at most, whatever happens (`tests/unit/test_seats_made_up.py`).
"""

from collections.abc import Iterator

import msgspec

from routing.facts import PersonId

TelephoneId = str
"""The name of its SIP account."""


class Seats(msgspec.Struct, frozen=True):
    """Who sits where; made new by `sit` and `leave`, never changed."""

    guests: dict[TelephoneId, PersonId] = {}
    """Who sits at a telephone that is not the own one."""

    def telephone_of(self, person: PersonId) -> TelephoneId | None:
        """Where the person's calls ring; None: nowhere, since somebody else sits at the own telephone."""
        taken = next((telephone for telephone, guest in self.guests.items() if guest == person), None)
        if taken is not None:
            return taken
        return None if person in self.guests else person

    def person_at(self, telephone: TelephoneId) -> PersonId | None:
        """Whose calls are those made from there; None: nobody sits there."""
        guest = self.guests.get(telephone)
        if guest is not None or _is_nobodys(telephone):
            return guest
        return telephone if self.telephone_of(telephone) == telephone else None

    def sit(self, person: PersonId, telephone: TelephoneId) -> "Seats":
        """The person has signed in there."""
        guests = {where: who for where, who in self.guests.items() if where != telephone and who != person}
        return Seats(guests if person == telephone else guests | {telephone: person})

    def leave(self, person: PersonId) -> "Seats":
        """The person has signed out: the telephone is its owner's again, and the person's own is the person's."""
        return Seats({where: who for where, who in self.guests.items() if who != person})


def moved(before: Seats, after: Seats) -> Iterator[PersonId]:
    """Whose telephone is another one now."""
    concerned = {*before.guests.values(), *after.guests.values(), *before.guests, *after.guests}
    for person in sorted(filter(lambda one: not _is_nobodys(one), concerned)):
        if before.telephone_of(person) != after.telephone_of(person):
            yield person


def told(seats: Seats, person: PersonId) -> str:
    """Where the person sits, in words; empty: at the own telephone."""
    telephone = seats.telephone_of(person)
    if telephone is None:
        return f"nowhere, since {seats.guests[person]} sits at the own telephone"
    return "" if telephone == person else f"at {telephone}"


def _is_nobodys(telephone: TelephoneId) -> bool:
    return "-" in telephone
