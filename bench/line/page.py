"""docs/line.md and its pictures."""

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import matplotlib as mpl
from matplotlib import pyplot
from matplotlib.axes import Axes

from bench import table
from bench.line import measures
from bench.line.erlang import Erlang
from bench.line.measures import Beside, Promise
from bench.line.simulation import Day, Served

DOCS = Path(__file__).resolve().parents[2] / "docs"
METHOD = Path(__file__).parent / "method.md"
SIZE = (8.0, 4.0)
MOST_SHOWN = 400
"""Points of a cloud: each takes 160 bytes of the picture."""


def write_docs() -> None:
    """Simulate, and write what came of it."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "bench"  # the same figures make the same file
    besides = list(measures.beside_erlang())
    promises = list(measures.promised())
    shared = list(measures.shared())
    _draw(_waits(besides), "line-wait.svg")
    _draw(_cloud(promises[1][1]), "line-expected.svg")
    _draw(_shares(shared), "line-shares.svg")
    parts = (
        METHOD.read_text(encoding="utf-8"),
        f"An hour of 20 people and 360 callers takes {measures.processor_seconds():.2f} s of a processor.\n",
        f"## Waits, beside Erlang C\n\n{_waits_table(besides)}\n![Average wait](line-wait.svg)\n",
        f"## The expected wait, beside the real one\n\n{_promises_table([one for one, _ in promises])}\n"
        "![Expected and real wait](line-expected.svg)\n",
        f"## Who gets how many calls\n\n{_shares_table(shared)}\n![Talks of a shift](line-shares.svg)\n",
        f"## Who is ahead\n\n{_ahead_table(*measures.ahead())}",
    )
    (DOCS / "line.md").write_text("\n".join(parts), encoding="utf-8")


def _waits_table(besides: Sequence[Beside]) -> str:
    heads = (
        "people",
        "busy",
        "callers/h",
        "wait at all",
        "Erlang C",
        "average wait",
        "Erlang C",
        "in 20 s",
        "Erlang C",
    )
    return table.markdown(heads, [_waits_row(one) for one in besides])


def _waits_row(one: Beside) -> tuple[str, ...]:
    erlang = one.erlang
    return (
        str(erlang.people),
        f"{one.utilisation:.0%}",
        f"{erlang.per_second * 3600:.0f}",
        f"{one.waits:.1%}",
        f"{erlang.waits:.1%}",
        f"{one.wait:.1f} s",
        f"{erlang.wait:.1f} s",
        f"{one.within:.1%}",
        f"{erlang.within(measures.SERVICE_SECONDS):.1%}",
    )


def _promises_table(promises: Sequence[Promise]) -> str:
    heads = ("case", "callers", "expected", "waited", "wrong by", "within half of it")
    rows = [
        (
            one.case,
            str(one.callers),
            f"{one.expected:.0f} s",
            f"{one.waited:.0f} s",
            f"{one.off:.0f} s",
            f"{one.within_half:.0%}",
        )
        for one in promises
    ]
    return table.markdown(heads, rows)


def _shares_table(shared: Sequence[tuple[str, Day]]) -> str:
    heads = ("next", "fewest talks", "most talks", "least busy", "most busy")
    rows = [
        (
            order,
            str(min(day.talks.values())),
            str(max(day.talks.values())),
            f"{min(day.busy.values()) / 60:.0f} min",
            f"{max(day.busy.values()) / 60:.0f} min",
        )
        for order, day in shared
    ]
    return table.markdown(heads, rows)


def _ahead_table(ahead: Sequence[float], others: Sequence[float]) -> str:
    rows = [
        (who, f"{fmean(waits):.0f} s", f"{measures.late(waits):.0f} s", f"{max(waits):.0f} s")
        for who, waits in (("5 min ahead, every fifth", ahead), ("the others", others))
    ]
    return table.markdown(("callers", "average wait", "95 of 100 wait at most", "longest wait"), rows)


def _waits(besides: Sequence[Beside]) -> Axes:
    axes = _axes("Average wait of all callers", "busy", "s")
    for people in measures.STAFFS:
        of_these = [one for one in besides if one.erlang.people == people]
        fine = [busy / 100 for busy in range(55, 93)]
        theory = [Erlang(people, busy * people / measures.TALK, measures.TALK).wait for busy in fine]
        (curve,) = axes.plot(fine, theory, label=f"{people} people, Erlang C")
        points = [one.wait for one in of_these]
        axes.plot([one.utilisation for one in of_these], points, "o", color=curve.get_color(), label="simulated")
    axes.legend()
    return axes


def _cloud(told: Sequence[Served]) -> Axes:
    axes = _axes("Expected and real wait, 10 people, 90 % busy", "expected, s", "waited, s")
    shown = told[:: max(1, len(told) // MOST_SHOWN)]
    axes.plot([one.expected for one in shown], [one.waited for one in shown], ".", alpha=0.3)
    most = max(one.expected or 0.0 for one in shown)
    axes.plot([0, most], [0, most], label="as expected")
    axes.legend()
    return axes


def _shares(shared: Sequence[tuple[str, Day]]) -> Axes:
    axes = _axes("Talks of a shift; every second person talks twice as long", "person", "talks")
    width = 0.8 / len(shared)
    for place, (order, day) in enumerate(shared):
        axes.bar(
            [number + place * width for number in range(len(day.talks))], list(day.talks.values()), width, label=order
        )
    axes.legend()
    return axes


def _axes(title: str, across: str, up: str) -> Axes:
    _, axes = pyplot.subplots(figsize=SIZE, layout="constrained")
    axes.set_title(title)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    made: Axes = axes
    return made


def _draw(axes: Axes, name: str) -> None:
    axes.figure.savefig(DOCS / name, metadata={"Date": None})
    pyplot.close(axes.figure)
