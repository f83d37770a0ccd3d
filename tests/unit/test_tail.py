"""Reading what another program adds to a file."""

from pathlib import Path

from ari_app.pbx.tail import Tail


def add(file: Path, text: str) -> None:
    with file.open("a") as more:
        more.write(text)


def test_lines_are_given_once_whole_and_from_where_one_began(tmp_path: Path) -> None:
    file = tmp_path / "log"
    with Tail(file) as tail:
        assert tail.lines() == []
        add(file, "early\n")
        tail.skip()
        add(file, "one\ntw")
        assert tail.lines() == [b"one"]
        add(file, "o\n")
        assert (tail.lines(), tail.lines()) == ([b"two"], [])


def test_a_file_that_is_set_aside_is_read_to_its_end_before_the_next_one(tmp_path: Path) -> None:
    file = tmp_path / "log"
    add(file, "one\n")
    with Tail(file) as tail:
        assert tail.lines() == [b"one"]
        add(file, "two\n")
        file.rename(tmp_path / "log.old")
        assert tail.lines() == [b"two"]
        add(file, "three\n")
        assert tail.lines() == [b"three"]
