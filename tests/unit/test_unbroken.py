"""What is taken for a loss in a talk, and what for a busy machine: the yardstick of the tests of faults."""

import pytest

from tests.asterisk.faults.unbroken import LOST_SECONDS, lost

BEAT = 0.02
IN_TIME = [number * BEAT for number in range(200)]


def held_up(since: int, until: int, came: list[float] = IN_TIME) -> list[float]:
    """The packets from the one to the other come together with the last of them."""
    return [came[until] if since <= number <= until else moment for number, moment in enumerate(came)]


@pytest.mark.parametrize(
    "came",
    [
        pytest.param(IN_TIME, id="in time"),
        pytest.param([moment + 0.01 * (number % 2) for number, moment in enumerate(IN_TIME)], id="unsteady"),
        pytest.param(held_up(80, 140), id="held up for 1.2 s"),
        pytest.param(held_up(0, 15), id="held up at the beginning"),
        pytest.param(held_up(180, 199), id="held up until the end"),
        pytest.param(held_up(30, 60, held_up(100, 170)), id="held up twice"),
        pytest.param(IN_TIME[:100] + IN_TIME[102:], id="two packets lost"),
    ],
)
def test_what_a_busy_machine_holds_up_is_not_lost(came: list[float]) -> None:
    assert lost(came) <= LOST_SECONDS


@pytest.mark.parametrize(
    "came",
    [
        pytest.param(IN_TIME[:100] + IN_TIME[105:], id="a gap"),
        pytest.param(IN_TIME[:60] + IN_TIME[62:90] + IN_TIME[92:], id="two short gaps"),
        pytest.param(held_up(60, 90, IN_TIME[:120] + IN_TIME[170:]), id="a gap, on a busy machine"),
        pytest.param(IN_TIME[::2], id="every other packet"),
    ],
)
def test_what_never_comes_is_lost(came: list[float]) -> None:
    assert lost(came) > LOST_SECONDS


def test_a_talk_that_is_too_short_is_not_taken_for_whole() -> None:
    with pytest.raises(AssertionError, match="too few"):
        lost(IN_TIME[:40])
