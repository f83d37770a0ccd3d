"""How thorough a run is: faults last for seconds, and properties are tried with some made-up examples (others in each
run), or, in ``./switchboard test --faults``, for minutes and with many."""

import os
from typing import TypeVar

VARIABLE = "SWITCHBOARD_FAULTS"
"""Set to ``long`` by `tests.__main__`."""
Number = TypeVar("Number", int, float)


def lasting(short: Number, long: Number) -> Number:
    """The one that holds in this run."""
    return long if os.environ.get(VARIABLE) == "long" else short
