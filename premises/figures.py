"""Statistics of an installation: its register counted by `reports`, and the calls behind a figure."""

import datetime as dt
from collections.abc import Iterator

from db.database import Database
from db.directory import Directory
from db.history import History
from db.stories import Stories
from reports.course import Course, course
from reports.parts import Terms, parts_of_busy_leg, parts_of_call
from reports.span import Span
from reports.tally import Figure, Report, report
from routing.facts import PersonId

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
