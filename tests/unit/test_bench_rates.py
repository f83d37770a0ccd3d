"""The search for the highest clean rate: it finds the limit in few trials, and forgives one bad trial."""

import pytest

from bench.rates import highest


class Machine:
    """Holds up to so many calls a second; the trials that are named go wrong by chance."""

    def __init__(self, limit: int, *, mishaps: tuple[int, ...] = ()) -> None:
        self.trials: list[int] = []
        self._limit = limit
        self._mishaps = mishaps

    def is_clean(self, rate: int) -> bool:
        self.trials.append(rate)
        return rate <= self._limit and len(self.trials) not in self._mishaps


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(0, 0), (24, 0), (25, 25), (49, 25), (50, 50), (130, 125), (175, 175), (199, 175), (400, 400), (10_000, 400)],
)
def test_the_highest_step_that_is_held_is_found(limit: int, expected: int) -> None:
    assert highest(Machine(limit).is_clean, step=25, most=400) == expected


@pytest.mark.parametrize("mishap", range(1, 6))
def test_a_pause_of_the_machine_does_not_lower_the_limit(mishap: int) -> None:
    assert highest(Machine(175, mishaps=(mishap,)).is_clean, step=25, most=400) == 175


def test_upward_it_goes_in_growing_steps_and_then_halves_what_is_left() -> None:
    machine = Machine(175)
    highest(machine.is_clean, step=25, most=400)
    assert machine.trials == [25, 50, 100, 200, 200, 150, 175]


def test_no_rate_is_tried_beyond_the_most() -> None:
    machine = Machine(10_000)
    highest(machine.is_clean, step=25, most=110)
    assert max(machine.trials) == 100
