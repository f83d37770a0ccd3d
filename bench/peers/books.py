"""The customers and the list of calls, as the program of a peer keeps them: SQLite, one connection, a commit per call.

Settings as one would choose them for speed: a commit waits for no disk (``synchronous=NORMAL``), so after a power cut
the last rows may be missing. Switchboard's register waits.
"""

import sqlite3

INSERT = "INSERT INTO calls (caller, manager, started, answered, ended, cause) VALUES (?, ?, ?, ?, ?, ?)"
OPERATOR = 0
"""The manager who is rung for a caller whom nobody knows."""


def endpoint(manager: int) -> str:
    """Where a manager is rung."""
    return f"PJSIP/manager{manager:02}"


class Books:
    """Both tables in one file."""

    def __init__(self, directory: str) -> None:
        self._books = sqlite3.connect(directory, isolation_level=None)
        self._books.execute("PRAGMA journal_mode=WAL")
        self._books.execute("PRAGMA synchronous=NORMAL")

    def manager_of(self, number: str) -> int:
        """Who serves this caller."""
        found = self._books.execute("SELECT manager FROM customers WHERE number = ?", (number,)).fetchone()
        return int(found[0]) if found else OPERATOR

    def write(
        self, caller: str, manager: int, *, started: float, answered: float | None, ended: float, cause: int
    ) -> None:
        """Write a call down; moments are seconds since 1970, the cause is of Q.850."""
        row = (caller, manager, started, answered, ended, cause)
        self._books.execute(INSERT, row)
