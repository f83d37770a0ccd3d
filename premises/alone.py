"""Being the only process of a kind that serves from a data folder: by a lock that the kernel takes back."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from dialplan import private

_LONGEST_ID = 20
"""Characters of a process's id, and more."""


class AlreadyRunning(Exception):  # noqa: N818 - it is a fact
    """Another process of this kind serves from this data folder.

    ``process``: its id; 0 where it has not said so yet.
    """

    def __init__(self, text: str, process: int) -> None:
        super().__init__(text)
        self.process = process


@contextmanager
def alone(file: Path, who: str) -> Iterator[IO[str]]:
    """Hold this file, which is made, as long as it is open in any process; raises `AlreadyRunning`.

    ``who``: the kind of process, for whoever is told that there is one.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with private.opened(file) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            told = lock.readline(_LONGEST_ID).strip()
            process = int(told) if told.isdecimal() else 0
            raise AlreadyRunning(f"another {who} serves from {file.parent}", process) from None
        with suppress(OSError):  # on a full disk nobody can tell which process it is; it serves all the same
            os.ftruncate(lock.fileno(), 0)
            os.write(lock.fileno(), f"{os.getpid()}\n".encode())
        yield lock
