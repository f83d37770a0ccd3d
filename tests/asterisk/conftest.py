"""One running installation for the tests on the real Asterisk: the sample company, served as a user serves it."""

import asyncio
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from ari_app.cli import main
from ari_app.pbx.asterisk import program
from db.database import Database, connect
from premises.espeak import Espeak
from premises.installation import Installation
from premises.voice import Voice
from routing import load
from tests.company import TOP, made_once, settle

START_SECONDS = 60.0
LONGEST = (
    "test_line",
    "test_supervision",
    "test_standin",
    "test_transfers",
    "faults/test_link",
    "faults/test_engine_killed",
)
"""Files that take minutes: they begin first, so that none of them goes on alone while the other processes are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, all others as they come."""
    longest = {Path(__file__).parent / f"{name}.py" for name in LONGEST}
    items.sort(key=lambda item: item.path not in longest)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


def switchboard(folder: Path, *arguments: str) -> Done:
    """Run a command of the command line on this installation: in this process, since loading another takes seconds."""
    words = [arguments[0], "--data", str(folder), *arguments[1:]]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    # In a thread of its own, for a command may need an event loop of its own.
    with redirect_stdout(out), redirect_stderr(err), ThreadPoolExecutor(1) as thread:
        status = thread.submit(_status, words).result()
    return Done(status, _all_of(out), _all_of(err))


def _all_of(written: io.TextIOWrapper) -> str:
    written.seek(0)
    return written.read()


def _status(words: list[str]) -> int:
    try:
        return main(words)
    except SystemExit as wrong_usage:
        return int(wrong_usage.code or 0)


def up(folder: Path, within: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start `up`; returns once it serves. ``within``: a command that ends by becoming the one that follows it."""
    installation = Installation(folder)
    with (folder / "up.log").open("ab") as output:
        process = subprocess.Popen(
            [*within, sys.executable, "-m", "ari_app", "up", "--data", str(folder)],
            cwd=TOP,
            stdout=output,
            stderr=output,
        )
    deadline = time.monotonic() + START_SECONDS
    while not _serves(installation):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"'up' does not serve:\n{(folder / 'up.log').read_text()}")
        time.sleep(0.05)
    return process


def _serves(installation: Installation) -> bool:
    """Whether calls are served, and the HTTP API where there is one: either may be first."""
    web = installation.settings.web.serve
    return installation.endpoints_file.exists() and (not web or installation.web_file.exists())


def down(process: subprocess.Popen[bytes]) -> int:
    """Stop `up` as Ctrl-C does; returns its exit status."""
    process.send_signal(signal.SIGTERM)
    return process.wait(30)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The sample company, being served."""
    folder = tmp_path_factory.mktemp("var")
    prepare(folder)
    process = up(folder)
    yield Installation(folder)
    assert down(process) == 0


@pytest.fixture
def database(installation: Installation) -> Iterator[Database]:
    """That installation's database."""
    opened = connect(installation.settings.database or "")
    yield opened
    opened.close()


def prepare(folder: Path) -> None:
    """The sample company in a new data folder, with its prompts, and without the HTTP API."""
    shutil.copytree(made_once("company-speaks", _prepare), folder, dirs_exist_ok=True)


def _prepare(folder: Path) -> None:
    """Speaking takes longer than all else."""
    installation = settle(folder)
    (folder / "settings.yaml").write_text("rules: routing_rules.yaml\ndesks: 1\nweb: {serve: no}\n")
    voice = Voice(Espeak.of(os.environ), installation.voice, program(os.environ).sounds, TOP)
    assert asyncio.run(voice.prepare(load(installation.rule_file.read_bytes()))) == ()
