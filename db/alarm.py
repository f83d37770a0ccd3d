"""Something that is wrong for a while: one line in the log when it begins, one when it is over, and why."""

import time

import structlog

from db.errors import first_line

log = structlog.get_logger()


class Alarm:
    """One thing that may be wrong. Its two texts are the lines in the log."""

    def __init__(self, begins: str, ends: str) -> None:
        self._begins = begins
        self._ends = ends
        self.why: str | None = None
        """What is wrong, as it was when it began; None: nothing."""
        self.since: float | None = None
        """Since when, by `time.monotonic`."""

    def begin(self, why: Exception | str) -> None:
        """It is wrong; said once, at ERROR."""
        if self.since is None:
            self.why = first_line(why) if isinstance(why, Exception) else why
            self.since = time.monotonic()
            log.error(self._begins, why=self.why)

    def end(self) -> None:
        """It is good again; said once, at INFO, with the seconds that it lasted."""
        if self.since is not None:
            log.info(self._ends, after=round(time.monotonic() - self.since, 1))
            self.since = self.why = None
