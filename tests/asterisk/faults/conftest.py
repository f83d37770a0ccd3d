"""An installation of its own for each file of faults, and the check that no fault leaves anything behind."""

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from ari_app import accounts
from ari_app.ari.connecting import WATCH
from db.database import connect
from db.stories import Stories
from dialplan.plan import LOOPBACK
from premises.installation import Installation
from tests.asterisk.conftest import down, prepare, switchboard, up
from tests.asterisk.faults.supervisor import Supervisor

CLEARED_SECONDS = 15.0
KEPT = ("channel_ids", "bridge_ids", "endpoint_ids")
"""For what Asterisk keeps an application."""


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
    while left := _left(installation):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)


def _left(installation: Installation) -> dict[str, list[str]]:
    database = connect(installation.settings.database or "")
    try:
        rows = [row.id for row in Stories(database).open_calls()]
    finally:
        database.close()
    found = {
        "channels": _listed(installation, "channels"),
        "bridges": _listed(installation, "bridges"),
        "dead engines": _dead_engines(installation),
        "open rows": rows,
        "pieces": [file.name for file in installation.pbx.rglob("*.wav")],
    }
    return {what: names for what, names in found.items() if names}


def _dead_engines(installation: Installation) -> list[str]:
    """The applications of engines that are not on the roll, if Asterisk keeps anything for them."""
    living = {file.name for file in installation.engines.iterdir()}
    return [
        one["name"]
        for one in _asked(installation, "applications")
        if any(one.get(what) for what in KEPT) and one["name"].removeprefix(WATCH) not in living
    ]


def _listed(installation: Installation, what: str) -> list[str]:
    """The ids of what Asterisk has of this kind."""
    return [one["id"] for one in _asked(installation, what)]


def _asked(installation: Installation, what: str) -> list[dict[str, Any]]:
    """What Asterisk has of this kind."""
    account = accounts.settle(installation.pbx / "accounts.json", ()).ari
    request = urllib.request.Request(f"http://{LOOPBACK}:{installation.endpoints().ports['http']}/ari/{what}")
    login = base64.b64encode(f"{account.user}:{account.secret}".encode()).decode()
    request.add_header("Authorization", f"Basic {login}")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            found: list[dict[str, Any]] = json.load(answer)
            return found
    except urllib.error.URLError as why:
        return [{"id": f"Asterisk does not answer: {why}"}]
