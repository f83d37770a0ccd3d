"""The engine is started while its database is away: calls are served all the same, and the register has them later."""

import asyncio
import json
import os
import select
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from db.database import connect
from db.snapshot import Snapshot
from db.stories import Stories
from db.writing.spool import undelivered
from demo.desk import Staff
from demo.endpoints import read
from demo.phone import Phone
from premises.installation import Installation
from tests.asterisk.conftest import down, prepare, switchboard, up
from tests.company import TOP
from tests.until import until

KEY_CUSTOMER = "+79160000101"


@dataclass(frozen=True, slots=True)
class Served:
    """What there was before."""

    installation: Installation
    status: int
    left: list[str]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """An installation that was served before in a terminal, which was closed."""
    folder = tmp_path_factory.mktemp("var")
    prepare(folder)
    snapshot, (ours, its) = Snapshot(Installation(folder).snapshot), os.openpty()
    up = [sys.executable, "-m", "ari_app", "up", "--data", str(folder)]
    # The tests themselves may have been begun by nohup.
    command = ["env", "--default-signal=HUP", "setsid", "--ctty", *up]
    with subprocess.Popen(command, cwd=TOP, stdin=its, stdout=its, stderr=its) as process:
        os.close(its)
        try:
            while snapshot.age() is None or not Installation(folder).endpoints_file.exists():
                assert process.poll() is None
                if select.select([ours], [], [], 0.1)[0]:
                    os.read(ours, 4096)
            os.close(ours)
            status = process.wait(30)
        finally:
            process.kill()
    return Served(Installation(folder), status, processes_of(folder))


def processes_of(folder: Path) -> list[str]:
    """The command lines of those that have to do with this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended meanwhile
            found.append(process.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in found if str(folder) in line]


@pytest.fixture
def served(before: Served) -> Installation:
    """It is served no longer."""
    return before.installation


def test_a_terminal_that_is_closed_ends_all_that_ran_in_it(before: Served) -> None:
    assert before.status == 0
    assert before.left == []


@contextmanager
def serving(installation: Installation) -> Iterator[None]:
    process = up(installation.folder)
    try:
        yield
    finally:
        assert down(process) == 0


def hide(database: Path) -> Path:
    """Take the database away, and have nobody make an empty one in its place."""
    hidden = database.rename(database.with_suffix(".hidden"))
    database.mkdir()
    return hidden


async def talk(installation: Installation) -> None:
    """A key customer talks with her manager."""
    addresses = read(installation.endpoints_file)
    async with Staff(addresses), Phone(KEY_CUSTOMER, server=addresses.server) as phone:
        await until(lambda: people(installation)["anna"] is None)  # the engine knows that she is there
        ringing = await phone.dial("+74950000001")
        await ringing.answered()
        await ringing.press("1")
        assert await ringing.who(("anna",), within=20) == "anna"
        await ringing.hang_up()


def people(installation: Installation) -> dict[str, str | None]:
    with urllib.request.urlopen(installation.endpoints().api["people"], timeout=5) as answer:
        told: dict[str, str | None] = json.loads(answer.read())
        return told


def alarms(installation: Installation) -> list[str]:
    with urllib.request.urlopen(installation.endpoints().api["ready"], timeout=5) as answer:
        told: list[str] = json.loads(answer.read())["alarms"]
        return told


def test_a_call_is_served_without_a_database_and_registered_when_it_is_back(served: Installation) -> None:
    database = served.folder / "switchboard.db"
    hidden = hide(database)
    with serving(served):
        asyncio.run(talk(served))
        asyncio.run(until(lambda: undelivered(served.spool).rows))
        assert any("are in the spool" in alarm for alarm in alarms(served))
        said = switchboard(served.folder, "doctor")
        assert said.returncode == 1
        assert "rows wait in" in said.stdout
        database.rmdir()
        hidden.rename(database)
        asyncio.run(until(lambda: not alarms(served)))
        assert undelivered(served.spool).rows == 0
    opened = connect(served.settings.database or "")
    (call,) = Stories(opened).calls()
    story = Stories(opened).story(call.id)
    opened.close()
    assert (call.number, call.customer, call.looked_up, call.end) == (KEY_CUSTOMER, "c101", "earlier", "talk")
    assert story is not None
    assert [leg.person for leg in story.legs if leg.answered] == ["anna"]
    assert story.recording is not None


def test_the_first_start_of_all_without_a_database_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "switchboard.db").mkdir()
    up_there = [sys.executable, "-m", "ari_app", "up", "--data", str(tmp_path)]
    refused = subprocess.run(up_there, cwd=TOP, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert f"{tmp_path}/switchboard.db" in refused.stderr
    assert "Traceback" not in refused.stderr
