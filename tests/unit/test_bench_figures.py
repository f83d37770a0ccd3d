"""What the bench makes of its figures: percentiles, medians, ratios, and whether runs agree."""

import pytest

from bench.figures import gathered, is_clear, middle, percentile, ratio
from bench.results import Measure, Result


def result(*runs: float, variant: str = "ours") -> Result:
    return Result("set-up", variant, "ms", runs)


@pytest.mark.parametrize(
    ("values", "part", "expected"),
    [
        ([3.0], 0.5, 3.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
        ([float(number) for number in range(1, 101)], 0.95, 95.0),
        ([float(number) for number in range(1, 101)], 0.99, 99.0),
        ([float(number) for number in range(1, 11)], 0.99, 10.0),
        ([1.0, 2.0], 0.0, 1.0),
        ([1.0, 2.0], 1.0, 2.0),
    ],
    ids=["one", "even", "unsorted", "p95 of 100", "p99 of 100", "p99 of 10 is the last", "lowest", "highest"],
)
def test_a_percentile_is_a_value_that_was_measured(values: list[float], part: float, expected: float) -> None:
    assert percentile(values, part) == expected


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_runs_are_gathered_by_measure_and_variant_in_their_order() -> None:
    measures = [
        Measure("rate", "plain", "calls/s", 200),
        Measure("rate", "ours", "calls/s", 150),
        Measure("memory", "ours", "MiB", 40),
        Measure("rate", "plain", "calls/s", 250),
    ]
    assert gathered(measures) == (
        Result("rate", "plain", "calls/s", (200, 250)),
        Result("rate", "ours", "calls/s", (150,)),
        Result("memory", "ours", "MiB", (40,)),
    )


@pytest.mark.parametrize(("runs", "expected"), [((5.0,), 5.0), ((9.0, 1.0, 2.0), 2.0), ((1.0, 2.0), 1.5)])
def test_the_middle_of_runs_is_their_median(runs: tuple[float, ...], expected: float) -> None:
    assert middle(result(*runs)) == expected


def test_a_ratio_is_taken_run_by_run() -> None:
    taken = ratio(result(2.0, 9.0), result(4.0, 3.0, variant="plain"))
    assert taken == Result("set-up", "ours / plain", "times", (0.5, 3.0))


@pytest.mark.parametrize("other", [(0.0, 1.0), (), (0.0,)], ids=["one run was 0", "no runs", "only 0"])
def test_there_is_no_ratio_to_nothing(other: tuple[float, ...]) -> None:
    assert ratio(result(1.0, 2.0), result(*other)) is None


@pytest.mark.parametrize(
    ("runs", "clear"),
    [((7.0,), True), ((10.0, 11.0, 12.0), True), ((10.0, 10.0, 14.0), False), ((0.0, 0.0), True), ((0.0, 1.0), False)],
)
def test_runs_that_lie_far_apart_do_not_tell_much(runs: tuple[float, ...], clear: bool) -> None:
    assert is_clear(result(*runs)) is clear
