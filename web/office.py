"""What the operations use: opened once, closed when the process ends."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.accounts import AccountBook
from db.changes import ChangeBook
from db.customers import CustomerBook
from db.database import Database, opened
from db.directory import Directory
from db.errors import DatabaseError, first_line
from db.people import Staff
from db.pins import PinBook
from db.presences import Presences
from db.questions import questions
from db.records import Row
from db.register import Register
from db.stories import Stories
from db.tasks import TaskList
from db.threads import Threads
from db.writing.spool import Spool
from premises.access import AccessLog
from premises.duties import Duties
from premises.figures import Reporting
from premises.installation import Installation
from premises.rulebooks import NoRules, Rulebooks
from premises.seating import Seating
from premises.settings import BadSettings
from premises.turns import Turns
from routing.facts import PersonId
from routing.presence import Duty
from routing.rulebook import Rulebook
from web.problems import Problem, later
from web.rule_shelf import RuleShelf

DATABASE_SECONDS = 10.0
"""For one question to the database; then the one who asked is told to come again."""
HASHING_SECONDS = 5.0
"""For a password to be hashed: one at a time, so that calls have their processors."""
COUNTING_SECONDS = 30.0
"""For a report to be counted, behind those that others have asked for."""
_THREADS = 4

log = structlog.get_logger()
Result = TypeVar("Result")


class Office:
    """One installation, as the HTTP API sees it; made by `open_office`."""

    def __init__(self, installation: Installation, database: Database, register: Register) -> None:
        self.installation = installation
        self.accounts = AccountBook(database)
        self.stories = Stories(database)
        self.presences = Presences(database)
        self.tasks = TaskList(database)
        self.changes = ChangeBook(database)
        self.customers = CustomerBook(database)
        self.pins = PinBook(database)
        self.rulebooks = Rulebooks(installation)
        self.shelf = RuleShelf(installation, self.rulebooks)
        self.proving = Threads(1, "rules")
        """One text at a time: it takes a processor for as long as a second."""
        self.duties = Duties(installation.duties, register.put)
        self._register = register
        self.seating = Seating(installation.seats, Turns(installation.turns))
        self.desks = installation.settings.desk_names
        self.access = AccessLog(installation.access_log)
        self.figures = partial(Reporting, database)
        """Counts by what is answered within so many seconds; to be made where it may wait."""
        self.questions = partial(questions, database)
        self._counting = Threads(1, "figures")
        self._directory = Directory(database)
        self._threads = Threads(_THREADS, "web")
        self._hashing = Threads(1, "passwords")
        self._staff: Staff | None = None

    async def ask(self, function: Callable[[], Result]) -> Result:
        """What a function gives that waits for database or disk. Raises `Problem` 503 when the database is away."""
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                return await self._threads.run(function)
        except (SQLAlchemyError, DatabaseError, TimeoutError) as error:
            raise _away(error) from None

    async def count(self, function: Callable[[], Result]) -> Result:
        """What a function gives that counts many calls: one at a time, and not for ever. Raises `Problem` 503."""
        try:
            async with asyncio.timeout(COUNTING_SECONDS):
                return await self._counting.run(function)
        except TimeoutError:
            raise later(
                "so many calls take too long to be counted here; `switchboard report` has the time", 60
            ) from None
        except (SQLAlchemyError, DatabaseError) as error:
            raise _away(error) from None

    async def hashed(self, function: Callable[[], Result]) -> Result:
        """What a function gives that hashes a password, or a PIN; one at a time. Raises `Problem` 503."""
        try:
            async with asyncio.timeout(HASHING_SECONDS):
                return await self._hashing.run(function)
        except TimeoutError:
            raise later("too many sign in, or set a password, at once", 5) from None

    async def keep(self, *rows: Row) -> None:
        """Have the register keep rows; they are safe on disk then. Raises `Problem` 503 when they are not."""
        self._register.put(*rows)
        await self.ask(self._register.flush)

    async def staff(self) -> Staff:
        """Everybody in the directory; read again only when something has changed."""
        return await self.ask(self._read_staff)

    async def duties_of(self, staff: Staff) -> dict[PersonId, Duty]:
        """What everybody said last about being at work, be it in the database or not yet."""
        return await self.ask(lambda: {person.id: self._duty(staff, person.id) for person in staff.people})

    def _duty(self, staff: Staff, person: PersonId) -> Duty:
        kept, said = staff.duties.get(person, Duty()), self.duties.of(person)
        return said if said.is_newer_than(kept) else kept

    async def rulebook(self) -> Rulebook:
        """The rules in force. Raises `Problem` 503 when there are none."""
        try:
            return await self.ask(self.rulebooks.now)
        except (NoRules, BadSettings) as why:
            raise later(str(why), 60) from None

    def _read_staff(self) -> Staff:
        known = self._staff
        if known is None or self._directory.staff_version() != known.version:
            known = self._staff = self._directory.read_staff()
        return known


def _away(error: Exception) -> Problem:
    log.warning("the database does not answer", why=first_line(error))
    return later("the database does not answer; calls go on without it", 5)


@contextmanager
def open_office(installation: Installation) -> Iterator[Office]:
    """Open what is needed; the database may be away. Raises BadSettings, AddressError."""
    database = opened(installation.settings.database or "")
    register = Register(database, spool=Spool(installation.spool, adopt=False))
    with contextlib.closing(database), contextlib.closing(register):
        yield Office(installation, database, register)
