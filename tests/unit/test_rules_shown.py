"""How mistakes look to the admin: the line, carets under the place, help, whatever the line is made of."""

import pytest

from routing import BadRules, Mistake, load, render_mistakes
from routing.source import Source


def test_a_mistake_is_shown_with_its_line() -> None:
    text = b"menus:\n  main:\n    keys: {8: {language: ru, menu: mian}}\n"
    mistake = Mistake(line=3, column=34, message="no menu is called `mian`", help="did you mean `main`?", length=4)
    assert render_mistakes([mistake], "rules.yaml", text) == (
        "rules.yaml:3:34: no menu is called `mian`\n"
        "  |\n"
        "3 |     keys: {8: {language: ru, menu: mian}}\n"
        "  |                                  ^^^^\n"
        "  = help: did you mean `main`?\n"
        "\n"
        "1 mistake in rules.yaml\n"
    )


def test_several_are_shown_in_the_order_of_the_file() -> None:
    later, sooner = Mistake(line=10, column=1, message="later"), Mistake(line=2, column=1, message="sooner")
    shown = render_mistakes([later, sooner], "f", b"a\n" * 10)
    assert shown.index("f:2:1: sooner\n  |\n2 | a\n  | ^") < shown.index("f:10:1: later\n   |\n10 | a\n   | ^")
    assert shown.endswith("2 mistakes in f\n")


@pytest.mark.parametrize(
    ("line", "column", "length", "shown", "caret"),
    [
        ("\tb: x", 2, 1, "    b: x", "    ^"),
        ("\tb: x", 1, 1, "    b: x", "^^^^"),
        ("会社: x", 5, 1, "会社: x", "      ^"),
        ("会社: x", 1, 2, "会社: x", "^^^^"),
        ("e\u0301: x", 5, 1, "e\u0301: x", "   ^"),
        ("می\u200cشود: x", 9, 1, "می\u200cشود: x", "       ^"),
        ("a: \x1b[31mred", 9, 3, "a: \N{REPLACEMENT CHARACTER}[31mred", "        ^^^"),
        ("a: \u202eevil", 5, 4, "a: \N{REPLACEMENT CHARACTER}evil", "    ^^^^"),
        ("a: \u2028b", 5, 1, "a: \N{REPLACEMENT CHARACTER}b", "    ^"),
        ("a", 9, 1, "a", " ^"),
        ("", 1, 1, "", "^"),
    ],
    ids=[
        "after a tab",
        "a tab",
        "after wide characters",
        "wide characters",
        "after a combining accent",
        "after Persian with a joiner",
        "after an escape",
        "after a character that turns the line around",
        "after a line separator",
        "beyond the end",
        "an empty line",
    ],
)
def test_carets_stand_under_their_place(line: str, column: int, length: int, shown: str, caret: str) -> None:
    mistake = Mistake(line=1, column=column, message="x", length=length)
    assert render_mistakes([mistake], "f", line.encode()).splitlines()[2:4] == [f"1 | {shown}".rstrip(), f"  | {caret}"]


def test_a_long_line_is_shown_around_the_place() -> None:
    line = "a" * 300 + "WRONG" + "b" * 300
    shown = render_mistakes([Mistake(line=1, column=301, message="x", length=5)], "f", line.encode()).splitlines()
    assert shown[2].startswith("1 | …" + "a" * 60 + "WRONG" + "b")
    assert shown[2].endswith("b…")
    assert len(shown[2]) < 120
    assert shown[3] == "  | " + " " * 61 + "^" * 5


def test_a_long_line_is_shown_from_its_beginning_when_the_place_is_there() -> None:
    shown = render_mistakes([Mistake(line=1, column=3, message="x")], "f", b"y" * 300).splitlines()
    assert shown[2].startswith("1 | yyy")
    assert shown[3] == "  |   ^"


def test_a_place_that_is_too_long_is_cut() -> None:
    shown = render_mistakes([Mistake(line=1, column=1, message="x", length=300)], "f", b"y" * 400).splitlines()
    assert len(shown[2]) < 120
    assert shown[2].endswith("y…")
    assert set(shown[3][4:]) == {"^"}


def test_a_message_stays_on_one_line_whatever_word_it_repeats() -> None:
    mistake = Mistake(line=1, column=1, message="no `a\nb \u202e`", help="x" * 1000)
    shown = render_mistakes([mistake], "f", b"a").splitlines()
    assert shown[0] == "f:1:1: no `a b \N{REPLACEMENT CHARACTER}`"
    assert len(shown[4]) < 320


def test_a_file_that_is_no_text_is_shown_all_the_same() -> None:
    text = b"a: \xff\xfe b"
    with pytest.raises(BadRules) as bad:
        load(text)
    assert "1 | a: \N{REPLACEMENT CHARACTER}" in render_mistakes(bad.value.mistakes, "f", text)


def test_a_line_that_is_not_there_is_empty() -> None:
    assert [Source("a\nb").line(number) for number in (0, 1, 2, 3)] == ["", "a", "b", ""]


def test_the_exception_tells_the_first_mistake_and_their_number() -> None:
    bad = BadRules([Mistake(line=7, column=1, message="later"), Mistake(line=2, column=1, message="sooner")])
    assert str(bad) == "line 2: sooner (2 in all)"
