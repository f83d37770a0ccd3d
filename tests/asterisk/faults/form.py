"""How long the faults last: seconds in every run of the tests, and minutes in ``./switchboard test --faults``."""

import os
from typing import TypeVar

VARIABLE = "SWITCHBOARD_FAULTS"
"""Set to ``long`` by `tests.__main__`."""
Number = TypeVar("Number", int, float)


def lasting(short: Number, long: Number) -> Number:
    """The one that holds in this run."""
    return long if os.environ.get(VARIABLE) == "long" else short
