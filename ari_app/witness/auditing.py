"""One look at both witnesses: Asterisk's list of calls and the register."""

import datetime as dt
import time
from pathlib import Path

from ari_app.witness import cdr, starts
from ari_app.witness.comparing import SETTLED, Finding, Picture, compare
from db.records import CallRow
from db.stories import Stories
from premises.installation import Installation
from premises.wall_clock import wall_clock

LONGEST_CALL = dt.timedelta(hours=12)
"""A call that ended since a moment came so long before it at most."""


def folder_of(installation: Installation) -> Path:
    """Where the embedded Asterisk writes its list of calls."""
    return installation.pbx / "log" / "cdr-custom"


def listed(installation: Installation, since: dt.datetime) -> dict[str, cdr.Cdr]:
    """Asterisk's own list of the calls that ended since then. Waits for the disk."""
    return cdr.read(folder_of(installation), since.timestamp())


def audit(installation: Installation, stories: Stories, since: dt.datetime, settled: float = SETTLED) -> list[Finding]:
    """What Asterisk's list and the register tell differently of the calls since then; empty: they agree.

    Reads the database: not for the event loop's thread. Raises SQLAlchemy's errors when the database fails.
    """
    return compare(picture(installation, stories, since, settled))


def picture(installation: Installation, stories: Stories, since: dt.datetime, settled: float = SETTLED) -> Picture:
    """Everything that is compared. Asterisk's list is read first: what comes meanwhile is too new to be judged."""
    folder, now = folder_of(installation), time.time()
    ended = cdr.read(folder, since.timestamp())
    return Picture(
        cdrs=ended,
        rows=_rows(stories, since, ended),
        recordings={row.call: row for row in stories.sounds.recordings(since=since - LONGEST_CALL)},
        starts=starts.read(folder),
        living=_is_running(installation),
        since=since.timestamp(),
        now=now,
        settled=settled,
        clock=wall_clock(installation),
    )


def _rows(stories: Stories, since: dt.datetime, ended: dict[str, cdr.Cdr]) -> dict[str, CallRow]:
    came = stories.calls(since=since - LONGEST_CALL)
    return {row.id: row for row in came if row.arrived >= since or row.id in ended}


def _is_running(installation: Installation) -> bool:
    """Whether the Asterisk that `up` announced is there."""
    try:
        return Path(f"/proc/{installation.endpoints().pbx}").exists()
    except FileNotFoundError:
        return False
