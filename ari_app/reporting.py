"""A file of figures for each day.

A day's file is written once, when the day is over and its calls have ended, and never changed: the day is noted in the
data folder, under a lock, so that two engines do not write it twice, nor one that was taken away meanwhile again.
"""

import contextlib
import datetime as dt
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from dialplan import private
from premises.figures import Reporting
from premises.installation import Installation
from reports.due import due
from reports.forms import as_csv
from reports.span import span

SETTLED = dt.timedelta(minutes=10)
"""After midnight until a day's file is thought of: by then the register has the rows of its last calls."""


def due_days(installation: Installation, timezone: str, now: dt.datetime) -> list[dt.date]:
    """The days that are over and of which no file was written yet, the oldest first."""
    today = (now - SETTLED).astimezone(ZoneInfo(timezone)).date()
    return due(_last_written(installation), today)


def write_due(
    installation: Installation, reporting: Reporting, folder: Path, timezone: str, now: dt.datetime
) -> Iterator[Path]:
    """Write the files of the days that are due; gives each one once it is there, and counts it as written then.

    Does nothing while another process is at it, and stops at a day of which a call goes on. Raises OSError.
    """
    with private.opened(installation.reported.with_suffix(".lock")) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        days_due = due_days(installation, timezone, now)
        if days_due and _last_written(installation) is None:  # should the first one have to wait, it stays the first
            _note(installation, days_due[0] - dt.timedelta(days=1))
        for day in days_due:
            days = span("day", day, timezone)
            if not reporting.is_settled(days, now):
                return
            file = folder / f"{day}.csv"
            _write_once(file, as_csv(reporting.report(days, now)))
            _note(installation, day)
            yield file


def _last_written(installation: Installation) -> dt.date | None:
    try:
        return dt.date.fromisoformat(installation.reported.read_text().strip())
    except FileNotFoundError:
        return None


def _note(installation: Installation, day: dt.date) -> None:
    private.write(installation.reported, f"{day}\n".encode())


def _write_once(file: Path, text: str) -> None:
    """The whole file or none, and never over one that is there: whoever watches the folder may take it at once."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w", newline="") as content:
        content.write(text)
        content.flush()
        os.fsync(content.fileno())
    with contextlib.suppress(FileExistsError):  # written before, by one that could not note it any more
        file.hardlink_to(draft)
    draft.unlink()
