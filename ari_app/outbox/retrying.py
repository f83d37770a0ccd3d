"""When a letter that could not be sent is sent again, and when it is given up. Pure but for the jitter."""

import random

PAUSES = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
"""Seconds from each failure to the next attempt, as Standard Webhooks 1.0 recommends: three days all in all."""
_JITTER = 0.1
"""So much of a pause is left to chance: many letters that failed together do not come back together."""


def pause(failed: int) -> float | None:
    """Seconds until the next attempt, after so many that failed; None: there is none any more."""
    if failed > len(PAUSES):
        return None
    return PAUSES[failed - 1] * random.uniform(1.0, 1.0 + _JITTER)
