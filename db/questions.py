"""What customers ask for, counted per day and department (T5): from the reasons that people noted."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, func, select

from db.database import Database
from db.tables import Remarks


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many calls of one day were about one thing."""

    day: dt.date
    """In the company's time zone, of when the reason was noted."""
    department: str | None
    """The one concerned; None: not known."""
    reason: str
    calls: int
    """A call counts once for each of its reasons, however often they were noted."""


def questions(database: Database, last: dt.date, days: int, zone: ZoneInfo) -> tuple[Count, ...]:
    """The counts of so many days up to the last one, which belongs to them; the latest day and the most calls first."""
    with database.reading() as connection:
        return tuple(
            count for back in range(days) for count in _of_day(connection, last - dt.timedelta(days=back), zone)
        )


def _of_day(connection: Connection, day: dt.date, zone: ZoneInfo) -> Iterator[Count]:
    """A day may have 23 or 25 hours: it is from midnight to midnight."""
    begins, ends = (dt.datetime.combine(one, dt.time(), zone) for one in (day, day + dt.timedelta(days=1)))
    calls = func.count(Remarks.call.distinct())
    query = select(Remarks.department, Remarks.reason, calls).where(
        Remarks.at >= begins, Remarks.at < ends, Remarks.reason.is_not(None)
    )
    found = [
        Count(day=day, department=department, reason=str(reason), calls=count)
        for department, reason, count in connection.execute(query.group_by(Remarks.department, Remarks.reason))
    ]
    yield from sorted(found, key=lambda one: (-one.calls, one.department or "", one.reason))
