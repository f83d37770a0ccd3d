"""What came of a bench: for people, for programs and for docs/."""

import dataclasses
import datetime as dt
import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench import table
from bench.figures import gathered
from bench.notebook import Notebook
from bench.ours import OURS
from bench.results import Result

DOCS = Path(__file__).resolve().parent.parent / "docs"
HEAD = """# The bench

Written by `./switchboard bench`; not to be edited. Each figure is the median of its runs, with the least and the greatest. `~`: the runs
lie so far apart that the figure says little.
"""


@dataclass(frozen=True)
class Report:
    """All figures, and what must be known to judge them."""

    machine: str
    at: str
    results: tuple[Result, ...]
    noisy: tuple[str, ...]

    @classmethod
    def of(cls, book: Notebook) -> Self:
        """What a notebook holds."""
        at = dt.datetime.now(dt.UTC).isoformat(timespec="minutes")
        return cls(_machine(), at, gathered(book.measures), tuple(book.noisy))

    def markdown(self) -> str:
        """The tables, and when the machine was too noisy to tell."""
        noise = [f"- {one}" for one in self.noisy] or ["None: the machine was quiet in every run."]
        parts = (
            HEAD,
            f"{self.machine}; {self.at}.\n",
            "## Figures\n",
            table.figures(self.results),
            "## Compared\n",
            table.ratios(self.results, OURS.name),
            "## Noisy runs\n",
            *(f"{line}\n" for line in noise),
        )
        return "\n".join(parts)

    def write_json(self, file: Path) -> None:
        """Every run's figure."""
        file.write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n", encoding="utf-8")

    def write_docs(self) -> None:
        """The tables, for whoever reads docs/."""
        (DOCS / "bench.md").write_text(self.markdown(), encoding="utf-8")


def _machine() -> str:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    return f"{len(os.sched_getaffinity(0))} cores of {model}, Linux {platform.release()}, Python {platform.python_version()}"
