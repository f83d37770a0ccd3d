"""Starts a program that must not outlive its parent, even if that is killed outright.

Run as a script, ``leash.py PARENT PROGRAM ARGUMENT…``: it asks the kernel for a SIGTERM at the parent's end and becomes
the program. A script of its own, because code between fork and exec of a process with threads may deadlock.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def command(*program: str) -> tuple[str, ...]:
    """The command line that starts ``program`` on a leash held by this process, from the main thread."""
    return sys.executable, "-I", "-S", __file__, str(os.getpid()), *program


def _become(parent: int, program: list[str]) -> None:
    if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        sys.exit("this kernel cannot end a program with its parent")
    if os.getppid() != parent:
        sys.exit("the parent is gone already")
    os.execv(program[0], program)  # noqa: S606 - the program and its arguments come from `command`


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
