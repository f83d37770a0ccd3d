"""The figures as pictures in docs/ (SVG)."""

from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot
from matplotlib.axes import Axes

from bench.figures import middle
from bench.results import Result
from bench.sections import RATES, REFERENCE

SIZE = (8.0, 4.0)
WHO = ("Asterisk", "engine")

Medians = dict[tuple[str, str], float]
"""By measure and variant."""


def draw(results: Iterable[Result], folder: Path) -> dict[str, str]:
    """Write every picture for which there are figures; gives the names of the files, each with its title."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "bench"  # the same figures make the same file
    medians = {(one.measure, one.variant): middle(one) for one in results}
    variants = list(dict.fromkeys(variant for measure, variant in medians if "CPU per call at" in measure))
    pictures = {
        "bench-cpu.svg": _cpu(medians, variants),
        "bench-rates.svg": _rates(medians, variants),
        "bench-highest.svg": _highest(medians, variants),
    }
    for name, axes in pictures.items():
        if axes is not None:
            _save(axes, folder / name)
    return {name: axes.get_title() for name, axes in pictures.items() if axes is not None}


def _cpu(medians: Medians, variants: list[str]) -> Axes | None:
    """What a call costs, of engine and Asterisk."""
    found = [variant for variant in variants if (f"engine CPU per call at {REFERENCE}/s", variant) in medians]
    if not found:
        return None
    axes = _axes(f"CPU per reference call at {REFERENCE}/s", "ms")
    below = [0.0] * len(found)
    for who in WHO:
        heights = [medians[f"{who} CPU per call at {REFERENCE}/s", variant] for variant in found]
        axes.bar(found, heights, bottom=below, label=who)
        below = [one + other for one, other in zip(below, heights, strict=True)]
    axes.legend()
    return axes


def _rates(medians: Medians, variants: list[str]) -> Axes | None:
    """What a call costs from rate to rate."""
    axes = _axes("CPU per reference call, engine and Asterisk together", "ms")
    for variant in variants:
        points = [
            (float(rate), sum(medians[f"{who} CPU per call at {rate}/s", variant] for who in WHO))
            for rate in RATES
            if (f"engine CPU per call at {rate}/s", variant) in medians
        ]
        axes.plot(*zip(*points, strict=True), marker="o", label=variant)  # a variant is here because it has points
    axes.set_xscale("log")
    axes.set_xticks([float(rate) for rate in RATES], RATES)
    axes.set_xlabel("calls/s")
    axes.set_ylim(bottom=0)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return axes


def _highest(medians: Medians, variants: list[str]) -> Axes | None:
    """The highest clean rates."""
    found = {
        variant: medians["highest clean rate", variant]
        for variant in variants
        if ("highest clean rate", variant) in medians
    }
    if not found:
        return None
    axes = _axes("Highest rate held for 20 s without a failed or repeated call", "calls/s")
    axes.bar(list(found), list(found.values()))
    return axes


def _axes(title: str, unit: str) -> Axes:
    _, axes = pyplot.subplots(figsize=SIZE, layout="constrained")
    axes.set_title(title)
    axes.set_ylabel(unit)
    made: Axes = axes
    return made


def _save(axes: Axes, file: Path) -> None:
    axes.figure.savefig(file, metadata={"Date": None})
    pyplot.close(axes.figure)
