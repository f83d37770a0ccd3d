"""How often somebody may ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.throttle import Pace, Throttle

PACE = Pace(burst=3, seconds=10.0)


@pytest.mark.parametrize(
    ("times", "waits"),
    [
        pytest.param([0, 0, 0], [0, 0, 0], id="a burst"),
        pytest.param([0, 0, 0, 0], [0, 0, 0, 10], id="no more than that at once"),
        pytest.param([0, 0, 0, 10], [0, 0, 0, 0], id="one more after a while"),
        pytest.param([0, 0, 0, 4, 9.5, 10, 10], [0, 0, 0, 6, 0.5, 0, 10], id="what was refused does not count"),
        pytest.param([0, 0, 0, 30, 30, 30, 30], [0, 0, 0, 0, 0, 0, 10], id="as at first after a rest"),
    ],
)
def test_when_somebody_may_ask_again(times: list[float], waits: list[float]) -> None:
    throttle = Throttle(PACE)
    assert [throttle.ask("olga", at) for at in times] == pytest.approx(waits)


def test_one_is_not_made_to_wait_for_another() -> None:
    throttle = Throttle(PACE)
    assert [throttle.ask("olga", 0) for _ in range(4)][-1] > 0
    assert throttle.ask("anna", 0) == 0


@given(st.lists(st.floats(0, 20), max_size=60))
def test_nobody_is_granted_more_than_the_pace_allows(gaps: list[float]) -> None:
    throttle, at, granted = Throttle(PACE), 0.0, 0
    for gap in gaps:
        at += gap
        granted += throttle.ask("olga", at) == 0
    assert granted <= PACE.burst + at / PACE.seconds + 1e-6


def test_who_may_ask_in_full_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.throttle._MOST", 100)
    throttle = Throttle(PACE)
    for number in range(1000):
        assert throttle.ask(f"address {number}", number * 10.0) == 0
    assert len(throttle) <= 100
