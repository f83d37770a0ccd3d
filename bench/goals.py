"""What is to be reached, and whether it was. No clock, no files."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from bench.held import SLOW
from bench.results import Result

PLAIN, FASTAGI = "plain", "panoramisk"
OVER_HTTP = ("asyncari", "aiohttp", "ari-client")
"""The peers that command Asterisk by HTTP."""
AT = "at 25/s"


class Missing(KeyError):  # noqa: N818 - it is a fact
    """A figure that a goal is about was not measured."""


@dataclass(frozen=True)
class Goal:
    """One of them: what, and by which figure it is judged."""

    what: str
    unit: str
    limit: float
    figure: Callable[["Figures"], float]
    least: bool = False
    """Whether the limit is the least that the figure must be; else it is the most that it may be."""

    def is_reached(self, figure: float) -> bool:
        """Whether such a figure is good enough."""
        return figure >= self.limit if self.least else figure <= self.limit


class Figures:
    """What one run of everybody found: figures that are compared were measured at about the same time."""

    def __init__(self, results: Iterable[Result], ours: str, run: int) -> None:
        self._found = {(one.measure, one.variant): one.runs[run] for one in results if run < len(one.runs)}
        self._ours = ours

    def of(self, measure: str, variant: str = "") -> float:
        """A variant's figure, ours if none is named; `Missing` if it was not measured."""
        try:
            return self._found[measure, variant or self._ours]
        except KeyError:
            raise Missing(measure) from None

    def among(self, measure: str, variants: Iterable[str]) -> list[float]:
        """The figures of those of these variants that were measured; `Missing` if none was."""
        found = [self._found[measure, one] for one in variants if (measure, one) in self._found]
        if not found:
            raise Missing(measure)
        return found


GOALS = (
    Goal(
        "engine's CPU per call, as a multiple of Asterisk's for it",
        "times",
        0.15,
        lambda it: it.of(f"engine CPU per call {AT}") / it.of(f"Asterisk CPU per call {AT}"),
    ),
    Goal(
        "engine's CPU per call, as a multiple of the best HTTP-based ARI peer's",
        "times",
        0.2,
        lambda it: it.of(f"engine CPU per call {AT}") / min(it.among(f"engine CPU per call {AT}", OVER_HTTP)),
    ),
    Goal(
        "highest clean rate, as a multiple of the plain dialplan's",
        "times",
        0.8,
        lambda it: it.of("highest clean rate") / it.of("highest clean rate", PLAIN),
        least=True,
    ),
    Goal(
        "highest clean rate beyond that of the best ARI peer",
        "calls/s",
        1.0,
        lambda it: it.of("highest clean rate") - max(it.among("highest clean rate", OVER_HTTP)),
        least=True,
    ),
    Goal(
        "highest clean rate, as a multiple of panoramisk's FastAGI and Dial",
        "times",
        1.0,
        lambda it: it.of("highest clean rate") / it.of("highest clean rate", FASTAGI),
        least=True,
    ),
    Goal(
        "set-up p99 beyond the plain dialplan's, at 50/s",
        "ms",
        5.0,
        lambda it: it.of("set-up p99 at 50/s") - it.of("set-up p99 at 50/s", PLAIN),
    ),
    Goal("StasisStart to the manager's INVITE, p99", "ms", 3.0, lambda it: it.of("StasisStart to INVITE p99")),
    Goal(
        "engine's CPU per call at 100/s, as a multiple of that at 10/s",
        "times",
        1.1,
        lambda it: it.of("engine CPU per call at 100/s") / it.of("engine CPU per call at 10/s"),
    ),
    Goal(
        "engine's CPU per call with 1,000,000 customers, as a multiple of that with 10",
        "times",
        2.0,
        lambda it: it.of("engine CPU per call, 1,000,000 customers") / it.of("engine CPU per call, 10 customers"),
    ),
    Goal(
        "engine's memory per call in progress",
        "KiB",
        8.0,
        lambda it: 1024 * (it.of("engine memory in 500 talks") - it.of("engine memory in 100 talks")) / 400,
    ),
    Goal("engine's share of a core in 500 recorded talks", "%", 10.0, lambda it: it.of("engine CPU in 500 talks")),
    Goal("calls that fail of 500 recorded talks", "calls", 0.0, lambda it: it.of("failed calls of 500 talks")),
    Goal(
        "calls at 1.5 times the clean rate that are neither served nor refused",
        "%",
        0.0,
        lambda it: it.of("failed beyond the limit"),
    ),
    Goal(
        "set-up p95 of who is served at 1.5 times the clean rate",
        "ms",
        SLOW,
        lambda it: it.of("set-up p95 beyond the limit"),
    ),
)


def judged(results: Collection[Result], ours: str) -> list[tuple[Goal, float]]:
    """The goals that can be judged by these figures, each with its own: the median of its runs."""
    found = [(goal, list(_run_by_run(goal, results, ours))) for goal in GOALS]
    return [(goal, median(figures)) for goal, figures in found if figures]


def _run_by_run(goal: Goal, results: Collection[Result], ours: str) -> Iterator[float]:
    for run in range(max((len(one.runs) for one in results), default=0)):
        try:
            yield goal.figure(Figures(results, ours, run))
        except (Missing, ZeroDivisionError):
            continue
