"""``switchboard call ID`` of a call whose way through the rules is damaged, or was written by another version."""

import json
from pathlib import Path

import pytest

from ari_app.cli import main
from db.database import Database
from premises.installation import Installation
from tests.integration import rows
from tests.integration.test_outbox import put

NO_TRAILS = (b"\x00\xff", b'{"rules":', b'{"rules": "a", "entries": [{"step": "of another version"}]}', b'{"\xff": 1}')


@pytest.fixture
def installation(
    database: Database, migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    monkeypatch.setenv("SWITCHBOARD_DATABASE", migrated_url)
    put(database, *(rows.call(f"1.{number}", trail=trail) for number, trail in enumerate(NO_TRAILS)))
    put(database, rows.leg("leg-1.0-1", call="1.0"), rows.recording("1.0"))
    return Installation(tmp_path / "data")


def test_all_else_of_it_is_told(installation: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(len(NO_TRAILS)):
        assert main(["call", "--data", str(installation.folder), f"1.{number}"]) == 0
        told = capsys.readouterr().out
        assert "its way through the rules cannot be read" in told
        assert "+74951234567, customer c1 dialled +74950000001" in told
        assert told.endswith("talk\n")


def test_legs_and_recording_are_told(installation: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", "--data", str(installation.folder), "1.0"]) == 0
    told = capsys.readouterr().out
    assert "anna talked for 20.5 s" in told
    assert "recording 2026/11/24/1.0.wav, 58.8 s" in told


def test_as_json_it_is_json(installation: Installation, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    data = ["--data", str(installation.folder)]
    printed = []
    for command in (["call", *data, "1.0", "--json"], ["calls", *data, "--json"], ["customer", *data, "export", "c1"]):
        assert main(command) == 0
        printed.append(capsysbinary.readouterr().out)
    one, listed, known = printed
    for call in (json.loads(one), json.loads(listed.splitlines()[-1]), json.loads(known)["calls"][0]["call"]):
        assert (call["id"], call["trail"]) == ("1.0", "\x00\N{REPLACEMENT CHARACTER}")
