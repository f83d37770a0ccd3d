"""All checks of the project, the quickest first: ``./switchboard test [PYTEST ARGUMENT…]``.

With arguments only pytest runs, with them, and coverage is not judged: a part of the tests covers a part of the code.
``--faults`` as the first of them: the tests of faults in their long form, or those of them that the others name.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT

Command = tuple[str, ...]
ROOT = Path(__file__).parent.parent
ASTERISK = "tests/asterisk"
FAULTS = f"{ASTERISK}/faults"
LOAD = (f"{ASTERISK}/test_load.py", f"{FAULTS}/test_engines_under_load.py")
CALLS = tuple(f"{ASTERISK}/test_{name}.py" for name in ("calls", "command_line", "seats"))
"""The tests on a real Asterisk that count for coverage: their calls go through the engine from end to end. Measuring
doubles what a process takes, and the others bring about processes by the dozen."""
OTHERS = (ASTERISK, *(f"--ignore={file}" for file in (*CALLS, *LOAD)))
PYTEST = ("pytest", "--durations=15")
MEASURED = ("coverage", "run", "-m", *PYTEST)
AT_ONCE = ("--dist=loadfile", "--no-loadscope-reorder")
"""Several files at a time: those with a real Asterisk wait most of theirs, since sound takes as long as it takes."""
NOTED_APART = "--override-ini=cache_dir=.pytest_cache/beside"
"""Which tests failed, of those that run beside others: who ended last would write over what the first has noted."""
CHECKS = {
    "style": ("ruff", "check"),
    "format": ("ruff", "format", "--check"),
    "calls and unit tests": (*MEASURED, *AT_ONCE, "--numprocesses=3", *CALLS, "tests/unit"),
    "other tests on Asterisk": (*PYTEST, *AT_ONCE, "--numprocesses=6", *OTHERS),
}
BESIDE = {
    "types": ("mypy",),
    "integration tests": (*MEASURED, *AT_ONCE, "--numprocesses=2", NOTED_APART, "tests/integration"),
}
"""These run beside the others, which wait for sound, and go after them at the processors; not far after them, for they
have time limits, too."""
AFTERWARDS = {"load": (*PYTEST, *LOAD)}
"""These need the whole machine."""
ALONE = ("--numprocesses=0", "--dist=no", "--last-failed", "--last-failed-no-failures=none")
FLOORS = {
    "coverage of routing/": ("--include=routing/*", "--fail-under=100"),
    "coverage of the rest": ("--omit=routing/*", "--fail-under=90"),
}


def main(arguments: list[str]) -> int:
    """Run everything, tell what failed, and give the exit status: 0 only if nothing did."""
    with tempfile.TemporaryDirectory(prefix="switchboard-tests-") as kept:
        os.environ["SWITCHBOARD_TESTS_KEPT"] = kept  # read by tests.company
        return _run_what_is_asked_for(arguments)


def _run_what_is_asked_for(arguments: list[str]) -> int:
    if arguments[:1] == ["--faults"]:
        os.environ["SWITCHBOARD_FAULTS"] = "long"  # read by tests.form
        return _run("pytest", *(arguments[1:] or [FAULTS]))
    if arguments:
        return _run("pytest", *arguments)
    _forget_coverage()
    with _beside() as failed:
        failed.extend(_failed(CHECKS))
    failed.extend(_failed(AFTERWARDS))
    _run("coverage", "combine", "--quiet")
    failed += [
        name
        for name, options in FLOORS.items()
        if _timed(name, ("coverage", "report", "--skip-covered", "--show-missing", *options)) != 0
    ]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed", flush=True)
    return 1 if failed else 0


@contextmanager
def _beside() -> Iterator[list[str]]:
    """Run what runs beside the others; the names of those that failed are in the list once the block has ended.

    What they say is shown then, since two at a time could not be read.
    """
    failed: list[str] = []
    with ThreadPoolExecutor() as beside:
        running = {name: beside.submit(_heard, *command) for name, command in BESIDE.items()}
        yield failed
        for name, done in running.items():
            status, said, seconds = done.result()
            _tell(name, status, seconds, said)
            failed += [name] if status != 0 and not _good_alone(name, BESIDE[name]) else []


def _heard(*command: str) -> tuple[int, str, float]:
    """The exit status, what was said, and how many seconds it took."""
    began = time.monotonic()
    done = subprocess.run(
        ["nice", "-n", "5", sys.executable, "-m", *command],
        cwd=ROOT,
        check=False,
        stdout=PIPE,
        stderr=STDOUT,
        text=True,
    )
    return done.returncode, done.stdout, time.monotonic() - began


def _failed(checks: Mapping[str, Command]) -> list[str]:
    """Run them one after the other; the names of those that failed."""
    return [name for name, command in checks.items() if _timed(name, command) != 0 and not _good_alone(name, command)]


def _good_alone(name: str, command: Command) -> bool:
    """Whether tests that failed are good when they are run once more, one after the other.

    Sound is made and heard in real time: where the machine was busy elsewhere for a second, a call goes wrong by no
    fault of ours. What is wrong with us goes wrong again.
    """
    return "pytest" in command and _timed(f"{name}, what failed once more", (*command, *ALONE)) == 0


def _timed(name: str, command: Command) -> int:
    print(f"── {name}", flush=True)
    began = time.monotonic()
    status = _run(*command)
    _tell(name, status, time.monotonic() - began)
    return status


def _tell(name: str, status: int, seconds: float, said: str = "") -> None:
    print(f"{said}── {name}: {'good' if status == 0 else 'FAILED'}, {seconds:.0f} s", flush=True)


def _run(*command: str) -> int:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode


def _forget_coverage() -> None:
    for file in ROOT.glob(".coverage*"):
        file.unlink()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
