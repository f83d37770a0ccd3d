"""The thread that makes rows safe when the database does not: it brings them into the spool.

It never talks to the database, so that nothing there can hold it up.
"""

import math
import time

from db.alarm import Alarm
from db.errors import SpoolError
from db.writing.delivery import Delivery
from db.writing.pace import Pace
from db.writing.spool import Spool
from db.writing.tray import Tray


class Keeping:
    """Spools what the database does not take, or not in time, until the register is closed and nothing is left."""

    def __init__(self, tray: Tray, spool: Spool, delivery: Delivery, pace: Pace) -> None:
        self.fault = Alarm("spool takes no rows, they wait in memory only", "spool takes rows again")
        self._tray = tray
        self._spool = spool
        self._delivery = delivery
        self._pace = pace
        self._not_before = 0.0

    def run(self) -> None:
        """The thread."""
        while self._rows_are_due():
            self._keep()

    def _rows_are_due(self) -> bool:
        """Wait until rows must go to the spool; False: the register is closed."""
        tray = self._tray
        with tray.changed:
            while not self._is_finished():
                left = self._due() - time.monotonic()
                if left <= 0:
                    return True
                tray.changed.wait(left if math.isfinite(left) else None)
        return False

    def _is_finished(self) -> bool:
        """A closing register makes a last try when its time is over."""
        closing_at = self._tray.closing_at
        if closing_at is None:
            return False
        return not self._tray.count or (self._not_before > closing_at and time.monotonic() >= closing_at)

    def _due(self) -> float:
        """When (`time.monotonic`) the oldest row must go to the spool, or a failing spool is tried out."""
        tray = self._tray
        if not tray.count:
            return self._not_before if self.fault.since else math.inf
        if self._delivery.fails:
            return self._not_before
        if tray.closing_at is None:
            return max(tray.oldest + self._pace.patience, self._not_before)
        if not self._spool.is_empty:  # the database will not come to these rows before the end
            return self._not_before
        return min(max(tray.oldest + self._pace.patience, self._not_before), tray.closing_at)

    def _keep(self) -> None:
        began = time.monotonic()
        rows, mark = self._tray.take_for_spool()
        if rows and not self._delivery.fails and self._tray.closing_at is None:
            self._delivery.failed(f"it did not take rows within {self._pace.patience:g} s")
        try:
            refused = self._spool.append(rows.values()) if rows else self._spool.try_out()
        except Exception as error:  # the thread must live on: whatever it is, the rows stay in memory
            self._tray.not_spooled()
            self._not_before = time.monotonic() + self._pace.spool_pause
            self.fault.begin(str(error) if isinstance(error, SpoolError) else error)
        else:
            self._delivery.refuse(refused)
            self.fault.end()
            self._tray.spooled(rows, mark, since=began)
