"""Words of the command line that nobody can mean: told in a line, with what to write, before anything is done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ari_app.cli import main
from premises.settings import PROGRAM


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("calls --since 99999999999d", "is no time: 2026-11-24"),
        ("calls --since 800000d", "is no time"),
        ("calls --since 0001-01-01T00:00+14:00", "is no time"),
        ("calls --until 9999-12-31T23:59-14:00", "is no time"),
        ("calls --limit -1", "1 to 1000000"),
        ("calls --limit 99999999999999999999", "1 to 1000000"),
        ("recordings --limit 0", "1 to 1000000"),
        ("audit --since 0001-01-01", "is no time"),
        ("report day --date 0001-01-01", "write it as 2026-11-24"),
        ("report month --date 9999-12-31", "write it as 2026-11-24"),
        ("report day --within 1e300", "write it as 20"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    words: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*words.split(), "--data", str(tmp_path)])
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("explain --caller abc", "--caller abc: no number"),
        ("explain --absent ana", "nobody in the directory is called 'ana'"),
        ("explain --hands-over ana=600", "nobody in the directory is called 'ana'"),
    ],
)
def test_a_path_is_not_explained_for_whom_there_is_not(
    words: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words.split(), "--data", str(tmp_path)]) == 1
    assert told in capsys.readouterr().err


def test_a_folder_whose_path_is_too_long_for_sockets_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", "--data", str(tmp_path / ("x" * 89))]) == 1
    assert "the path is too long, take one of 89 bytes at most" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("file", ["settings.yaml", "routing_rules.yaml"])
def test_the_sample_company_takes_nobody_s_place(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / file).write_text("# mine\n")
    assert main(["up", "--demo", "--data", str(tmp_path)]) == 1
    assert "has a company of its own" in capsys.readouterr().err
    assert (tmp_path / file).read_text() == "# mine\n"


def test_whoever_reads_may_stop_reading(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "ari_app", "doctor", "--data", str(tmp_path)]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, cwd=PROGRAM)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
