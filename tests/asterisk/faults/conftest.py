"""An installation of its own for each file of faults, and the check that no fault leaves anything behind."""

import time
from collections.abc import Iterator

import pytest

from premises.installation import Installation
from tests.asterisk.conftest import down, prepare, switchboard, up
from tests.asterisk.faults.left import left
from tests.asterisk.faults.supervisor import Supervisor

CLEARED_SECONDS = 15.0


@pytest.fixture(scope="module")
def supervisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    """The sample company, being served to these tests alone by this `up`."""
    folder = tmp_path_factory.mktemp("faults")
    prepare(folder)
    running = Supervisor(Installation(folder), up(folder))
    yield running
    assert down(running.process) == 0
    verified = switchboard(folder, "recordings", "verify")
    assert (verified.returncode, verified.stdout) == (0, "files and register agree\n")


@pytest.fixture(scope="module")
def installation(supervisor: Supervisor) -> Installation:
    """What it serves."""
    return supervisor.installation


@pytest.fixture(autouse=True)
def nothing_is_left(installation: Installation) -> Iterator[None]:
    """After each fault: no channel, no bridge, nothing of a dead engine, no open row, no piece of a recording."""
    yield
    deadline = time.monotonic() + CLEARED_SECONDS
    while found := left(installation):
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
