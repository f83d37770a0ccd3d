"""Seeing to it that a database has the newest schema.

Almost always it has, and a look at one row says so. Only else Alembic is loaded, which takes longer than all the rest:
an engine that takes calls over from a dead one has no time for it.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x5357424F
"""The advisory lock that starters agree on; any number that nobody else uses in our database."""


def bring_to_head(connection: Connection) -> None:
    """Run the missing migrations within the connection's transaction (on SQLite one that was begun as a writer's).

    One transaction does it all: a start that is killed half way leaves the old schema, and of two starters at once the
    second waits for the first and then finds nothing to do. Raises SchemaTooNewError.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    if _revision(connection) != head():
        from db.migrating import migrate

        migrate(connection, SCRIPTS)


def head() -> str:
    """The newest revision, as the names of the migrations' files tell it: ``m0003_erased.py`` is ``0003``."""
    return max(file.name for file in (SCRIPTS / "versions").glob("m*.py"))[1:5]


def _revision(connection: Connection) -> str | None:
    """What Alembic noted in the database, if it did."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
