"""Of which days a report is to be written."""

import datetime as dt


def due(last: dt.date | None, today: dt.date) -> list[dt.date]:
    """The days after the last one that was written, up to yesterday; yesterday alone where none ever was."""
    first = today - dt.timedelta(days=1) if last is None else last + dt.timedelta(days=1)
    return [first + dt.timedelta(days=number) for number in range((today - first).days)]
