"""Who had access to what callers said, and to all that is known of a customer: a file to which lines are only added.

It is a file and no table, so that it is there while the database is not, and whoever may write the register cannot
rewrite it. A line is on the disk before anything is handed out: what cannot be noted does not happen.
"""

import datetime as dt
import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from premises.clock import now

What = Literal[
    "recording heard", "message heard", "recording exported", "message exported", "customer exported", "customer erased"
]


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """One line."""

    at: dt.datetime
    who: str
    """The user of the operating system; with ``account`` before it the HTTP API's."""
    what: What
    of: str
    """The call's, the message's or the customer's id."""
    to: str | None = None
    """The file into which it went; None: to standard output, or nowhere."""


_access = msgspec.json.Decoder(Access).decode
"""Made before there is a second thread, as in `routing.trail`: the HTTP API reads this in several."""


class AccessLog:
    """The file; any number of processes add to it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def note(self, what: What, of: str, to: Path | None = None, *, who: str | None = None) -> None:
        """Add a line for what is about to be done; once this returns it is on the disk. Raises OSError.

        ``who``: None: the user who runs this program.
        """
        access = Access(at=now(), who=who or user(), what=what, of=of, to=str(to) if to else None)
        handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, msgspec.json.encode(access) + b"\n")  # one write: lines of two processes never mix
            os.fsync(handle)
        finally:
            os.close(handle)

    def entries(self) -> Iterator[Access]:
        """All lines, the oldest first; one that was torn by a power cut is passed over."""
        try:
            lines = self._file.read_bytes().splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                yield _access(line)
            except ValueError:  # no JSON, or no UTF-8
                continue


def user() -> str:
    """Who runs this program, by the system and not by the environment; for root also who became it by sudo."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:
        name = str(number)
    became = os.environ.get("SUDO_USER") if number == 0 else None
    return f"{name} (sudo by {became})" if became else name
