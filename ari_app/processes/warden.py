"""Starts a program that must live on while it has a holder, and no longer, though its holders come and go.

A holder has a shared lock on a file. Run as a script, ``warden.py FILE PROGRAM ARGUMENT…`` leaves a warden behind and
becomes the program. The warden ends the program once nobody holds the file: the kernel takes a lock back whatever ends
its holder. So an `up` can hand Asterisk over to the next one, and nothing is left when the last one is killed outright.
"""

import fcntl
import os
import resource
import select
import signal
import sys
import time
from pathlib import Path
from typing import IO

FILES = 16384
"""Open files wanted: a call in a bridge takes up to ten (Asterisk 22.10.1), and many systems begin with 1024."""
LOOK_MILLISECONDS = 200
STOP_SECONDS = 10.0
"""For the program to end when it is asked to."""


def command(file: Path, *program: str) -> tuple[str, ...]:
    """The command line that starts ``program`` for the holders of ``file``; its caller must be one already."""
    return sys.executable, "-I", "-S", __file__, str(file), *program


def held(file: Path) -> IO[str]:
    """Be a holder until this is closed."""
    lock = os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def _become(file: str, program: list[str]) -> None:
    _leave_warden(file, os.getpid())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, FILES)), hard))
    os.execv(program[0], program)  # noqa: S606 - the program and its arguments come from `command`


def _leave_warden(file: str, ward: int) -> None:
    """Fork twice, so that the program never hears of it as of a child of its own."""
    if child := os.fork():
        os.waitpid(child, 0)
        return
    os.setsid()
    if not os.fork():
        _guard(file, os.pidfd_open(ward))
    os._exit(0)


def _guard(file: str, ward: int) -> None:
    ended = select.poll()
    ended.register(ward, select.POLLIN)
    with Path(file).open("a") as lock:
        while not ended.poll(LOOK_MILLISECONDS):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _end(ward, ended)
            return


def _end(ward: int, ended: select.poll) -> None:
    signal.pidfd_send_signal(ward, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while not ended.poll(LOOK_MILLISECONDS):
        if time.monotonic() > deadline:
            signal.pidfd_send_signal(ward, signal.SIGKILL)


if __name__ == "__main__":
    _become(sys.argv[1], sys.argv[2:])
