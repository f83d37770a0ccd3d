"""Changing a database's schema, by Alembic."""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db.errors import SchemaTooNewError

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the migration under way in module globals, so two threads would mix theirs up."""


def migrate(connection: Connection, scripts: Path) -> None:
    """Run the missing migrations of this folder within the connection's transaction. Raises SchemaTooNewError."""
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(scripts)).walk_revisions()}
    if current is not None and current not in known:
        raise SchemaTooNewError(current)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")
