"""Files as Asterisk leaves them, and a disk that fails."""

import os
import struct
from pathlib import Path

from ari_app.recordings.places import Places
from premises import wav

CALL = "1795484176.12"
MESSAGE = f"m-{CALL}-1"


def places(folder: Path) -> Places:
    """The folders of an installation; Asterisk's own are there."""
    found = Places(
        monitor=folder / "monitor",
        spool=folder / "recording",
        recordings=folder / "recordings",
        messages=folder / "messages",
    )
    found.monitor.mkdir()
    found.spool.mkdir()
    return found


def tone(seconds: float, loud: int = 3000) -> bytes:
    """Samples that are heard as long as ``loud`` is above a few hundred."""
    return struct.pack("<2h", loud, -loud) * int(seconds * wav.RATE / 2)


def leave(file: Path, sound: bytes, *, closed: bool = True, ended: float = 1795484200.5) -> Path:
    """A file of Asterisk's; unless it is closed, its sizes are 0."""
    head = wav.header(len(sound) // 2)
    file.write_bytes((head if closed else head[:4] + bytes(4) + head[8:40] + bytes(4)) + sound)
    os.utime(file, (ended, ended))
    return file


def leave_call(where: Places, caller: bytes, heard: bytes, *, call: str = CALL, closed: bool = True) -> None:
    """Both directions of a call."""
    for piece, sound in zip(where.pieces(call), (caller, heard), strict=True):
        leave(piece, sound, closed=closed)
