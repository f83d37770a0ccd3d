"""The end of a text file that another program writes, sets aside and begins anew, such as Asterisk's log."""

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

MOST = 1 << 20
"""Bytes that are read in one go; what is beyond them comes with the next one."""


class Tail:
    """Gives the lines as they are added, from an open file: what is set aside is read to its end. Waits for the disk.

    A context manager, which closes the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._rest = b""

    def __enter__(self) -> "Tail":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._close()

    def skip(self) -> None:
        """Pass over all that is there."""
        self._open()
        if self._file is not None:
            self._file.seek(0, os.SEEK_END)

    def lines(self) -> list[bytes]:
        """The whole lines that were added since the last time, without their ends."""
        is_set_aside = self._is_set_aside()
        added = self._read()
        if is_set_aside:
            self._open()
            added += self._read()
        *lines, self._rest = (self._rest + added).split(b"\n")
        return lines

    def _is_set_aside(self) -> bool:
        """Whether another file has the name now; looked at before reading, so that nothing is added any more."""
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        return self._file is None or there.st_ino != os.fstat(self._file.fileno()).st_ino

    def _read(self) -> bytes:
        return self._file.read(MOST) if self._file is not None else b""

    def _open(self) -> None:
        self._close()
        try:
            self._file = self._path.open("rb")
        except FileNotFoundError:
            self._file = None

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
