"""What can be wrong with a database, as far as somebody can do something about it.

DatabaseError
 +-- AddressError       the URL is none that we can use
 +-- UnreachableError   nothing answers there, we are not let in, or the file cannot be opened
 +-- SchemaTooNewError  a later version of this program has used the database
RegisterClosedError     a row was put into a register that is closed
SnapshotError           there is no snapshot of the directory, or it cannot be read
SpoolError              the spool takes no rows: it is full, or its disk fails
"""


class DatabaseError(Exception):
    """The database cannot be used; the message says why, for people."""


class AddressError(DatabaseError):
    """The URL is none that we can use."""


class UnreachableError(DatabaseError):
    """Nothing answers there, we are not let in, or the file cannot be opened."""


class SchemaTooNewError(DatabaseError):
    """The database was used by a later version of this program; this one could harm it. ``revision`` says which."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        super().__init__(f"the database has the schema {revision!r} of a later version: install that version again")


def first_line(error: Exception) -> str:
    """What is wrong in one line: SQLAlchemy's messages go on with the SQL and a link, the driver's with hints."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


class RegisterClosedError(Exception):
    """A row was put into a register that is closed: a mistake in the order of shutting down."""


class SnapshotError(Exception):
    """There is no snapshot of the directory, or it cannot be read."""


class SpoolError(Exception):
    """The spool takes no rows: it is full, or its disk fails. The rows given to it are as they were."""
