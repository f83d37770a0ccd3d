"""How the register writes, as values: its pace and its backlog."""

import msgspec


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """When rows are written, and how many may wait. Times are seconds."""

    gather: float = 0.005
    """From the first row of a batch to its writing: rows of one moment share a transaction."""
    rest: float = 0.1
    """From one batch to the next: a transaction costs far more than a row, and on a busy day many rows share one."""
    batch: int = 2000
    """Rows in one transaction, so that others who write come in between."""
    patience: float = 2.0
    """A row that is not in the database so long after it was put is spooled: acceptance never waits longer for it."""
    first_pause: float = 0.1
    """Before the second try when the database is away; each pause is twice the one before."""
    longest_pause: float = 5.0
    spool_pause: float = 1.0
    """Before the next try when the spool takes no rows."""
    adopt_every: float = 5.0
    """Between two looks for what dead processes left in the spool."""
    limit: int = 100_000
    """Rows that may wait in memory: about 200 MB, hours of calls. Beyond it the oldest are given up."""


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """How the writing goes, for metrics and alarms."""

    waiting: int
    """Rows in memory only: neither in the database nor spooled. A kill would lose them."""
    spooled: int
    """Rows on disk that are not yet in the database, those adopted from dead processes among them."""
    written: int
    """Rows brought into the database so far."""
    refused: int
    """Rows that no database could store, given up; the log has them."""
    overflowed: int
    """Rows given up because too many waited."""
    damaged: int
    """Places in the spool that could not be read; the files are kept."""
    away_since: float | None
    """Since when (`time.monotonic`) the database fails or lags; None: it has everything."""
    spool_fault: str | None
    """Why the spool takes no rows; None: it does."""
