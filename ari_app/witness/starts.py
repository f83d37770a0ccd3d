"""When Asterisk was started: the calls of an Asterisk that was killed are in no list of calls."""

import time
from pathlib import Path

from dialplan import private

FILE = "starts"
KEPT = 1000
"""Starts that are remembered."""


def note(folder: Path) -> None:
    """Write down that Asterisk starts now."""
    kept = [*(f"{start:.3f}" for start in read(folder)), f"{time.time():.3f}"][-KEPT:]
    private.write(folder / FILE, "".join(f"{start}\n" for start in kept).encode())


def read(folder: Path) -> list[float]:
    """Its starts, the oldest first, in seconds since 1970."""
    try:
        lines = (folder / FILE).read_text().split()
    except FileNotFoundError:
        return []
    return sorted(float(line) for line in lines if line.replace(".", "", 1).isdigit())
