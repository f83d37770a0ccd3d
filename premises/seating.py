"""Who sits at which telephone, in a file that all processes of the installation see (T3).

The file alone says it: it outlives engines, Asterisk and the database's being away. Nobody moves in the middle of a
call: whoever takes a seat must have the turns (`premises.turns`) of the two people concerned, like whoever rings them.
"""

import fcntl
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import structlog

from dialplan import private
from premises.turns import Turns
from routing.facts import Person, PersonId
from routing.seats import Seats, TelephoneId

log = structlog.get_logger()


class InCall(Exception):  # noqa: N818 - it is a fact
    """A call has the person, or whoever sits at the telephone: nobody moves before it is over."""

    def __init__(self, person: PersonId) -> None:
        super().__init__(f"{person} is in a call")
        self.person = person


class Seating:
    """The seats of one installation. ``file`` and its folder are made when they are missing."""

    def __init__(self, file: Path, turns: Turns) -> None:
        self._file = file
        self._turns = turns
        self._seen: tuple[int, int] | None = None

    def now(self) -> Seats:
        """Who sits where; everybody at the own telephone, where nothing can be read."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Seats)
        except FileNotFoundError:
            return Seats()
        except (OSError, ValueError) as why:
            log.warning("not known who sits where", why=str(why))
            return Seats()

    def news(self) -> Seats | None:
        """Who sits where, if that has changed since the last look; None: it has not."""
        try:
            found = self._file.stat()
        except OSError:  # nobody ever sat elsewhere
            return None
        which = found.st_ino, found.st_mtime_ns
        if which == self._seen:
            return None
        self._seen = which
        return self.now()

    def sit(self, person: PersonId, telephone: TelephoneId) -> None:
        """From now on the person's calls ring there. Raises `InCall`, and OSError where it cannot be kept."""
        with self._changing() as change:
            before = self.now()
            with self._left_alone({person, before.person_at(telephone) or person}):
                change(before.sit(person, telephone))
        log.info("sits down", person=person, telephone=telephone)

    def leave(self, person: PersonId) -> None:
        """The person's calls ring at the own telephone again. Raises OSError where it cannot be kept."""
        with self._changing() as change:
            before = self.now()
            after = before.leave(person)
            if after != before:
                change(after)
                log.info("leaves the seat", person=person, telephone=before.telephone_of(person))

    @contextmanager
    def _changing(self) -> Iterator[Callable[[Seats], None]]:
        """One process at a time, from reading what is there to writing what becomes of it."""
        with private.opened(private.make(self._file.parent) / f".{self._file.name}.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lambda seats: private.write(self._file, msgspec.json.encode(seats))

    @contextmanager
    def _left_alone(self, people: Iterable[PersonId]) -> Iterator[None]:
        """Nobody rings these people until the block ends. Raises `InCall`."""
        with ExitStack() as taken:
            for person in people:
                turn = self._turns.take(person)
                if turn is None:
                    raise InCall(person)
                taken.callback(turn.give_back)
            yield


def shown(telephone: TelephoneId, seats: Seats, staff: Iterable[Person]) -> tuple[str, str] | None:
    """The name and the number that a call from this telephone is shown with; None: those that Asterisk shows.

    Asterisk shows the telephone's own: they are right unless somebody else sits there, or nobody (then no number).
    """
    person = seats.person_at(telephone)
    if person == telephone:
        return None
    found = next((one for one in staff if one.id == person), None)
    return (found.name, found.extension or found.id) if found else (telephone, "")
