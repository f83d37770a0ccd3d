"""What an admin sees of a running installation on the command line."""

import asyncio
import json
import re
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.desk import Staff
from demo.endpoints import read
from demo.phone import Phone
from premises.installation import Installation
from tests.asterisk.conftest import switchboard
from tests.company import TOP
from tests.until import until

KEY_CUSTOMER = "+79160000101"
LINE = "+74950000001"
COMPANY = TOP / "demo" / "company"


@pytest.fixture(scope="module")
def call(installation: Installation) -> dict[str, object]:
    """A call of a key customer that anna takes, as ``calls --json`` has it."""
    asyncio.run(_talk(installation))
    deadline = time.monotonic() + 10
    while True:
        listed = switchboard(installation.folder, "calls", "--person", "anna", "--limit", "1", "--json").stdout
        row: dict[str, object] = json.loads(listed or "{}")
        if row.get("ended") or time.monotonic() > deadline:
            return row
        time.sleep(0.1)


async def _talk(installation: Installation) -> None:
    addresses = read(installation.endpoints_file)
    async with Staff(addresses), Phone(KEY_CUSTOMER, server=addresses.server) as phone:
        await until(lambda: _people(installation)["anna"] is None)  # the engine knows that she is there
        ringing = await phone.dial("+74950000001")
        await ringing.answered()
        await ringing.press("1")
        assert await ringing.who(("anna",), within=20) == "anna"
        await ringing.hang_up()


def test_a_call_is_listed_with_who_called_and_how_it_ended(call: dict[str, object]) -> None:
    assert (call["number"], call["customer"], call["end"], call["intent"]) == (KEY_CUSTOMER, "c101", "talk", "order")


def test_a_customers_code_and_debt_are_in_no_row(call: dict[str, object]) -> None:
    assert "4471" not in json.dumps(call)
    assert "120000" not in json.dumps(call)


def test_the_story_of_a_call_tells_each_step_and_why(installation: Installation, call: dict[str, object]) -> None:
    deadline = time.monotonic() + 10
    while "recording " not in (story := switchboard(installation.folder, "call", str(call["id"]))).stdout:
        assert time.monotonic() < deadline, story.stdout  # it is sealed a moment after the call
        time.sleep(0.1)
    assert story.returncode == 0
    for told in ("fits [D4]", "passed over", "anna talked for"):
        assert told in story.stdout, story.stdout


def test_the_table_of_calls_shows_it_too(installation: Installation, call: dict[str, object]) -> None:
    assert str(call["id"]) in switchboard(installation.folder, "calls", "--since", "1h").stdout


def test_a_call_that_is_not_there_is_said_so(installation: Installation) -> None:
    told = switchboard(installation.folder, "call", "1.1")
    assert (told.returncode, told.stderr) == (1, "switchboard call: the register has no call 1.1\n")


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("check",), 0, "every caller reaches an answer"),
        (("check", "--schema"), 0, '"$schema"'),
        (("explain", "--caller", KEY_CUSTOMER, "--dialled", LINE, "--keys", "1"), 0, "anna"),
        (("explain", "--caller", KEY_CUSTOMER, "--dialled", LINE, "--keys", "1", "--absent", "anna"), 0, "boris"),
        (("explain", "--at", "noon"), 1, "2026-12-31T10:00"),
        (("explain", "--at", "2026-12-01T03:00"), 0, "▶"),
        (("people",), 0, "Anna Orlova"),
        (("people", "nobody", "--back"), 1, "nobody in the directory"),
        (("people", "--back"), 1, "say who"),
        (("recordings",), 0, "seconds"),
        (("recordings", "messages"), 0, "messages that nobody has heard yet"),
        (("calls", "--since", "never"), 2, "is no time"),
        (("import", "people", "/nowhere.csv"), 1, "nowhere.csv:1:1"),
        (("import", "customers", str(COMPANY / "customers.csv")), 0, "rows, 0 new"),
        (("up", "--exit"), 1, "--exit goes with --demo"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_command_answers(installation: Installation, arguments: tuple[str, ...], status: int, told: str) -> None:
    done = switchboard(installation.folder, *arguments)
    assert (done.returncode, told in done.stdout + done.stderr) == (status, True), done.stdout + done.stderr


def test_files_and_register_agree(installation: Installation, call: dict[str, object]) -> None:
    assert call
    verified = switchboard(installation.folder, "recordings", "verify")
    assert verified.returncode == 0, verified.stdout


def test_the_doctor_finds_nothing_wrong_with_a_healthy_installation(installation: Installation) -> None:
    told = switchboard(installation.folder, "doctor")
    assert told.returncode == 0, told.stdout


def test_the_doctor_says_what_an_empty_folder_lacks(tmp_path: Path) -> None:
    told = switchboard(tmp_path, "doctor")
    assert told.returncode == 1
    assert "nobody is in it" in told.stdout
    assert "not running" in told.stdout


def test_the_configuration_is_written_for_another_asterisk(installation: Installation, tmp_path: Path) -> None:
    done = switchboard(installation.folder, "render", str(tmp_path / "conf"))
    assert done.returncode == 0, done.stderr
    assert "pjsip" in done.stdout
    assert list((tmp_path / "conf").glob("pjsip*"))
    port = re.search(r"It listens at 127\.0\.0\.1:(\d+)", done.stdout)
    assert port is not None
    socket.create_connection(("127.0.0.1", int(port[1])), 5).close()  # the stand-in that runs is there


def test_the_metrics_count_calls(installation: Installation, call: dict[str, object]) -> None:
    assert call
    with urllib.request.urlopen(installation.endpoints().api["metrics"], timeout=5) as page:
        assert b'switchboard_calls_total{end="talk"}' in page.read()


def test_it_is_alive_and_ready(installation: Installation) -> None:
    for page in ("health", "ready"):
        with urllib.request.urlopen(installation.endpoints().api[page], timeout=5) as answer:
            assert answer.status == 200


def test_who_is_away_is_known_to_the_engine_within_seconds(installation: Installation) -> None:
    for options, state in ((("--away", "lunch"), "away"), (("--back",), "not registered")):
        assert switchboard(installation.folder, "people", "mark", *options).returncode == 0
        assert _soon(lambda: _people(installation)["mark"], state)


def test_changed_rules_are_picked_up_and_bad_ones_refused(installation: Installation) -> None:
    file = installation.rule_file
    good = file.read_text(encoding="utf-8")
    versions = len(list(installation.rules.glob("*.yaml")))
    try:
        file.write_text(good.replace("menu: main", "menu: mian"), encoding="utf-8")
        assert _soon(lambda: b'{verdict="refused"} 1.0' in _metrics(installation), expected=True)
        assert len(list(installation.rules.glob("*.yaml"))) == versions
        file.write_text(good + "\n# one more line\n", encoding="utf-8")
        assert _soon(lambda: len(list(installation.rules.glob("*.yaml"))), versions + 1)
    finally:
        file.write_text(good, encoding="utf-8")


def _people(installation: Installation) -> dict[str, str | None]:
    with urllib.request.urlopen(installation.endpoints().api["people"], timeout=5) as page:
        people: dict[str, str | None] = json.load(page)
    return people


def _metrics(installation: Installation) -> bytes:
    with urllib.request.urlopen(installation.endpoints().api["metrics"], timeout=5) as page:
        text: bytes = page.read()
    return text


def _soon(look: Callable[[], object], expected: object) -> bool:
    """Whether it becomes so within ten seconds."""
    deadline = time.monotonic() + 10
    while look() != expected:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
