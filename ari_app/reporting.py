"""Statistics of an installation: its register counted by `reports`, the calls behind a figure, and a file for each day.

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

from db.database import Database
from db.directory import Directory
from db.history import History
from db.stories import Stories
from dialplan import private
from premises.installation import Installation
from reports.course import Course, course
from reports.due import due
from reports.forms import as_csv
from reports.parts import Terms, parts_of_busy_leg, parts_of_call
from reports.span import Span, span
from reports.tally import Figure, Report, report
from routing.facts import PersonId

SETTLED = dt.timedelta(minutes=10)
"""After midnight until a day's file is thought of: by then the register has the rows of its last calls."""
LONGEST_WAIT = dt.timedelta(days=2)
"""After a day's end until its file is written though a call of it was never closed."""


class Reporting:
    """Counts what is in a database."""

    def __init__(self, database: Database, within: float) -> None:
        self._history = History(database)
        self._stories = Stories(database)
        self._people = Directory(database).staff()
        self._within = dt.timedelta(seconds=within)

    @property
    def names(self) -> dict[PersonId, str]:
        """What people are called."""
        return {person.id: person.name for person in self._people}

    def terms(self, span: Span) -> Terms:
        """By what this span is counted."""
        departments = {person.id: person.departments[0] for person in self._people if person.departments}
        return Terms(span=span, within=self._within, departments=departments)

    def report(self, span: Span, now: dt.datetime) -> Report:
        """All figures of a span, as of now."""
        known, since, until = self._history, span.since, span.until
        attendance = known.attendance(since, min(until, now))
        return report(known.calls(since, until), known.earlier_legs(since), attendance, now, self.terms(span))

    def calls_behind(self, figure: Figure, span: Span) -> Iterator[Course]:
        """The calls that the figure comes from, the oldest first."""
        terms = self.terms(span)
        parts = ((leg.call, parts_of_busy_leg(leg, terms)) for leg in self._history.earlier_legs(span.since))
        earlier = {call for call, adds in parts if any(map(figure.takes, adds))}
        for story in filter(None, map(self._stories.story, sorted(earlier))):
            yield course(story.call, story.legs)
        for row, legs in self._history.calls(span.since, span.until):
            if any(map(figure.takes, parts_of_call(row, legs, terms))):
                yield course(row, legs)

    def is_settled(self, span: Span, now: dt.datetime) -> bool:
        """Whether no call of the span goes on any more, or so long that it will never be closed."""
        return now > span.until + LONGEST_WAIT or not any(
            span.since <= call.arrived < span.until for call in self._stories.open_calls()
        )


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
