"""The waiting line (D3): callers who wait for a group, first come, first served; one offer at a time to each person.

Whenever somebody's state changes, or a caller joins, the line is gone through from its front: each caller in turn is
offered the free person who has been idle longest. An offer reserves the person and goes into the caller's inbox; the
caller's own script does the ringing.
"""

import bisect
import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from ari_app.presence import Presence
from routing.facts import PersonId

PAUSE_SECONDS = 10.0
"""For how long a caller is not offered again somebody who just did not answer."""


class Offer(msgspec.Struct, frozen=True):
    """It is this caller's turn: the person is reserved for the call."""

    person: PersonId


class NobodyThere(msgspec.Struct, frozen=True):
    """Everybody of the group has gone: waiting makes no sense any more."""


class Place(msgspec.Struct, eq=False):
    """One caller's place in the line."""

    call: str
    people: tuple[PersonId, ...]
    since: dt.datetime
    tell: Callable[[Offer | NobodyThere], None]
    offered: PersonId | None = None
    """An offer that is being carried out."""
    paused: dict[PersonId, float] = msgspec.field(default_factory=dict)
    """Who did not answer this caller, and until when they are not offered again (the clock's seconds)."""

    def pause(self, person: PersonId, until: float) -> None:
        """The offered person did not answer: the caller may be offered others, and this one again later."""
        self.paused[person] = until
        self.offered = None


class WaitingLine:
    """All callers who wait, whatever group they wait for, in the order of their coming."""

    def __init__(self, presence: Presence, clock: Callable[[], float] = time.monotonic) -> None:
        self._presence = presence
        self._clock = clock
        self._places: list[Place] = []
        self._offering = False
        self._holds = 0
        presence.watch(self.offer)

    def __len__(self) -> int:
        return len(self._places)

    @contextmanager
    def place(
        self, call: str, people: tuple[PersonId, ...], since: dt.datetime, tell: Callable[[Offer | NobodyThere], None]
    ) -> Iterator[Place]:
        """Stand in line until the block ends; what was offered and not used by then is given back.

        ``since``: when this caller joined the line, which may have been in the time of another engine.
        """
        place = Place(call, people, since, tell)
        bisect.insort(self._places, place, key=lambda other: other.since)
        self.offer()
        try:
            yield place
        finally:
            self._places.remove(place)
            if place.offered is not None:
                self._presence.release(place.offered, call)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Offer nobody until the block ends: callers who came earlier are still on their way into the line."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            self.offer()

    def missed(self, place: Place, person: PersonId) -> None:
        """The offer came to nothing and the person is given back: let this caller's next offer be somebody else."""
        place.pause(person, self._clock() + PAUSE_SECONDS)
        self._presence.release(person, place.call)

    def offer(self) -> None:
        """Go through the line once and offer whoever is free."""
        if self._offering or self._holds:  # our own reservations change the presence, which calls us again
            return
        self._offering = True
        try:
            for place in tuple(self._places):
                self._offer_to(place)
        finally:
            self._offering = False

    def _offer_to(self, place: Place) -> None:
        if place.offered is not None:
            return
        if not self._presence.at_work(place.people):
            place.tell(NobodyThere())
            return
        now = self._clock()
        for person in self._presence.in_turn(place.people):
            if place.paused.get(person, 0.0) <= now and self._presence.reserve(person, place.call) is None:
                place.offered = person
                place.tell(Offer(person))
                return
