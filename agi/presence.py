"""Who can be rung, as one call of the stand-in sees it: by the same rules, locks and sayings as the engines (T3).

A call's process keeps nobody's standing: it learns what was left in the person's file, has it only while it rings the
person, and leaves there what the next one must know.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from db.people import Staff
from premises.clock import now
from premises.duties import Duties
from premises.seating import Seating
from premises.turns import HOLD_SECONDS, Turn, Turns
from routing.facts import PersonId
from routing.outcomes import Absence
from routing.presence import Answered, Duty, Ended, Missed, OfCall, Offered, Telephone, Withdrawn
from routing.seats import TelephoneId
from routing.standing import Standing, absence, happen, memory

_IDLE = Telephone(registered=True, in_call=False)


class Offer:
    """One ringing of a person, which is taken for it; withdrawn, unless something else is told."""

    def __init__(self, call: str, standing: Standing, wrap_up: float) -> None:
        self._call = call
        self._wrap_up = wrap_up
        self.standing = standing
        self._tell(Offered(call))

    def missed(self, why: Absence) -> None:
        """The person did not take it."""
        self._tell(Missed(self._call, why))

    def talked(self) -> None:
        """The person answered, and the talk is over now."""
        self._tell(Answered(self._call))
        self._tell(Ended(self._call))

    def end(self) -> None:
        """The offer is over, if it was not before."""
        if self.standing.call is not None:
            self._tell(Withdrawn(self._call))

    def _tell(self, happened: OfCall) -> None:
        self.standing = happen(self.standing, happened, now(), self._wrap_up)


class Presence:
    """Everybody, for one call."""

    def __init__(self, turns: Turns, duties: Duties, seating: Seating, staff: Staff) -> None:
        self._turns = turns
        self._seating = seating
        self._duties = duties
        self._staff = staff
        self.wrap_up = 0.0
        """Seconds, by the rules of the call."""

    def in_turn(self, people: Iterable[PersonId]) -> list[PersonId]:
        """These people, longest idle first; among equals in the order given."""
        return self._turns.in_turn(people)

    def telephone_of(self, person: PersonId) -> TelephoneId | None:
        """Where the person's calls ring now; None: nowhere."""
        return self._seating.now().telephone_of(person)

    def is_taken(self, person: PersonId) -> bool:
        """Whether any process rings the person or has it in a talk."""
        return self._turns.is_taken(person)

    def absence(self, person: PersonId) -> Absence | None:
        """Why this person is not on duty, by what was said; None: is, whatever the telephone does."""
        return absence(self._on_duty(person), now())

    @contextmanager
    def offered(self, person: PersonId, call: str) -> Iterator[Offer | Absence]:
        """Take a person, at whose telephone no call is, until the block ends; gives why not, if not."""
        turn = self._turns.take(person)
        if turn is None:
            yield Absence.RINGING
            return
        standing = happen(self._on_duty(person), turn.remembered, now())
        why = absence(standing, now())
        if why is not None:
            turn.give_back()
            yield why
            return
        offer = Offer(call, standing, self.wrap_up)
        try:
            with _held(turn):
                yield offer
        finally:
            offer.end()
            if offer.standing.duty != standing.duty:
                self._duties.say(person, offer.standing.duty)  # it did not answer once too often
            turn.give_back(memory(offer.standing))

    def _on_duty(self, person: PersonId) -> Standing:
        at = now()
        standing = happen(Standing(since=at), _IDLE, at)
        for duty in (self._staff.duties.get(person, Duty()), self._duties.of(person)):
            standing = happen(standing, duty, at)
        return standing


@contextmanager
def _held(turn: Turn) -> Iterator[None]:
    """Have the person until the block ends, which waits for Asterisk's Dial meanwhile."""
    over = threading.Event()

    def hold() -> None:
        while not over.wait(HOLD_SECONDS):
            turn.hold()

    thread = threading.Thread(target=hold, name="hold")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
