"""The thread that brings rows into the database: first what the spool has, in order, and only then what waits.

It is the only one that talks to the database, and it may hang there for any time: a server can be stopped, a table
locked. Whether rows are safe meanwhile is the business of `db.writing.keeping`.
"""

import time
from collections.abc import Collection, Iterator

import structlog

from db import rows
from db.alarm import Alarm
from db.records import Row
from db.writing.batch import Refused, Writer
from db.writing.pace import Pace
from db.writing.segment import Segment
from db.writing.spool import Spool
from db.writing.tray import Tray

log = structlog.get_logger()


class Delivery:
    """Delivers until the register is closed and nothing lies in the tray; what is spooled then waits for the next."""

    def __init__(self, tray: Tray, spool: Spool | None, writer: Writer, pace: Pace) -> None:
        self.written = self.refused = 0
        self.away = Alarm("register away, its rows wait", "register back")
        """The database fails or lags; ends when it has everything."""
        self.fails = False
        """Whether the last try failed, or takes too long: new rows need not wait for the next one."""
        self._tray = tray
        self._spool = spool
        self._writer = writer
        self._pace = pace
        self._look_again = self._rested = 0.0

    def run(self) -> None:
        """The thread."""
        pauses = self._pauses()
        while self._work_has_come():
            try:
                self._deliver()
            except Exception as error:  # the thread must live on: whatever it is, the rows are kept for the next try
                self.failed(error)
                self._tray.put_back()
                self._pause(next(pauses))
            else:
                pauses = self._pauses()
        if self._spool is not None:
            self._spool.close()

    def failed(self, why: Exception | str) -> None:
        """The database did not take rows, or not in time."""
        self.fails = True
        self.away.begin(why)

    def refuse(self, refused: Collection[Refused]) -> None:
        """No database can store these rows."""
        for one in refused:
            log.error("row refused by the register", row=rows.key(one.row)[1], why=one.why)
        self.refused += len(refused)

    def _work_has_come(self) -> bool:
        """Wait for work; False: the register is closed."""
        tray = self._tray
        while True:
            self._adopt()
            with tray.changed:
                if tray.is_finished:
                    return False
                if self._has_spooled or tray.may_be_taken:
                    return True
                tray.changed.wait(self._pace.adopt_every if self._spool else None)

    @property
    def _has_spooled(self) -> bool:
        return self._spool is not None and not self._spool.is_empty

    def _adopt(self) -> None:
        """Now and then, and before anything else: what is adopted is older than what waits."""
        if self._spool is None or time.monotonic() < self._look_again:
            return
        self._look_again = time.monotonic() + self._pace.adopt_every
        try:
            self._spool.adopt()
        except OSError as error:
            log.warning("spool not looked through", why=str(error))

    def _deliver(self) -> None:
        segment = self._spool.oldest() if self._spool else None
        if self._spool and segment:
            self._deliver_spooled(self._spool, segment)
        else:
            self._deliver_waiting()

    def _deliver_waiting(self) -> None:
        time.sleep(max(self._pace.gather, self._rested - time.monotonic()))
        with self._tray.changed:
            if self._has_spooled or not self._tray.may_be_taken:  # spooled meanwhile: what waits now is newer
                return
            mark = self._tray.take()
        while batch := self._tray.batch(self._pace.batch):
            self._write(batch.values())
            self._tray.written(batch)
        self._rested = time.monotonic() + self._pace.rest
        self._is_back_if_it_has_everything()
        self._tray.accept(mark)

    def _deliver_spooled(self, spool: Spool, segment: Segment) -> None:
        contents = segment.read()
        for start in range(segment.delivered, len(contents.rows), self._pace.batch):
            batch = contents.rows[start : start + self._pace.batch]
            self._write({rows.key(row): row for row in batch}.values())
            segment.delivered = start + len(batch)
        spool.delivered(segment, contents.damaged)
        self._is_back_if_it_has_everything()

    def _is_back_if_it_has_everything(self) -> None:
        if not self._has_spooled:
            self.away.end()

    def _write(self, batch: Collection[Row]) -> None:
        refused = self._writer.write(batch)
        self.fails = False
        self.refuse(refused)
        self.written += len(batch) - len(refused)

    def _pause(self, seconds: float) -> None:
        """Before the next try; a register that is closing has less time."""
        tray = self._tray
        with tray.changed:
            if not tray.changed.wait_for(lambda: tray.closing_at is not None, seconds):
                return
        time.sleep(self._pace.first_pause)

    def _pauses(self) -> Iterator[float]:
        pause = self._pace.first_pause
        while True:
            yield pause
            pause = min(pause * 2, self._pace.longest_pause)
