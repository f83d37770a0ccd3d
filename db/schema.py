"""Bringing a database to the newest schema.

One transaction does it all: a start that is killed half way leaves the old schema, and of two starters at once the
second waits for the first and then finds nothing to do.
"""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db.errors import SchemaTooNewError

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x5357424F
"""The advisory lock that starters agree on; any number that nobody else uses in our database."""
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the migration under way in module globals, so two threads would mix theirs up."""


def bring_to_head(connection: Connection) -> None:
    """Run the missing migrations within the connection's transaction (on SQLite one that was begun as a writer's).

    Raises SchemaTooNewError.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    scripts = ScriptDirectory(str(_SCRIPTS))
    current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise SchemaTooNewError(current)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")
