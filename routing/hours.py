"""Opening hours: is a name open at a moment, on the company's own clock.

Hours are wall-clock times in the company's time zone. When clocks are set back an hour comes twice and is open
twice; when they are set forward the minutes that do not exist are simply never asked for.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routing.rulebook import Rulebook
    from routing.rules.company import Holiday, Hours


def local(rulebook: Rulebook, at: dt.datetime) -> dt.datetime:
    """The same moment on the company's clock; ``at`` has a time zone."""
    return at.astimezone(ZoneInfo(rulebook.company.timezone))


def is_open(rulebook: Rulebook, name: str, at: dt.datetime) -> bool:
    """Whether the hours of this name are open at the moment: the opening minute is, the closing minute is not."""
    return name in open_names(rulebook, at)


def open_names(rulebook: Rulebook, at: dt.datetime) -> frozenset[str]:
    """The names of all hours that are open at the moment."""
    here = local(rulebook, at)
    weekday, minute, holiday = here.weekday(), here.hour * 60 + here.minute, is_holiday(rulebook.holidays, here.date())
    return frozenset(
        name for name, hours in rulebook.hours.items() if opens_at(hours, weekday, minute, holiday=holiday)
    )


def opens_at(hours: Hours, weekday: int, minute: int, *, holiday: bool) -> bool:
    """The same for a minute since midnight (0 to 1439) of a weekday (Monday is 0) that is a holiday or not."""
    if holiday and hours.holidays:
        return False
    return any(span.opens <= minute < span.closes for span in hours.week[weekday])


def closes(rulebook: Rulebook, name: str, at: dt.datetime) -> dt.datetime | None:
    """When the hours of this name, which are open at ``at``, close next, by the company's clock.

    None: neither on this day nor on the next. A closing in the hour that clocks leave out comes that much later.
    """
    here = local(rulebook, at)
    for day in (here.date(), here.date() + dt.timedelta(days=1)):
        midnight = dt.datetime.combine(day, dt.time(), here.tzinfo)
        for span in rulebook.hours[name].week[day.weekday()]:
            closing = (midnight + dt.timedelta(minutes=span.closes)).replace(fold=here.fold)
            if closing.astimezone(dt.UTC) > at and not is_open(rulebook, name, closing):
                return closing
    return None


def is_holiday(holidays: Iterable[Holiday], day: dt.date) -> bool:
    """Whether the company is closed on this day; first and last days count."""
    return any(holiday.first <= day <= holiday.last for holiday in holidays)
