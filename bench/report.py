"""What came of a bench: for people, for programs and for docs/."""

import dataclasses
import datetime as dt
import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec

from ari_app.pbx.asterisk import program
from bench.figures import gathered, together
from bench.notebook import Notebook
from bench.ours import OURS
from bench.results import Result
from bench.sections import body

DOCS = Path(__file__).resolve().parent.parent / "docs"
METHOD = Path(__file__).parent / "method.md"


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
    def of(cls, book: Notebook, earlier: Iterable["Report"] = ()) -> Self:
        """What a notebook holds, and what earlier benches have found on this machine."""
        at = dt.datetime.now(dt.UTC).isoformat(timespec="minutes")
        results, noisy, watched = [*gathered(book.measures), *book.results], list(book.noisy), book.watched_loads
        for one in earlier:
            results, noisy, watched = [*one.results, *results], [*one.noisy, *noisy], one.watched + watched
        return cls(_machine(), at, together(results), tuple(noisy), watched)

    @classmethod
    def read(cls, file: Path) -> Self:
        """What `write_json` wrote. Raises msgspec.ValidationError, OSError."""
        return msgspec.json.decode(file.read_bytes(), type=cls)

    def markdown(self) -> str:
        """The tables, and when the machine was too noisy to tell."""
        told = f"{len(self.noisy)} of {self.watched} loads were placed while the machine had other things to do.\n"
        noise = "\n".join((told, *(f"- {one}" for one in self.noisy)))
        parts = (
            METHOD.read_text(encoding="utf-8"),
            f"{self.machine}; {self.at}.\n",
            body(self.results, OURS.name),
            f"## Noise\n\n{noise}\n",
        )
        return "\n".join(parts)

    def write_json(self, file: Path) -> None:
        """Every run's figure."""
        file.write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n", encoding="utf-8")

    def write_docs(self) -> None:
        """Tables and pictures, for whoever reads docs/."""
        from bench.plots import draw  # what draws is there for the bench alone

        pictures = "".join(f"\n![{title}]({name})\n" for name, title in draw(self.results, DOCS).items())
        (DOCS / "bench.md").write_text(self.markdown() + pictures, encoding="utf-8")


def _machine() -> str:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    cores, linux, python = len(os.sched_getaffinity(0)), platform.release(), platform.python_version()
    return f"{cores} cores of {model}, Linux {linux}, {_asterisk()}, Python {python}"


def _asterisk() -> str:
    told = subprocess.run([program(os.environ).path, "-V"], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return " ".join(told.stdout.split()[:2])
