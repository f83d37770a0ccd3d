"""The log: one line per event, no secrets, private files, libraries' lines among our own."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

LINES = """
import logging, sys, warnings
from pathlib import Path
import structlog
from premises.log import set_up
set_up(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
log = structlog.get_logger().bind(call="1.2")
log.info("keyed in", code="2468", secret="s", who="Анна")
log.debug("never told")
structlog.contextvars.bind_contextvars(person="anna")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("broken")
    logging.getLogger("library").warning("from %s", "elsewhere", exc_info=True)
warnings.warn("old")
"""


def lines(*arguments: str) -> list[dict[str, str]]:
    """What a program of its own logs: the set-up is for the whole process."""
    command = [sys.executable, "-c", LINES, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    text = Path(arguments[0]).read_text() if arguments else done.stderr
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def told() -> list[dict[str, str]]:
    return lines()


def test_an_event_is_one_line_with_its_call_and_its_time(told: list[dict[str, str]]) -> None:
    assert told[0].items() >= {"event": "keyed in", "level": "info", "call": "1.2", "who": "Анна"}.items()
    assert told[0]["timestamp"].endswith("Z")


def test_secrets_are_masked(told: list[dict[str, str]]) -> None:
    assert (told[0]["code"], told[0]["secret"]) == ("***", "***")


def test_a_failure_has_its_traceback_and_its_context(told: list[dict[str, str]]) -> None:
    assert "ZeroDivisionError" in told[1]["exception"]
    assert told[1]["person"] == "anna"


def test_libraries_and_warnings_go_the_same_way(told: list[dict[str, str]]) -> None:
    assert told[2].items() >= {"event": "from elsewhere", "level": "warning", "person": "anna"}.items()
    assert "ZeroDivisionError" in told[2]["exception"]
    assert "UserWarning: old" in told[3]["event"]


def test_a_log_file_is_private_and_grows(tmp_path: Path) -> None:
    file = tmp_path / "engine.log"
    once, twice = lines(str(file)), lines(str(file))
    assert len(twice) == 2 * len(once) == 8
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


LASTING = """
import sys
import structlog
from premises.log import set_up
set_up()
print("begins", flush=True)
sys.stdin.readline()
structlog.get_logger().info("told to nobody", text="x" * 100_000)
print("said to nobody", file=sys.stderr)
print("goes on", flush=True)
"""


def test_a_log_that_nobody_takes_any_more_ends_nothing() -> None:
    ours, its = os.openpty()
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", LASTING]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=its, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "begins\n"
        os.close(its)
        os.close(ours)
        said, _ = program.communicate("\n", timeout=30)
    assert said == "goes on\n"
    assert program.returncode == 0
