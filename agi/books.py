"""The directory and the register, as one call of the stand-in uses them: with deadlines, for the database may be away.

Then the directory is the snapshot that the engine wrote to disk, and rows wait in a spool that an engine delivers.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import structlog

from agi.errors import NoDirectory
from db.database import Database, opened
from db.directory import Directory
from db.errors import first_line
from db.lookup import Limits, LookUp
from db.people import Staff
from db.pins import Kept, PinBook
from db.records import CallRow, LegRow, Row
from db.register import Register
from db.snapshot import Snapshot
from db.stories import Stories
from db.threads import Threads
from db.writing.spool import Spool
from premises.installation import Installation
from routing.facts import Caller, PersonId

STAFF_SECONDS = 2.0
"""How long the directory and its snapshot may take to tell who works here."""
DATABASE_SECONDS = 1.0
"""How much of that the database has."""
CLOSING_SECONDS = 10.0
"""How long the register is given once the call is over."""
KEEPING_SECONDS = 5.0
"""How long somebody at a telephone waits to hear that something is written down; the spool has it after two."""

Result = TypeVar("Result")

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
        return await _in_time("outside legs", partial(self._stories.outside_legs, since))

    def close(self) -> None:
        """Wait until the rows are written, `CLOSING_SECONDS` at most; what no database took is in the log."""
        _close(self._register)


class Notebook:
    """What is written down of people at their telephones, and their last talk: without asking who works here."""

    def __init__(self, register: Register, stories: Stories, pins: PinBook, loop: asyncio.Runner) -> None:
        self.put = register.put
        """Write rows behind the call; never waits."""
        self._register = register
        self._pins = pins
        self._stories = stories
        self._loop = loop

    def last_talk(self, person: PersonId, since: dt.datetime) -> CallRow | None:
        """As `db.stories.Stories.last_talk`; None, too: the register does not answer in time."""
        return self._loop.run(_in_time("last talk", partial(self._stories.last_talk, person, since)))

    def who_signs_in(self, extension: str) -> Kept | None:
        """As `db.pins.PinBook.of`. Raises `NoDirectory` where the directory does not tell in time."""
        found = self._loop.run(_in_time("PIN", lambda: (self._pins.of(extension),)))
        if found is None:
            raise NoDirectory("the directory does not answer")
        return found[0]

    def keep(self, rows: tuple[Row, ...]) -> bool:
        """Write rows, and give whether they are safe: in the database, or in the spool."""
        self._register.put(*rows)
        try:
            self._register.flush(KEEPING_SECONDS)
        except TimeoutError:
            return False
        return True


async def _in_time(what: str, question: Callable[[], Result]) -> Result | None:
    """The register's answer; None: it has none within `DATABASE_SECONDS`, whatever is wrong with it (T4)."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            return await Threads(1, what).run(question)
    except Exception as error:
        log.warning("register not read", what=what, why=first_line(error))
        return None


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
def open_notebook(installation: Installation, loop: asyncio.Runner) -> Iterator[Notebook]:
    """The register alone, without asking the database anything; closed at the end, as `Books.close` does."""
    database = opened(installation.settings.database or "", check_schema=False)
    register = _register(database, installation)
    try:
        yield Notebook(register, Stories(database), PinBook(database), loop)
    finally:
        _close(register)


def _close(register: Register) -> None:
    for row in register.close(CLOSING_SECONDS):
        log.error("row not registered", kind=type(row).__name__)


def _register(database: Database, installation: Installation) -> Register:
    return Register(database, spool=Spool(installation.spool, adopt=False))
