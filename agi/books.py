"""The directory and the register, as one call of the stand-in uses them: with deadlines, for the database may be away.

Then the directory is the snapshot that the engine wrote to disk, and rows wait in a spool that an engine delivers.
"""

import asyncio
import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import structlog

from agi.errors import NoDirectory
from db.database import Database, opened
from db.directory import Directory
from db.errors import first_line
from db.lookup import Limits, LookUp
from db.people import Staff
from db.records import LegRow, Row
from db.register import Register
from db.snapshot import Snapshot
from db.spool import Spool
from db.stories import Stories
from db.threads import Threads
from premises.installation import Installation
from routing.facts import Caller

STAFF_SECONDS = 2.0
"""How long the directory and its snapshot may take to tell who works here."""
DATABASE_SECONDS = 1.0
"""How much of that the database has."""
CLOSING_SECONDS = 10.0
"""How long the register is given once the call is over."""

log = structlog.get_logger()


class Books:
    """What is known of callers and people, and where the call is written down."""

    def __init__(self, staff: Staff, lookup: LookUp, register: Register, stories: Stories) -> None:
        self.staff = staff
        self._lookup = lookup
        self._register = register
        self._stories = stories

    async def caller(self, number: str | None) -> Caller:
        """Who has this number, as `db.lookup.LookUp.caller` tells it: never raises, never takes long."""
        return await self._lookup.caller(number)

    def put(self, *rows: Row) -> None:
        """Write rows behind the call; never waits."""
        self._register.put(*rows)

    async def outside_legs(self, since: dt.datetime) -> Sequence[LegRow] | None:
        """Every ringing of an outside number since then; None: the register does not answer in time."""
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                return await Threads(1, "outside legs").run(partial(self._stories.outside_legs, since))
        except Exception as error:  # whatever is wrong with the database, the caller is served (T4)
            log.warning("outside legs not read", why=first_line(error))
            return None

    def close(self) -> None:
        """Wait until the rows are written, `CLOSING_SECONDS` at most; what no database took is in the log."""
        for row in self._register.close(CLOSING_SECONDS):
            log.error("row not registered", kind=type(row).__name__)


async def open_books(installation: Installation) -> Books:
    """The installation's directory and register. Raises `NoDirectory`, BadSettings, AddressError."""
    database = opened(installation.settings.database or "", check_schema=False)
    limits = Limits(start_deadline=DATABASE_SECONDS)
    lookup = LookUp(Directory(database), limits, snapshot=Snapshot(installation.snapshot))
    try:
        async with asyncio.timeout(STAFF_SECONDS):
            staff = await lookup.start()
    except TimeoutError:
        raise NoDirectory("the directory does not answer") from None
    except Exception as error:  # whatever is wrong with the database, the dialplan's own ring serves the caller (T4)
        raise NoDirectory(first_line(error)) from error
    return Books(staff, lookup, _register(database, installation), Stories(database))


@contextmanager
def open_register(installation: Installation) -> Iterator[Register]:
    """The register alone, without asking the database anything; closed at the end, as `Books.close` does."""
    register = _register(opened(installation.settings.database or "", check_schema=False), installation)
    try:
        yield register
    finally:
        register.close(CLOSING_SECONDS)


def _register(database: Database, installation: Installation) -> Register:
    return Register(database, spool=Spool(installation.spool, adopt=False))
