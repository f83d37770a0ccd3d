"""When a wait ends that nobody ended: its time is over, or the line closes."""

import datetime as dt

from routing.outcomes import LineClosed, Missed, Unanswered
from routing.steps import Wait

_SLACK = dt.timedelta(seconds=1)
"""By so much the clock that woke whoever waited may differ from the clock on the wall."""


def seconds_left(step: Wait, began: dt.datetime, at: dt.datetime) -> float:
    """How long the caller may wait from now on; less than nothing: no longer. ``began``: when the step did."""
    ends = began + dt.timedelta(seconds=step.seconds)
    return (min(ends, step.closes or ends) - at).total_seconds()


def in_vain(step: Wait, missed: tuple[Missed, ...], at: dt.datetime) -> Unanswered | LineClosed:
    """What came of a wait that nobody has ended by answering until now."""
    closed = step.closes is not None and at + _SLACK >= step.closes
    return LineClosed(missed) if closed else Unanswered(missed)
