"""Databases to measure with: SQLite in a folder that is gone afterwards, and PostgreSQL where there is one."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from db.database import Database, connect, file_url
from tests.integration import postgres

_SET_UP = Path(__file__).parents[2] / ".setup" / "bin" / "postgresql"


@contextmanager
def databases() -> Iterator[dict[str, Database]]:
    """An empty one of each kind, by its name. The PostgreSQL is the tests' own, which does not wait for its disk."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="sb-bench")))
        found = {"SQLite": connect(file_url(folder / "bench.sqlite"))}
        if _SET_UP.exists():
            os.environ.setdefault("SWITCHBOARD_POSTGRES", str(_SET_UP))
        if binaries := postgres.programs():
            found["PostgreSQL"] = connect(stack.enter_context(postgres.server(binaries)))
        for database in found.values():
            stack.callback(database.close)
        yield found
