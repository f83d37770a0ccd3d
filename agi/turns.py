"""Whose turn it is to be rung, and who is taken: shared by all of the stand-in's calls, each a process of its own.

There is a file for each person. A call that rings the person, or has it in a talk, holds the file's lock, which the
kernel frees however the call's process ends; so nobody is offered two calls at once. The file's time tells when the
last offer or talk ended.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from dialplan import private
from routing.facts import PersonId

log = structlog.get_logger()


class Turns:
    """Everybody's files in one folder, which is made when it is missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def in_turn(self, people: Iterable[PersonId]) -> list[PersonId]:
        """These people, longest idle first; among equals in the order given."""
        return sorted(people, key=self._idle_since)

    @contextmanager
    def reserved(self, person: PersonId) -> Iterator[bool]:
        """Take the person until the block ends; gives whether that could be done, or another call has the person."""
        try:
            file = private.opened(private.make(self._folder) / person)
        except OSError as why:  # a full or read-only disk is no reason not to ring anybody (T4)
            log.warning("nobody can be reserved", why=str(why))
            yield True
            return
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            try:
                yield True
            finally:
                os.utime(file.fileno())

    def _idle_since(self, person: PersonId) -> float:
        try:
            return (self._folder / person).stat().st_mtime
        except OSError:
            return 0.0
