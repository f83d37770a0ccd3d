"""Secrets: long, private, made once."""

import stat
from pathlib import Path

import pytest

from ari_app.pbx import accounts
from ari_app.pbx.asterisk import PbxError


def test_every_secret_is_long_and_its_own(tmp_path: Path) -> None:
    made = accounts.settle(tmp_path / "secrets.json", ["anna", "boris"])
    secrets = [*made.phones.values(), made.ari.secret, made.ami.secret]
    assert len(set(secrets)) == 4
    assert set(map(len, secrets)) == {24}


def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    accounts.settle(file, ["anna"])
    file.chmod(0o644)
    accounts.settle(file, ["anna"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_new_person_gets_one_and_the_others_keep_theirs(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    before = accounts.settle(file, ["anna", "boris"])
    after = accounts.settle(file, ["anna", "vera"])
    assert after.phones.items() >= before.phones.items()
    assert "vera" in after.phones
    assert (after.ari, after.ami) == (before.ari, before.ami)
    assert accounts.settle(file, []) == after


def test_a_damaged_file_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text("{")
    with pytest.raises(PbxError, match=r"is damaged .*: bring it back from a backup"):
        accounts.settle(file, ["anna"])
    assert file.read_text() == "{"


def test_secrets_do_not_show_when_printed(tmp_path: Path) -> None:
    made = accounts.settle(tmp_path / "secrets.json", ["anna"])
    assert made.phones["anna"] not in repr(made)
    assert made.ari.secret not in repr(made)
