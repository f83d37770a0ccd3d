"""One running installation for the tests on the real Asterisk: the sample company, served as a user serves it."""

import datetime as dt
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from db.database import Database, connect
from demo.rules import demo_rules
from premises.installation import Installation

TOP = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


def switchboard(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the command line on this installation."""
    return subprocess.run(
        [sys.executable, "-m", "ari_app", arguments[0], "--data", str(folder), *arguments[1:]],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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
    while not installation.endpoints_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"'up' does not serve:\n{(folder / 'up.log').read_text()}")
        time.sleep(0.05)
    return process


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
    """The demo's rules and the sample company's people and customers in a new data folder."""
    rules = demo_rules((TOP / "routing_rules.yaml").read_text(encoding="utf-8"), dt.datetime.now(dt.UTC).date())
    (folder / "routing_rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "settings.yaml").write_text("rules: routing_rules.yaml\ndesks: 1\nweb: {serve: no}\n")
    for what in ("people", "customers"):
        done = switchboard(folder, "import", what, str(TOP / "demo" / "company" / f"{what}.csv"))
        assert done.returncode == 0, done.stdout + done.stderr
