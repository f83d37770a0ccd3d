"""A bench that is made piece by piece: its figures count as those of one."""

from pathlib import Path

from bench.figures import together
from bench.report import Report
from bench.results import Result

COST = ("engine CPU per call at 25/s", "switchboard", "ms")


def report(*runs: float, noisy: tuple[str, ...] = ()) -> Report:
    return Report("a machine", "2026-11-28T12:00+00:00", (Result(*COST, runs),), noisy, 3)


def test_the_runs_of_two_benches_are_those_of_one() -> None:
    other = Result("highest clean rate", "plain", "calls/s", (200.0,))
    assert together([Result(*COST, (1.0, 2.0)), other, Result(*COST, (3.0,))]) == (
        Result(*COST, (1.0, 2.0, 3.0)),
        other,
    )


def test_what_was_kept_is_read_back_whole(tmp_path: Path) -> None:
    kept = report(1.0, 2.0, noisy=("switchboard: 150 calls at 25/s: noisy",))
    kept.write_json(tmp_path / "bench.json")
    assert Report.read(tmp_path / "bench.json") == kept
