"""What a run of the bench has found: one figure per run, of one measure, for one variant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One figure of one run: what was measured (`set-up p99`), of whom (`switchboard`), in which unit."""

    measure: str
    variant: str
    unit: str
    value: float


@dataclass(frozen=True)
class Result:
    """All runs of one measure for one variant, in the order in which they were made."""

    measure: str
    variant: str
    unit: str
    runs: tuple[float, ...]
