"""An installation's settings: what may be written there, and what is refused with what to do."""

import re
from pathlib import Path

import pytest

from premises.settings import BadSettings, Settings, read_settings


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# desks: 4\n",
        "trunk: {match: [192.0.2.10, 198.51.100.0/28, sip.example.com, '2001:db8::/32']}",
        "trunk: {contact: 'sip:192.0.2.10;transport=tcp', user: '4711', secret: hush}",
        "address: 0.0.0.0",
        "keep_recordings_days: 365",
    ],
)
def test_settings_as_they_should_be(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.yaml").write_text(text)
    assert read_settings(tmp_path).desks == Settings().desks


@pytest.mark.parametrize(
    ("given", "database"),
    [
        ("sqlite:///other/calls.db", "sqlite:////data/other/calls.db"),
        ("sqlite:////srv/calls.db", "sqlite:////srv/calls.db"),
        ("postgresql://u@h/n", "postgresql://u@h/n"),
    ],
)
def test_a_relative_file_of_the_database_is_in_the_data_folder(tmp_path: Path, given: str, database: str) -> None:
    (tmp_path / "settings.yaml").write_text(f"database: {given}")
    assert read_settings(tmp_path).database == database.replace("/data", str(tmp_path))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("keep_recordings_days: -1", ">= 0", id="recordings of the future deleted"),
        pytest.param("keep_recordings_days: 9999999999", "<= 36500", id="longer than there are days"),
        pytest.param("address: localhost", "is none: write", id="a name for an address"),
        pytest.param("address: 10.0.0.300", "is none: write", id="an impossible address"),
        pytest.param("trunk: {match: []}", "`match` is empty", id="nobody can call"),
        pytest.param('trunk: {match: ["192.0.2.1, 192.0.2.2"]}', "is no address", id="two addresses in one"),
        pytest.param("trunk: {contact: 192.0.2.10}", "write it as sip:", id="an address that is no SIP address"),
        pytest.param('trunk: {contact: "sip:a\\nb"}', "write it as sip:", id="two lines for an address"),
        pytest.param("trunk: {contact: 'sip:b.c', user: a}", "belong together", id="a user without a secret"),
        pytest.param("trunk: {user: a, secret: b}", "without `contact`", id="nowhere to register"),
        pytest.param('trunk: {contact: "sip:b", user: a, secret: "b\\nc"}', "control characters", id="two lines"),
        pytest.param("x: 2026-99-99", "month", id="a day that is none"),
        pytest.param("desks: [", "did not find", id="no YAML"),
        pytest.param("- 1", "Expected `object", id="a list"),
        pytest.param("desk: 4", "unknown field `desk`", id="an unknown setting"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "settings.yaml").write_text(text)
    with pytest.raises(BadSettings, match=re.escape(told)):
        read_settings(tmp_path)
