"""What engine and Asterisk hold of the machine: after many calls no more than before."""

from dataclasses import dataclass
from pathlib import Path

from premises.installation import Installation


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process holds."""

    files: int
    threads: int
    mebibytes: float
    """Memory, as far as it is not swapped out (VmRSS, proc(5))."""


def usage(installation: Installation) -> dict[str, Usage]:
    """What engine and Asterisk hold now."""
    endpoints = installation.endpoints()
    return {"engine": _usage(endpoints.engine), "Asterisk": _usage(endpoints.pbx)}


def _usage(process: int) -> Usage:
    folder = Path("/proc") / str(process)
    (resident,) = (line for line in (folder / "status").read_text().splitlines() if line.startswith("VmRSS"))
    return Usage(_entries(folder / "fd"), _entries(folder / "task"), int(resident.split()[1]) / 1024)


def _entries(folder: Path) -> int:
    return len(list(folder.iterdir()))
