"""The tables of the bench: what a reader sees of the figures."""

import pytest

from bench.results import Result
from bench.sections import body, goals
from bench.table import Section, compared, listed, multiples, number

RATE = Section("Rates", {"highest clean rate": "rate", "not measured": "nothing"})
RESULTS = (
    Result("highest clean rate", "plain", "calls/s", (200, 225, 250)),
    Result("highest clean rate", "ours", "calls/s", (100, 200, 300)),
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (3, "3"), (0.8449, "0.84"), (12.345, "12.3"), (123.45, "123"), (5194.02, "5,194"), (-1.5, "-1.50")],
)
def test_numbers_have_about_three_digits(value: float, expected: str) -> None:
    assert number(value) == expected


def test_a_variant_is_shown_by_its_median_and_how_far_its_runs_lie_apart() -> None:
    assert compared(RATE, RESULTS) == (
        "|  | rate, calls/s |\n| --- | ---: |\n| plain | 225 (200 to 250) |\n| ours | ~200 (100 to 300) |\n"
    )


def test_a_section_without_figures_is_left_out() -> None:
    assert compared(Section("Memory", {"memory": "memory"}), RESULTS) == ""


def test_a_comparison_from_rate_to_rate_takes_two_of_them() -> None:
    assert compared(Section("Rates", RATE.columns, fewest=2), RESULTS) == ""


def test_ours_is_shown_as_a_multiple_of_each_other() -> None:
    assert multiples(RESULTS, "ours", ["highest clean rate"]) == (
        "|  | plain |\n| --- | ---: |\n| highest clean rate | ~0.89 (0.50 to 1.20) |\n"
    )


@pytest.mark.parametrize("measures", [[], ["not measured"]])
def test_nothing_is_compared_that_was_not_measured(measures: list[str]) -> None:
    assert multiples(RESULTS, "ours", measures) == ""


def test_a_single_figure_is_listed_with_its_unit() -> None:
    told = listed([Result("cold start", "ours", "ms", (5194.02,))])
    assert told.splitlines()[-1] == "| cold start | ours | 5,194 ms |"


@pytest.mark.parametrize(
    ("engine", "verdict"),
    [(1.5, "at most 0.15 times | 0.15 | reached"), (1.6, "at most 0.15 times | 0.16 | **missed**")],
)
def test_a_goal_is_reached_or_missed(engine: float, verdict: str) -> None:
    results = [
        Result("engine CPU per call at 25/s", "ours", "ms", (engine,)),
        Result("Asterisk CPU per call at 25/s", "ours", "ms", (10.0,)),
    ]
    assert verdict in goals(results, "ours")


def test_a_goal_is_judged_run_by_run_since_a_run_of_each_was_made_at_about_the_same_time() -> None:
    results = [
        Result("engine CPU per call at 25/s", "ours", "ms", (1.0, 3.0, 5.0)),
        Result("Asterisk CPU per call at 25/s", "ours", "ms", (10.0, 20.0, 100.0)),
    ]
    assert "at most 0.15 times | 0.10 | reached" in goals(results, "ours")


@pytest.mark.parametrize(("clean", "verdict"), [(160, "0.80 | reached"), (150, "0.75 | **missed**")])
def test_a_goal_may_be_the_least_that_is_wanted(clean: float, verdict: str) -> None:
    results = [
        Result("highest clean rate", "ours", "calls/s", (clean,)),
        Result("highest clean rate", "plain", "calls/s", (200,)),
    ]
    assert f"at least 0.8 times | {verdict}" in goals(results, "ours")


def test_goals_are_silent_about_what_was_not_measured() -> None:
    assert goals(RESULTS, "nobody") == ""


def test_what_is_no_wait_at_another_rate_has_a_place_in_the_report() -> None:
    kept = Result("set-up p95 at 100/s", "ours", "ms", (87.3,))
    told = body((*RESULTS, Result("cold start", "ours", "ms", (5194.02,)), kept), "ours")
    assert [line for line in told.splitlines() if line.startswith("## ")] == [
        "## Goals",
        "## The limit, and beyond it",
        "## ours as a multiple of the others",
        "## Further figures",
    ]
    assert "cold start" in told
    assert "87.3" not in told, "it is kept for programs"
