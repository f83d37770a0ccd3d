"""What processes use, as the kernel counts it: CPU time in nanoseconds, memory, and what belongs to whom (proc(5))."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")
_TICK = 10**9 // os.sysconf("SC_CLK_TCK")
_PARENT, _CHILDREN_USER, _CHILDREN_SYSTEM = 1, 13, 14
"""Fields of /proc/PID/stat, counted from the state, which is the first one behind the name."""
_SCHEDULED = 2  # CPUCLOCK_SCHED, linux/posix-timers.h


def tree(*roots: int, but: Iterable[int] = ()) -> set[int]:
    """These processes and all that descend from them, but for ``but`` and what descends from those."""
    children: dict[int, list[int]] = {}
    for process in _all():
        if fields := _stat(process):
            children.setdefault(int(fields[_PARENT]), []).append(process)
    found, left_out, waiting = set[int](), set(but), list(roots)
    while waiting:
        process = waiting.pop()
        if process not in left_out and process not in found:
            found.add(process)
            waiting += children.get(process, [])
    return found


def cpu_seconds(processes: Iterable[int]) -> float:
    """CPU time of these processes since they began, with that of their children that have ended."""
    return sum(_own_seconds(process) + ended_children_seconds(process) for process in processes)


def ended_children_seconds(process: int) -> float:
    """CPU time of a process's children that have ended; in steps of 10 ms."""
    fields = _stat(process)
    return (int(fields[_CHILDREN_USER]) + int(fields[_CHILDREN_SYSTEM])) * _TICK / 1e9 if fields else 0.0


def memory_kibibytes(processes: Iterable[int]) -> float:
    """Memory of these processes, what several share being counted once (PSS)."""
    return float(sum(_pss(process) for process in processes))


def _own_seconds(process: int) -> float:
    """All threads', those that have ended, too, to the nanosecond (clock_getcpuclockid(3))."""
    try:
        return time.clock_gettime_ns((~process << 3) | _SCHEDULED) / 1e9
    except OSError:  # it has just ended, and is counted with its parent's children
        return 0.0


def _pss(process: int) -> int:
    try:
        lines = (_PROC / str(process) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _stat(process: int) -> list[str]:
    """The fields behind the name, which may hold anything; empty: it has ended."""
    try:
        return (_PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _all() -> list[int]:
    return [int(folder.name) for folder in _PROC.iterdir() if folder.name.isdigit()]
