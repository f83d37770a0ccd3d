"""Whose turn it is to be rung, and who is taken: shared by all processes of an installation that ring people.

There is a file for each person. Whoever rings the person, or has it in a talk, holds the file's lock, which the kernel
frees however its process ends; so nobody is offered two calls at once, by whichever engines and whichever calls of the
stand-in. In the file stands what the next holder must know (`routing.presence.Remembered`): only a holder reads or
writes it. The file's time tells others when the last offer or talk ended, and while one goes on that its holder lives.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog

from dialplan import private
from routing.facts import PersonId
from routing.presence import Remembered

STALE_SECONDS = 5.0
"""Who has a person for so long, without a call at the telephone and without a word, stands still."""
HOLD_SECONDS = 1.0
"""So often at least whoever has a person says so: one whose telephone was unplugged a moment ago is rung, and shows no
call until the telephone answers to the INVITE (PJSIP's device state, 22.10.1)."""
LOOK_SECONDS = 2.0
"""Whoever wants a person tries again in less."""
ROOM = 256
"""Bytes of a note, which is written over the one before: to shorten a file waits for whatever the disk is at."""

_remembered = msgspec.json.Decoder(Remembered).decode
"""Made before there is a second thread, see `routing.trail`."""
log = structlog.get_logger()


class Turn:
    """A person who is taken; `give_back` ends it. ``file``: a descriptor; None: there is no disk to keep it on."""

    def __init__(self, file: int | None) -> None:
        self._file = file

    @property
    def remembered(self) -> Remembered:
        """What the last holder left; nothing where there was none, or where it was killed while it wrote."""
        if self._file is None:
            return Remembered()
        with suppress(OSError, ValueError):
            return _remembered(os.pread(self._file, ROOM, 0))
        return Remembered()

    def hold(self) -> None:
        """Say that whoever has the person does not stand still."""
        if self._file is not None:
            with suppress(OSError):
                os.utime(self._file)

    def give_back(self, remembered: Remembered | None = None) -> None:
        """Let others have the person, with this to know; None: it was not rung, and nothing has changed."""
        if self._file is None:
            return
        if remembered is not None:
            with suppress(OSError):  # a full disk: the next holder knows less
                os.pwrite(self._file, msgspec.json.encode(remembered).ljust(ROOM), 0)
        os.close(self._file)


class _Wanted(msgspec.Struct, frozen=True):
    """A person whom somebody else has, though nothing is at the telephone."""

    file: tuple[int, int]
    """Which one it is, and when its holder said anything last."""
    since: float
    last: float


class Turns:
    """Everybody's files in one folder, which is made when it is missing."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._wanted: dict[PersonId, _Wanted] = {}

    def in_turn(self, people: Iterable[PersonId]) -> list[PersonId]:
        """These people, longest idle first; among equals in the order given."""
        return sorted(people, key=self._idle_since)

    def take(self, person: PersonId) -> Turn | None:
        """Take a person at whose telephone Asterisk has no call; None: somebody else has taken it.

        From whoever stands still (a frozen engine) the person is taken away, once that has been so for a while.
        """
        try:
            file = self._locked(self._folder / person)
            if file is None and self._is_stale(person):
                file = self._taken_away(person)
        except OSError as why:  # a full or read-only disk is no reason not to ring anybody (T4)
            log.warning("nobody can be reserved", why=str(why))
            return Turn(None)
        return Turn(file) if file is not None else None

    def is_taken(self, person: PersonId) -> bool:
        """Whether any process has the person, this one included."""
        try:
            file = self._locked(self._folder / person)
        except OSError:
            return False
        if file is not None:
            os.close(file)
        return file is None

    def _locked(self, path: Path) -> int | None:
        while True:
            file = self._opened(path)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                return None
            if os.fstat(file).st_nlink:
                return file
            os.close(file)  # it was taken away at this very moment: there is, or will be, another one

    def _opened(self, path: Path) -> int:
        flags = os.O_RDWR | os.O_CREAT
        try:
            return os.open(path, flags, 0o600)
        except FileNotFoundError:
            private.make(self._folder)
            return os.open(path, flags, 0o600)

    def _is_stale(self, person: PersonId) -> bool:
        """Whether the same one has had the person, without a word, all the time that this one was wanted."""
        now, file = self._clock(), _which(self._folder / person)
        wanted = self._wanted.get(person)
        if wanted is None or wanted.file != file or now - wanted.last > LOOK_SECONDS:
            wanted = _Wanted(file, now, now)
        self._wanted[person] = msgspec.structs.replace(wanted, last=now)
        return now - wanted.since >= STALE_SECONDS

    def _taken_away(self, person: PersonId) -> int | None:
        path, wanted = self._folder / person, self._wanted.pop(person)
        with private.opened(self._folder / ".guard") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)  # of two who want the person one takes it, the other finds a new file
            if path.exists() and _which(path) == wanted.file:
                path.unlink()
        log.warning("taken from whoever stands still", person=person)
        return self._locked(path)

    def _idle_since(self, person: PersonId) -> float:
        try:
            return (self._folder / person).stat().st_mtime
        except OSError:
            return 0.0


def _which(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns
