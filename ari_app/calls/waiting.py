"""The waiting line (D3): callers who wait for a group, and the offers that `routing.line` decides on.

Whenever somebody's state changes, or a caller joins, the line is gone through from its front. An offer reserves the
person and goes into the caller's inbox; the caller's own script does the ringing.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ari_app.people.presence import Presence
from premises.asks import Waits
from premises.clock import now
from routing.facts import PersonId
from routing.line.line import Line, NobodyThere, Offer, Place
from routing.presence import State
from routing.steps import Wait

LOOK_SECONDS = 10.0
"""Between two looks at the line for a caller to whom nothing happens."""


Tell = Callable[[Offer | NobodyThere], None]


class WaitingLine:
    """All callers who wait, whatever group they wait for."""

    def __init__(self, presence: Presence, clock: Callable[[], dt.datetime] = now) -> None:
        self._presence = presence
        self._clock = clock
        self._line = Line()
        self._tell: dict[str, Tell] = {}
        """By the call, how to put something into its inbox."""
        self._offering = False
        self._holds = 0
        presence.watch(self.offer)

    def __len__(self) -> int:
        return len(self._line.places)

    @contextmanager
    def place(self, call: str, step: Wait, since: dt.datetime, tell: Tell) -> Iterator[Place]:
        """Stand in line until the block ends; what was offered and not used by then is given back.

        ``since``: when this caller joined the line, which may have been in the time of another engine.
        """
        place = Place(call, step, since)
        self._line.join(place)
        self._tell[call] = tell
        self.offer()
        try:
            yield place
        finally:
            self._line.leave(place)
            self._tell.pop(call, None)  # who is called back, and handed over to somebody, stands here twice
            for person in (place.offered, *place.others):
                if person is not None:
                    self._give_back(place, person)

    def _give_back(self, place: Place, person: PersonId) -> None:
        """The person is free again, after a talk at the end of the wrap-up: so long was the person taken."""
        standing = self._presence.standing(person)
        talked = standing.call == place.call and standing.state is not State.OFFERED
        self._presence.release(person, place.call)
        if talked:
            self._line.served(place, self._presence.standing(person).due or self._clock())

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
        place.missed(person, self._clock())
        self._presence.release(person, place.call)

    def settled(self, place: Place, person: PersonId) -> None:
        """This one of those who were rung together has the caller: the others are free again."""
        others = {place.offered, *place.others} - {None, person}
        place.offered, place.others = person, ()
        for other in others:
            self._presence.release(str(other), place.call)

    def waited(self, place: Place) -> float:
        """Seconds that the caller has been in the line."""
        return place.waited(self._clock())

    def callers(self) -> tuple[Waits, ...]:
        """Who waits and talks with nobody yet, in the order of their turns."""
        return tuple(
            Waits(call=place.call, queue=place.step.queue, since=place.since, offered=place.offered)
            for place in self._line.places
            if place.offered is None or self._presence.standing(place.offered).state is State.OFFERED
        )

    def outlook(self, place: Place) -> tuple[int, float | None]:
        """The place in the line, from 1, and how many seconds the caller still waits; None: nobody knows."""
        expected = self._line.expected(place, self._presence.standing, self._clock())
        return self._line.position(place), expected

    def look_again(self, place: Place) -> float:
        """In how many seconds the line should be gone through for this caller, even if nothing happens until then."""
        return min(LOOK_SECONDS, place.due(self._clock()))

    def is_old_news(self, said: Offer | NobodyThere, place: Place) -> bool:
        """Whether it was said of a place that the caller had before, and is not true of this one."""
        if isinstance(said, Offer):
            return said.person != place.offered
        return not self._line.is_in_vain(place, self._presence.standing, self._clock())

    def offer(self) -> None:
        """Go through the line once and offer whoever is free."""
        # Our own reservations change the presence, which calls us again.
        if not self._line.places or self._offering or self._holds:
            return
        self._offering = True
        try:
            for said in self._line.offers(self._presence.standing, self._clock(), self._take):
                self._tell[said.call](said)
        finally:
            self._offering = False

    def _take(self, person: PersonId, call: str) -> bool:
        return self._presence.reserve(person, call) is None
