"""The company's clock on the wall: whatever is written for people tells its times by it, wherever the machine stands.

What programs read (JSON, CSV) has the offset from UTC in each time instead.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec

from premises.installation import Installation
from premises.rulebooks import NoRules, Rulebooks


class WallClock(msgspec.Struct, frozen=True):
    """Tells moments, which must have a time zone of their own, in that of the company."""

    timezone: str = "UTC"
    """As the rule file has it."""

    def day(self, moment: dt.datetime) -> str:
        """As ``2026-11-24``, which `--since` takes."""
        return f"{self._local(moment):%Y-%m-%d}"

    def minute(self, moment: dt.datetime) -> str:
        """As ``2026-11-24 09:30``."""
        return f"{self._local(moment):%Y-%m-%d %H:%M}"

    def second(self, moment: dt.datetime) -> str:
        """As ``2026-11-24 09:30:00``."""
        return f"{self._local(moment):%Y-%m-%d %H:%M:%S}"

    def exactly(self, moment: dt.datetime) -> str:
        """As ``2026-11-24 09:30:00+03:00``: for a text that is also read far from the company, or by a program."""
        return self._local(moment).isoformat(" ", "seconds")

    def of_a_day(self, moment: dt.datetime) -> str:
        """As ``09:30:00``, where the day is clear."""
        return f"{self._local(moment):%H:%M:%S}"

    def this_year(self, moment: dt.datetime) -> str:
        """As ``24.11. 09:30:00``."""
        return f"{self._local(moment):%d.%m. %H:%M:%S}"

    def _local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(ZoneInfo(self.timezone))


def wall_clock(installation: Installation) -> WallClock:
    """The company's, by the rules in force; UTC where there never were any. Raises BadSettings."""
    try:
        return WallClock(Rulebooks(installation).now().company.timezone)
    except NoRules:
        return WallClock()
