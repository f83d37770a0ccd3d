"""What the operations use: opened once, closed when the process ends."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.accounts import AccountBook
from db.database import Database, opened
from db.directory import Directory
from db.errors import DatabaseError, first_line
from db.people import Staff
from db.threads import Threads
from premises.installation import Installation
from web.problems import later

DATABASE_SECONDS = 10.0
"""For one question to the database; then the one who asked is told to come again."""
_THREADS = 4

log = structlog.get_logger()
Result = TypeVar("Result")


class Office:
    """One installation, as the HTTP API sees it; made by `open_office`."""

    def __init__(self, installation: Installation, database: Database) -> None:
        self.installation = installation
        self.accounts = AccountBook(database)
        self._directory = Directory(database)
        self._threads = Threads(_THREADS, "web")
        self._staff: Staff | None = None

    async def ask(self, function: Callable[[], Result]) -> Result:
        """What a function that waits for the database gives. Raises `Problem` 503 when the database does not answer."""
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                return await self._threads.run(function)
        except (SQLAlchemyError, DatabaseError, TimeoutError) as error:
            log.warning("the database does not answer", why=first_line(error))
            raise later("the database does not answer; calls go on without it", 5) from None

    async def staff(self) -> Staff:
        """Everybody in the directory; read again only when something has changed."""
        return await self.ask(self._read_staff)

    def _read_staff(self) -> Staff:
        known = self._staff
        if known is None or self._directory.staff_version() != known.version:
            known = self._staff = self._directory.read_staff()
        return known


@contextmanager
def open_office(installation: Installation) -> Iterator[Office]:
    """Open what is needed; the database may be away. Raises BadSettings, AddressError."""
    database = opened(installation.settings.database or "")
    with contextlib.closing(database):
        yield Office(installation, database)


class Health(msgspec.Struct, frozen=True):
    """That somebody is here."""

    alive: bool
