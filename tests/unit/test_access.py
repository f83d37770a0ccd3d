"""Who had access is noted, line by line, by any number of processes."""

import os
import pwd
import stat
from pathlib import Path

import pytest

from premises.access import AccessLog, user


def test_lines_are_added_for_the_owner_only(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "access.jsonl")
    assert list(log.entries()) == []
    log.note("recording exported", "1.1", tmp_path / "a.wav")
    AccessLog(tmp_path / "access.jsonl").note("customer erased", "c1")
    assert [(one.what, one.of, one.to) for one in log.entries()] == [
        ("recording exported", "1.1", str(tmp_path / "a.wav")),
        ("customer erased", "c1", None),
    ]
    assert stat.S_IMODE((tmp_path / "access.jsonl").stat().st_mode) == 0o600


@pytest.mark.parametrize("torn", [b'"1.1', b'"1.\xd0"}'], ids=["cut off", "half a letter is left"])
def test_a_torn_line_hides_no_other(tmp_path: Path, torn: bytes) -> None:
    file = tmp_path / "access.jsonl"
    log = AccessLog(file)
    log.note("recording exported", "1.1")
    file.write_bytes(file.read_bytes().partition(b'"1.1"')[0] + torn + b"\n")
    log.note("recording exported", "1.2")
    assert [one.of for one in log.entries()] == ["1.2"]


def test_the_user_is_the_systems_and_not_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody else")
    monkeypatch.setenv("USER", "somebody else")
    monkeypatch.delenv("SUDO_USER", raising=False)
    assert user() == pwd.getpwuid(os.getuid()).pw_name


def test_root_is_told_with_who_became_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setenv("SUDO_USER", "anna")
    assert user() == "root (sudo by anna)"


def test_a_user_without_a_name_is_told_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    assert user() == "54321"
