"""Asterisk's list of calls is cut into files, and old ones are deleted: it never fills a disk.

Asterisk 22.10.1 opens the file anew for each record, so that it can be renamed at any time.
"""

import datetime as dt
from pathlib import Path

from ari_app.witness.cdr import FILE, files

LONGEST = 16 << 20
"""Bytes of one file: about 30,000 calls."""
KEPT_FILES = 8
"""Files that are kept besides the one that grows."""


def rotate(folder: Path, now: dt.datetime, *, longest: int = LONGEST, kept: int = KEPT_FILES) -> None:
    """Set the file aside if it is long, and delete the oldest beyond the number that is kept."""
    growing = folder / FILE
    if growing.exists() and growing.stat().st_size >= longest:
        growing.rename(folder / f"calls-{now:%Y%m%dT%H%M%S%f}.json")
    old = [file for file in files(folder) if file != growing]
    for file in old[: max(0, len(old) - kept)]:
        file.unlink(missing_ok=True)
