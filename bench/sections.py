"""How the figures are laid out for readers: which are read together, and what stands above them."""

from collections.abc import Collection

from bench import table
from bench.goals import judged
from bench.results import Result
from bench.table import Section

RATES = ("1", "10", "25", "50", "100")
REFERENCE = "25"
TALKS = (50, 100, 200, 500)


def _by_rate(title: str, measure: str) -> Section:
    return Section(title, {f"{measure} at {rate}/s": f"{rate}/s" for rate in RATES}, fewest=2)


SECTIONS = (
    Section(
        f"The reference call at {REFERENCE}/s",
        {
            f"engine CPU per call at {REFERENCE}/s": "engine CPU per call",
            f"Asterisk CPU per call at {REFERENCE}/s": "Asterisk CPU per call",
            f"set-up p50 at {REFERENCE}/s": "set-up p50",
            f"set-up p95 at {REFERENCE}/s": "p95",
            f"set-up p99 at {REFERENCE}/s": "p99",
            f"release p50 at {REFERENCE}/s": "release p50",
            f"release p95 at {REFERENCE}/s": "p95",
            f"release p99 at {REFERENCE}/s": "p99",
        },
    ),
    Section("While nobody calls", {"engine CPU at rest": "engine CPU", "Asterisk CPU at rest": "Asterisk CPU"}),
    _by_rate("Engine's CPU per call, by calls a second", "engine CPU per call"),
    _by_rate("Asterisk's CPU per call, by calls a second", "Asterisk CPU per call"),
    _by_rate("Set-up p99, by calls a second", "set-up p99"),
    _by_rate("Release p99, by calls a second", "release p99"),
    _by_rate("Failed calls, by calls a second", "failed calls"),
    Section(
        "The limit, and beyond it",
        {
            "highest clean rate": "highest clean rate",
            "served beyond the limit": "at 1.5 times that: served",
            "refused beyond the limit": "refused",
            "failed beyond the limit": "failed",
            "set-up p95 beyond the limit": "set-up p95",
        },
    ),
    *(
        Section(
            f"{talks} talks at once, with sound, recorded",
            {
                f"engine CPU in {talks} talks": "engine CPU",
                f"Asterisk CPU in {talks} talks": "Asterisk CPU",
                f"engine memory in {talks} talks": "engine memory",
                f"Asterisk memory in {talks} talks": "Asterisk memory",
                f"failed calls of {talks} talks": "failed",
            },
        )
        for talks in TALKS
    ),
)
KEPT = {
    f"{wait} {part} at {rate}/s"
    for wait in ("set-up", "release")
    for part in ("p50", "p95")
    for rate in RATES
    if rate != REFERENCE
}
"""In the figures' file (`--json`) and not on the page, where they would be half of it: the p99 says more."""
COMPARED = (
    *SECTIONS[0].columns,
    "highest clean rate",
    *(measure for talks in TALKS for measure in (f"Asterisk CPU in {talks} talks", f"engine memory in {talks} talks")),
)


def body(results: tuple[Result, ...], ours: str) -> str:
    """All tables, the goals first, the parts that were measured alone last."""
    shown = {measure for section in SECTIONS for measure in section.columns}
    rest = [one for one in results if one.measure not in shown | KEPT]
    parts = [
        ("Goals", goals(results, ours)),
        *((section.title, table.compared(section, results)) for section in SECTIONS),
        (f"{ours} as a multiple of the others", table.multiples(results, ours, COMPARED)),
        ("Further figures", table.listed(rest)),
    ]
    return "\n".join(f"## {title}\n\n{text}" for title, text in parts if text)


def goals(results: Collection[Result], ours: str) -> str:
    """What was to be reached, and what was."""
    rows = [
        (
            goal.what,
            f"{'at least' if goal.least else 'at most'} {goal.limit:g} {goal.unit}",
            table.number(figure),
            "reached" if goal.is_reached(figure) else "**missed**",
        )
        for goal, figure in judged(results, ours)
    ]
    return table.markdown(("goal", "to be", "is", ""), rows) if rows else ""
