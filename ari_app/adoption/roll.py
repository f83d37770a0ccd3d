"""The roll of the engines that serve one installation, so that each knows which others are alive.

An engine holds a lock on its own file as long as it lives; the kernel takes it back in the moment in which the process
ends, however it ends. (Asterisk cannot tell: it keeps the application of a dead engine for as long as that has
channels, 22.10.1.) One that is merely frozen stays on the roll; from it Asterisk takes the callers away by itself, see
`ari_app.adoption.lease`.
"""

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dialplan import private

PREFIX = "sb-"
"""All engines' ARI applications begin so: the dialplan offers calls to them."""


class Roll:
    """A folder with a file for each engine."""

    def __init__(self, folder: Path) -> None:
        self._folder = private.make(folder)

    @contextmanager
    def entered(self, name: str | None = None) -> Iterator[str]:
        """Be on the roll until the block ends; gives the application's name, which nobody has had before.

        ``name``: to take this one instead, even from an engine that has it, which Asterisk then tells (`Fenced`).
        """
        name = name or PREFIX + secrets.token_hex(4)
        with private.opened(self._folder / name) as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            yield name
        with self.buried(name):  # only if no other engine has the name now
            pass

    @contextmanager
    def buried(self, name: str) -> Iterator[bool]:
        """Whether this engine is dead; if so, nobody else takes over from it until the block ends."""
        with private.opened(self._folder / name) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
            (self._folder / name).unlink(missing_ok=True)
