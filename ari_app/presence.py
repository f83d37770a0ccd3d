"""Who can be rung at this moment: the one owner of everybody's state, for chains and waiting lines alike (T3).

Three sources meet here. The telephones' state comes from Asterisk (registered or not, in a call or not), being away
from the directory, and ringing or talking from our own calls, which reserve a person before they ring: so nobody is
ever offered two calls at once. Everything runs in the event loop's thread, so a check and the reservation after it
cannot be parted.
"""

import time
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from routing.facts import PersonId
from routing.steps import Absence

Occupied = Literal["ringing", "talking"]


class Phone(msgspec.Struct):
    """What is known of one person's telephone and time."""

    registered: bool = False
    in_calls: int = 0
    """Channels that Asterisk has on this telephone, ours included."""
    away: str | None = None
    """The reason, in the person's words."""
    call: str | None = None
    """The call of ours that rings the person or that the person talks in."""
    doing: Occupied | None = None
    idle_since: float = 0.0
    """Monotonic seconds: when the last offer or talk ended. 0: none yet, so first in turn."""


class Presence:
    """Everybody's state, and who is next."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._phones: dict[PersonId, Phone] = {}
        self._clock = clock
        self._watchers: list[Callable[[], None]] = []

    def watch(self, changed: Callable[[], None]) -> None:
        """Have ``changed`` called whenever somebody's state may have become different."""
        self._watchers.append(changed)

    # ---------------------------------------------------------------- what is learnt from outside

    def telephone(self, person: PersonId, *, registered: bool, in_calls: int) -> None:
        """What Asterisk says of a telephone."""
        phone = self._phone(person)
        phone.registered, phone.in_calls = registered, in_calls
        self._tell()

    def away(self, reasons: dict[PersonId, str | None]) -> None:
        """Who is away and why, from the directory; None: at work."""
        for person, reason in reasons.items():
            self._phone(person).away = reason
        self._tell()

    # ---------------------------------------------------------------- what calls ask and do

    def absence(self, person: PersonId) -> Absence | None:
        """Why this person cannot be rung now; None: can be."""
        phone = self._phone(person)
        if phone.doing is not None:
            return Absence.RINGING if phone.doing == "ringing" else Absence.BUSY
        if phone.away is not None:
            return Absence.AWAY
        if not phone.registered:
            return Absence.NOT_REGISTERED
        return Absence.BUSY if phone.in_calls else None

    def at_work(self, people: Iterable[PersonId]) -> bool:
        """Whether anybody of them is there at all, free or not: whether waiting makes sense."""
        return any(self.absence(person) not in (Absence.AWAY, Absence.NOT_REGISTERED) for person in people)

    def in_turn(self, people: Iterable[PersonId]) -> list[PersonId]:
        """These people, longest idle first; among equals in the order given."""
        return sorted(people, key=lambda person: self._phone(person).idle_since)

    def reserve(self, person: PersonId, call: str) -> Absence | None:
        """Take a person for a call that is about to ring; returns why not, if not."""
        absence = self.absence(person)
        if absence is None:
            phone = self._phone(person)
            phone.call, phone.doing = call, "ringing"
            self._tell()
        return absence

    def take(self, person: PersonId, call: str) -> None:
        """The person talks in this call, which another engine had begun."""
        phone = self._phone(person)
        phone.call, phone.doing = call, "talking"
        self._tell()

    def talks(self, person: PersonId, call: str) -> None:
        """The reserved person answered."""
        phone = self._phone(person)
        if phone.call == call:
            phone.doing = "talking"

    def release(self, person: PersonId, call: str) -> None:
        """The call has no more claim on this person, whose turn now comes last."""
        phone = self._phone(person)
        if phone.call == call:
            phone.call, phone.doing, phone.idle_since = None, None, self._clock()
            self._tell()

    def _phone(self, person: PersonId) -> Phone:
        return self._phones.setdefault(person, Phone())

    def _tell(self) -> None:
        for changed in self._watchers:
            changed()
