"""What ringing outside numbers may cost."""

import datetime as dt

import pytest

from routing.limits import Attempt, Limits, Rate, longest, reached
from tests.unit.rulebooks import NOON

HOUR, DAY = 3600, 86400


def ago(minutes: float, talked: float = 0.0) -> Attempt:
    return Attempt(NOON - dt.timedelta(minutes=minutes), talked)


TWO_AN_HOUR = Limits(calls=Rate(2, HOUR))
TEN_MINUTES_A_DAY = Limits(minutes=Rate(10, DAY))


@pytest.mark.parametrize(
    ("limits", "attempts", "full"),
    [
        (Limits(), [ago(1, 90_000.0)] * 100, False),
        (TWO_AN_HOUR, [ago(1)], False),
        (TWO_AN_HOUR, [ago(1), ago(59)], True),
        (TWO_AN_HOUR, [ago(1), ago(61)], False),
        (TEN_MINUTES_A_DAY, [ago(1)] * 100, False),
        (TEN_MINUTES_A_DAY, [ago(1, 9 * 60)], False),
        (TEN_MINUTES_A_DAY, [ago(1, 9 * 60), ago(20 * 60, 1.0)], True),
        (TEN_MINUTES_A_DAY, [ago(1, 9 * 60), ago(25 * 60, 60.0)], False),
        (Limits(calls=Rate(0, HOUR)), [], True),
        (Limits(calls=Rate(9, HOUR), minutes=Rate(1, DAY)), [ago(1, 60.0)], True),
    ],
    ids=[
        "no limit",
        "one of two",
        "two of two",
        "the older one does not count any more",
        "who did not answer costs no minutes",
        "nine of ten minutes",
        "a begun minute counts",
        "yesterday's talk does not count any more",
        "never",
        "either limit is enough",
    ],
)
def test_a_limit_is_reached(limits: Limits, attempts: list[Attempt], full: bool) -> None:
    assert reached(limits, attempts, NOON) == full


def test_one_looks_back_as_far_as_the_longest_limit() -> None:
    assert longest(Limits()) == dt.timedelta()
    assert longest(Limits(calls=Rate(1, HOUR), minutes=Rate(1, DAY))) == dt.timedelta(days=1)
