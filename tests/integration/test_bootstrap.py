"""The set-up scripts: which Asterisk is good enough, and when a set-up has to be done again."""

import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]


def sh(script: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-euc", script, "sh", *map(str, arguments)],
        env={"PATH": "/usr/bin:/bin", **environment},
        text=True,
        capture_output=True,
        check=False,
    )


def program(path: Path, output: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{output}'\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    "script", ["switchboard", *sorted(f"setup/{path.name}" for path in (TOP / "setup").glob("*.sh"))]
)
def test_every_script_can_be_read_by_a_plain_shell(script: str) -> None:
    done = subprocess.run(["sh", "-n", TOP / script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("told", "good"),
    [
        ("Asterisk 22.10.1+dfsg+~cs6.17", True),
        ("Asterisk 22.10.0", True),
        ("Asterisk 23.0.0", True),
        ("Asterisk 22.9.3", False),
        ("Asterisk 20.11.1~dfsg", False),
        ("Asterisk GIT-master-abc", False),
        ("no such library", False),
        ("", False),
    ],
)
def test_which_asterisk_is_new_enough(tmp_path: Path, told: str, good: bool) -> None:
    asterisk = program(tmp_path / "an asterisk", told)
    done = sh('. "$1/setup/programs.sh"; is_new_enough "$2"', TOP, asterisk)
    assert (done.returncode == 0) is good


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in a folder with a space in its name, all set up."""
    folder = tmp_path / "my clone"
    shutil.copytree(TOP / "setup", folder / "setup")
    for name in ("switchboard", "requirements.lock", "requirements-test.lock"):
        shutil.copy(TOP / name, folder / name)
    program(folder / ".setup/venv/bin/python", "python")
    program(folder / ".setup/bin/asterisk", "Asterisk 22.10.1")
    done = sh('. "$1/setup/ready.sh"; fingerprint "$1" up >"$1/.setup/up.ready"', folder)
    assert done.returncode == 0, done.stderr
    return folder


def is_ready(clone: Path, kind: str = "up", **environment: str) -> bool:
    return sh('. "$1/setup/ready.sh"; is_ready "$1" "$2"', clone, kind, **environment).returncode == 0


def test_a_complete_set_up_is_not_done_again(clone: Path) -> None:
    assert is_ready(clone)
    assert not is_ready(clone, "test")


def test_other_requirements_mean_a_new_set_up(clone: Path) -> None:
    with (clone / "requirements.lock").open("a") as lock:
        lock.write("# one more\n")
    assert not is_ready(clone)


def test_a_moved_folder_means_a_new_set_up(clone: Path) -> None:
    assert not is_ready(clone.rename(clone.with_name("moved")))


def test_a_program_that_is_gone_means_a_new_set_up(clone: Path) -> None:
    (clone / ".setup/bin/sox").symlink_to("/no/such/sox")
    assert not is_ready(clone)


def test_another_asterisk_named_means_a_new_set_up(clone: Path, tmp_path: Path) -> None:
    assert is_ready(clone, ASTERISK=str(clone / ".setup/bin/asterisk"))
    assert not is_ready(clone, ASTERISK=str(program(tmp_path / "other", "Asterisk 22.11.0")))


def test_a_named_asterisk_that_is_too_old_is_said(clone: Path, tmp_path: Path) -> None:
    old = program(tmp_path / "old", "Asterisk 20.1.0")
    done = sh('"$1/switchboard" up', clone, ASTERISK=str(old))
    assert done.returncode == 1
    assert f"ASTERISK={old} does not run, or is older than 22.10" in done.stderr
