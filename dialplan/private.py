"""Files and folders that only their owner can read: they hold secrets, or calls."""

import os
from pathlib import Path
from typing import IO


def write(path: Path, content: bytes) -> None:
    """Write a file of mode 0600; others see the old one or the new one, whole, and never a readable draft.

    Several processes may write it at once, and the last one's stays. Raises OSError.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)  # of a process that was killed, and had this one's number
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def opened(path: Path) -> IO[str]:
    """Open a file for locking it: of mode 0600 where it is made by this, and with what is in it."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "a+")


def make(folder: Path) -> Path:
    """Make a folder of mode 0700, and those above it in the same way, where they are missing; give it back."""
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder
