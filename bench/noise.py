"""Whether the machine was quiet enough for a figure to mean anything: who else used it, and how fast it was."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.processes import cpu_seconds, tree

FOREIGN_SHARE = 0.10
"""Of one core: what others may use during a run."""
STOLEN_SHARE = 0.02
"""Of one core: what the machine below may take from this one."""
SLOWER = 1.25
"""By so much the same work may take longer after a run than it ever took."""
SPIN_ROUNDS = 5
_TICKS = os.sysconf("SC_CLK_TCK")
_IDLE, _WAITING, _STOLEN = 3, 4, 7
"""Fields of the first line of /proc/stat (proc(5))."""


@dataclass(frozen=True)
class Clock:
    """The machine's time so far, in seconds of one core."""

    at: float
    busy: float
    stolen: float


@dataclass
class Noise:
    """What was found out about one run; `quiet` is to be asked when it is over."""

    foreign: float = 0.0
    stolen: float = 0.0
    slower: float = 1.0

    @property
    def quiet(self) -> bool:
        """Whether it was a good time to measure."""
        return self.foreign <= FOREIGN_SHARE and self.stolen <= STOLEN_SHARE and self.slower <= SLOWER

    def told(self) -> str:
        """What was wrong, for people; empty: nothing."""
        return (
            ""
            if self.quiet
            else (
                f"noisy: others used {self.foreign:.0%} of a core, {self.stolen:.0%} was stolen, "
                f"the same work took {self.slower:.2f} times its best"
            )
        )


class Spin:
    """The same piece of work over and over: how long it takes tells how fast the machine is just now."""

    def __init__(self) -> None:
        self.best = min(_spin() for _ in range(4 * SPIN_ROUNDS))

    def slower(self) -> float:
        """By what factor the work takes longer now than it ever did."""
        now = sorted(_spin() for _ in range(SPIN_ROUNDS))[SPIN_ROUNDS // 2]
        self.best = min(self.best, now)
        return now / self.best


@contextmanager
def watched(spin: Spin) -> Iterator[Noise]:
    """Watch the machine until the block ends. What this process and its descendants do is the run itself."""
    noise, before, own = Noise(), _clock(), cpu_seconds(tree(os.getpid()))
    yield noise
    after, own = _clock(), cpu_seconds(tree(os.getpid())) - own
    seconds = after.at - before.at
    noise.foreign = max(0.0, after.busy - before.busy - own) / seconds
    noise.stolen = (after.stolen - before.stolen) / seconds
    noise.slower = spin.slower()


def _clock() -> Clock:
    fields = [int(one) / _TICKS for one in Path("/proc/stat").read_text().partition("\n")[0].split()[1:]]
    idle = fields[_IDLE] + fields[_WAITING]
    return Clock(time.monotonic(), sum(fields[:8]) - idle - fields[_STOLEN], fields[_STOLEN])


def _spin() -> float:
    began = time.perf_counter()
    total = 0
    for number in range(100_000):
        total += number * number % 7
    return time.perf_counter() - began
