"""The time for rows and for whatever is compared with them."""

import datetime as dt


def now() -> dt.datetime:
    """UTC, aware."""
    return dt.datetime.now(dt.UTC)
