"""PINs: what they look like, and who has keyed in so many wrong ones that nobody is listened to for a while.

What is kept of a PIN is what is kept of a password (`premises.passwords`); that would not protect four digits, so
guessing is counted: for the person that is guessed, and for the telephone that guesses. It is counted before it is
compared, one at a time, so that no number of guesses at once is more than one. What is keyed in is never written down.
"""

import datetime as dt
import fcntl
import re
from pathlib import Path

import msgspec
import structlog

from dialplan import private
from premises import passwords
from premises.clock import now
from routing.facts import PersonId
from routing.seats import TelephoneId

MOST_WRONG = 5
SHUT_OUT = dt.timedelta(minutes=15)
"""After the last one of so many wrong ones, for a person and for a telephone alike."""
_PIN = re.compile(r"[0-9]{4,12}")
_RUNS = ("01234567890123456789", "98765432109876543210")

log = structlog.get_logger()


class Wrong(msgspec.Struct, frozen=True):
    """How many wrong PINs there were, and when the last one."""

    times: int
    last: dt.datetime

    def once_more(self, at: dt.datetime) -> "Wrong":
        """With one more at that moment; what is older than `SHUT_OUT` is forgotten."""
        return Wrong(1 if at - self.last >= SHUT_OUT else self.times + 1, at)

    def shuts_out(self, at: dt.datetime) -> bool:
        """Whether nobody is listened to at that moment."""
        return self.times >= MOST_WRONG and at - self.last < SHUT_OUT


def wrong_with(pin: str) -> str | None:
    """Why this is no PIN; None: it is one."""
    if not _PIN.fullmatch(pin):
        return "a PIN has 4 to 12 digits"
    if len(set(pin)) == 1 or any(pin in run for run in _RUNS):
        return "the first PIN that anybody tries is a row of the same or of following digits"
    return None


class PinPad:
    """Compares PINs, and remembers the wrong ones in a file, which is made when it is missing."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def opens(self, telephone: TelephoneId, person: PersonId | None, kept: str | None, pin: str) -> bool:
        """Whether somebody at this telephone is the person; ``kept`` None: nobody has a PIN who is meant.

        Takes a tenth of a second either way. Raises OSError where it cannot be counted.
        """
        guessed = [f"at {telephone}", *([f"of {person}"] if person else [])]
        with private.opened(private.make(self._file.parent) / f".{self._file.name}.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = self._known()
            if any(known[key].shuts_out(now()) for key in guessed if key in known):
                log.warning("shut out: too many wrong PINs", telephone=telephone, person=person)
                return False
            self._keep(known | {key: known.get(key, Wrong(0, now())).once_more(now()) for key in guessed})
            if not passwords.fits(pin, kept):
                log.warning("wrong PIN", telephone=telephone, person=person)
                return False
            self._keep({key: wrong for key, wrong in known.items() if key != f"of {person}"})
            return True

    def _known(self) -> dict[str, Wrong]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, Wrong])
        except (FileNotFoundError, ValueError):
            return {}

    def _keep(self, known: dict[str, Wrong]) -> None:
        lasting = {key: wrong for key, wrong in known.items() if now() - wrong.last < SHUT_OUT}
        private.write(self._file, msgspec.json.encode(lasting))
