"""What came of a bench: for people, for programs and for docs/."""

import dataclasses
import datetime as dt
import json
import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ari_app.pbx import program
from bench.figures import gathered
from bench.notebook import Notebook
from bench.ours import OURS
from bench.plots import draw
from bench.results import Result
from bench.sections import body

DOCS = Path(__file__).resolve().parent.parent / "docs"
HEAD = """# The bench

Written by `./switchboard bench`; not to be edited. The reference call: a customer calls in, is looked up, recorded (a wav
file for each direction), one manager is rung, who answers at once; after a second of talk the customer hangs up, and the
call is written down. Callers, managers, Asterisk and the engine share this machine; all of it goes over loopback, with an
Asterisk that has just started. The plain dialplan only records and dials: it is the limit.

- CPU is the kernel's count for whole processes, children included, less what they use while nobody calls.
- Times are the kernel's for the arrival of a message: set-up from INVITE to 200, release from the caller's BYE to the
  manager's.
- A rate is held cleanly if no call fails, no message is sent twice and the set-up's p95 stays below half a second.
- Memory is counted once where processes share it (PSS). The switchboard's is that of `up`, engine and stand-in together.

Variants are measured in turn, run by run. A figure is the median of its runs, with the least and the greatest; a multiple
is taken within a run. `~`: the runs lie so far apart that the figure says little.
"""


@dataclass(frozen=True)
class Report:
    """All figures, and what must be known to judge them."""

    machine: str
    at: str
    results: tuple[Result, ...]
    noisy: tuple[str, ...]
    """Of which loads the figures may be wrong, because the machine had other things to do."""
    watched: int
    """How many loads there were."""

    @classmethod
    def of(cls, book: Notebook) -> Self:
        """What a notebook holds."""
        at = dt.datetime.now(dt.UTC).isoformat(timespec="minutes")
        return cls(_machine(), at, (*gathered(book.measures), *book.results), tuple(book.noisy), book.watched_loads)

    def markdown(self) -> str:
        """The tables, and when the machine was too noisy to tell."""
        told = f"{len(self.noisy)} of {self.watched} loads were placed while the machine had other things to do.\n"
        noise = "\n".join((told, *(f"- {one}" for one in self.noisy)))
        parts = (HEAD, f"{self.machine}; {self.at}.\n", body(self.results, OURS.name), f"## Noise\n\n{noise}\n")
        return "\n".join(parts)

    def write_json(self, file: Path) -> None:
        """Every run's figure."""
        file.write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n", encoding="utf-8")

    def write_docs(self) -> None:
        """Tables and pictures, for whoever reads docs/."""
        pictures = "".join(f"\n![]({name})\n" for name in draw(self.results, DOCS))
        (DOCS / "bench.md").write_text(self.markdown() + pictures, encoding="utf-8")


def _machine() -> str:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    cores, linux, python = len(os.sched_getaffinity(0)), platform.release(), platform.python_version()
    return f"{cores} cores of {model}, Linux {linux}, {_asterisk()}, Python {python}"


def _asterisk() -> str:
    told = subprocess.run([program(os.environ).path, "-V"], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return " ".join(told.stdout.split()[:2])
