"""How much ringing outside numbers may cost: so many calls, and so many minutes of talk, in an hour or in a day.

Counted is what was begun within the last hour or day, back from the present: a limit is not full again at midnight.
"""

import datetime as dt
from collections.abc import Iterable

import msgspec


class Rate(msgspec.Struct, frozen=True):
    """So many within a time."""

    most: int
    seconds: int
    """3600: in an hour; 86400: in a day."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What may be spent on outside numbers, all of them together; None: without a limit."""

    calls: Rate | None = None
    """Attempts, answered or not."""
    minutes: Rate | None = None
    """Of talk; begun ones count whole, as for telephone companies. A talk under way when they are spent goes on."""


UNLIMITED = Limits()


class Attempt(msgspec.Struct, frozen=True):
    """One ringing of an outside number."""

    rang: dt.datetime
    talked: float = 0.0
    """Seconds of talk, so far."""


def reached(limits: Limits, attempts: Iterable[Attempt], now: dt.datetime) -> bool:
    """Whether nothing is left to ring an outside number once more."""
    attempts = tuple(attempts)
    calls, minutes = limits.calls, limits.minutes
    if calls and len(_within(calls, attempts, now)) >= calls.most:
        return True
    return minutes is not None and sum(_minutes(one) for one in _within(minutes, attempts, now)) >= minutes.most


def longest(limits: Limits) -> dt.timedelta:
    """How far back one must look."""
    return dt.timedelta(seconds=max((rate.seconds for rate in (limits.calls, limits.minutes) if rate), default=0))


def _within(rate: Rate, attempts: tuple[Attempt, ...], now: dt.datetime) -> list[Attempt]:
    since = now - dt.timedelta(seconds=rate.seconds)
    return [one for one in attempts if one.rang > since]


def _minutes(attempt: Attempt) -> int:
    return int(-(-attempt.talked // 60))
