"""Files that only their owner can read, as several processes of an installation write them."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dialplan import private

WRITER = """
import sys
from pathlib import Path
from dialplan import private
for _ in range(200):
    private.write(Path(sys.argv[1]), sys.argv[2].encode() * 100_000)
"""


def test_whoever_reads_while_two_processes_write_has_what_one_of_them_wrote(tmp_path: Path) -> None:
    file = tmp_path / "prompt.wav"
    private.write(file, b"c" * 100_000)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), letter]) for letter in "ab"]
    while any(writer.poll() is None for writer in writers):
        content = file.read_bytes()
        assert (len(content), len(set(content))) == (100_000, 1)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert [one.name for one in tmp_path.iterdir()] == [file.name]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        private.write(tmp_path / "taken", b"new")
    assert [one.name for one in tmp_path.iterdir()] == ["taken"]
