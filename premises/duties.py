"""What people said last about being at work: in the database, and in files that all processes see at once.

The files are there for when the database is away: nobody should be rung at lunch for that. Of two sayings the later
counts, wherever it is found.
"""

import fcntl
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from db.records import DutyRow, Row
from dialplan import private
from routing.facts import PersonId
from routing.presence import Duty

log = structlog.get_logger()

_Which = tuple[int, int]
"""A file's inode and time: another one means that it was replaced."""


class Duties:
    """One file for each person who ever said something, in a folder that is made when it is missing."""

    def __init__(self, folder: Path, put: Callable[[Row], None]) -> None:
        self._folder = folder
        self._put = put
        """Brings a row into the register."""
        self._seen: dict[PersonId, _Which] = {}

    def say(self, person: PersonId, duty: Duty) -> None:
        """Keep what the person says, unless something later is there. Never raises: a full disk leaves the database."""
        log.info("says about being at work", person=person, kind=duty.kind, reason=duty.reason)
        try:
            self._keep(person, duty)
        except OSError as why:
            log.warning("others not told who is at work", person=person, why=str(why))
        if duty.since is not None:
            self._put(DutyRow(person=person, kind=duty.kind, reason=duty.reason, since=duty.since))

    def of(self, person: PersonId) -> Duty:
        """What this person said; nothing, where nothing can be read."""
        try:
            return msgspec.json.decode((self._folder / person).read_bytes(), type=Duty)
        except FileNotFoundError:
            return Duty()
        except (OSError, ValueError) as why:
            log.warning("not known who is at work", person=person, why=str(why))
            return Duty()

    def news(self) -> dict[PersonId, Duty]:
        """What was said since the last look; everything at the first one."""
        try:
            there = {file.name: _which(file) for file in self._folder.iterdir() if "." not in file.name}
        except OSError:  # nobody said anything yet, or just now somebody does: then the next look will tell
            return {}
        fresh = [person for person, which in there.items() if self._seen.get(person) != which]
        self._seen = there
        return {person: self.of(person) for person in fresh}

    def _keep(self, person: PersonId, duty: Duty) -> None:
        with private.opened(private.make(self._folder) / ".lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if duty.is_newer_than(self.of(person)):
                private.write(self._folder / person, msgspec.json.encode(duty))


def _which(file: Path) -> _Which:
    found = file.stat()
    return found.st_ino, found.st_mtime_ns
