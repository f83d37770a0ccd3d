"""The faults of a command that serves: one alone, or several of parts that run at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager

from ari_app.cli import Refused


@contextmanager
def told(*kinds: type[Exception]) -> Iterator[None]:
    """Have faults of these kinds raised as `Refused` with their texts; all as they are where another one is among them.

    So an admin reads what is wrong, and a fault of ours keeps its traceback.
    """
    try:
        yield
    except kinds as fault:
        raise Refused(str(fault)) from None
    except ExceptionGroup as faults:
        known, others = faults.split(kinds)
        if others is not None or known is None:
            raise
        raise Refused("\n".join(str(fault) for fault in known.exceptions)) from None
