"""What is not being kept while calls go on: for the log, the metrics, ``/ready`` and ``doctor``."""

import asyncio
import datetime as dt
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ari_app import disk
from ari_app.metrics import Metrics
from db.alarm import Alarm
from db.register import Register
from db.snapshot import Snapshot
from db.threads import Threads
from db.writing.pace import Backlog
from premises.installation import Installation

LOOK_EVERY = 10.0
STUCK = 10.0
"""Seconds in which a disk must have answered."""
SNAPSHOT_TOO_OLD = 2 * 3600.0
"""Seconds; it is renewed every half hour while engine and database work."""


class Disk:
    """The disk below one folder, as it was when last looked at."""

    def __init__(self, name: str, folder: Path, lost: str) -> None:
        self.name = name
        self.lost = lost
        """What happens while it takes nothing, for people."""
        self.free: int | None = None
        self.alarm = Alarm(f"disk of {folder} takes nothing: {lost}", f"disk of {folder} takes files again")
        self._folder = folder
        self._thread = Threads(1, f"disk {name}")

    async def watch(self) -> NoReturn:
        """Look at it now and then, for ever, in a thread of its own: a disk that is stuck hides no other."""
        while True:
            look = asyncio.ensure_future(self._thread.run(self.look))
            if not (await asyncio.wait({look}, timeout=STUCK))[0]:
                self.alarm.begin(f"it has not answered for {STUCK:g} s")
            await look
            await asyncio.sleep(LOOK_EVERY)

    def look(self) -> None:
        """Waits for the disk."""
        try:
            self.free = disk.free(self._folder)
        except OSError:
            self.free = None
        if why := disk.fault(self._folder):
            self.alarm.begin(why)
        else:
            self.alarm.end()


def disks(installation: Installation, monitor: Path) -> list[Disk]:
    """Those that an installation writes to while it serves; they may be one and the same."""
    return [
        Disk("recording", monitor, "calls that come now are not recorded"),
        Disk("recordings", installation.recordings, "finished recordings stay where Asterisk wrote them"),
        Disk("messages", installation.messages, "messages stay where Asterisk wrote them"),
        Disk("data", installation.folder, "nothing new is spooled, logged or set"),
    ]


class Safety:
    """Watches over what one engine keeps."""

    def __init__(self, register: Register, snapshot: Snapshot, disks: Sequence[Disk]) -> None:
        self._register = register
        self._snapshot = snapshot
        self._disks = disks

    async def watch(self) -> None:
        """Look at the disks, for ever."""
        await asyncio.gather(*(one.watch() for one in self._disks))

    def alarms(self) -> list[str]:
        """What is wrong just now, each with what it means. Never waits."""
        backlog = self._register.backlog()
        return [
            *register_alarms(backlog),
            *(f"{one.alarm.why}: {one.lost}" for one in self._disks if one.alarm.why),
            *snapshot_alarms(self._snapshot.age()),
        ]

    def count(self, metrics: Metrics) -> None:
        """Hand all of it to the metrics."""
        free = {one.name: one.free for one in self._disks if one.free is not None}
        metrics.safety(self._register.backlog(), self._snapshot.age(), free)


def register_alarms(backlog: Backlog) -> list[str]:
    """What is wrong with the register's writing."""
    found = []
    if backlog.away_since is not None:
        since = time.monotonic() - backlog.away_since
        found.append(f"the database takes no rows for {since:.0f} s: {backlog.spooled} are in the spool")
    if backlog.spool_fault is not None:
        found.append(f"{backlog.spool_fault}: {backlog.waiting} rows are in memory only and end with this process")
    if backlog.overflowed or backlog.refused:
        found.append(f"{backlog.overflowed + backlog.refused} rows of the register were given up: the log has them")
    return found


def snapshot_alarms(age: float | None) -> list[str]:
    """What is wrong with the directory's snapshot, where there is one."""
    if age is None or age <= SNAPSHOT_TOO_OLD:
        return []
    return [f"the snapshot of the directory is {dt.timedelta(seconds=round(age))} old: without a database it is used"]
