"""Whether a folder's disk takes what is written to it: room, and a file tried out."""

import errno
import os
import shutil
from pathlib import Path

NO_ROOM = 64 << 20
"""Bytes: what twenty calls record in a minute and a half. With less free the disk counts as full."""


def free(folder: Path) -> int:
    """Bytes that an ordinary user may still write there. Raises OSError."""
    return shutil.disk_usage(folder).free


def fault(folder: Path) -> str | None:
    """Why nothing more can be kept there: the disk is full, cannot be written, or is gone. None: all is well.

    A few bytes are written and deleted again; on a stuck disk this waits.
    """
    probe = folder / f".probe-{os.getpid()}"
    try:
        if (left := free(folder)) < NO_ROOM:
            return f"{os.strerror(errno.ENOSPC)}: {left >> 20} MiB are free"
        try:
            _write(probe)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        return error.strerror or str(error)
    return None


def _write(file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, bytes(4096))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
