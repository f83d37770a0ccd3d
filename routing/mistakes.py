"""Mistakes in a rule file, each with its place, and how they are shown to the admin who made them.

routing_rules.yaml:38:31: no menu is called `mian`
   |
38 |       8: {language: ru, menu: mian}
   |                               ^^^^
   = help: did you mean `main`?
"""

from __future__ import annotations

import unicodedata
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

import msgspec

from routing.source import Source, decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WIDEST = 110
"""How many terminal cells of a line are shown; of a longer one the part around the mistake."""
_LEAD = 60
"""How many cells are shown before the mistake in a line that is too long."""
_LONGEST_MESSAGE = 300
_MOST_READ = 400
"""How many characters around a place are looked at, some of which may take no cell: a line may be the whole file."""
_TAB = 4
_UNSEEN = "\N{REPLACEMENT CHARACTER}"
_BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


class Mistake(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong, and what would be right."""

    line: int
    """From 1."""
    column: int
    """In characters, from 1."""
    message: str
    help: str = ""
    """What to write instead, where that can be told."""
    length: int = 1
    """How many characters of the line are meant."""


class BadRules(Exception):  # noqa: N818 - it is the rules that are bad, and it reads so where it is caught
    """A rule file that cannot be used. ``mistakes`` has all that is wrong with it, in the order of the file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        first = self.mistakes[0]
        super().__init__(f"line {first.line}: {first.message} ({len(self.mistakes)} in all)")


def render_mistakes(mistakes: Iterable[Mistake], file: str, text: bytes) -> str:
    """All mistakes as plain text: each with its line and a caret under the place, then how many there are.

    ``file`` is the file's name as the admin gave it, ``text`` the bytes that were read from it.
    """
    source = Source(decode(text))
    blocks = ["\n".join(_block(mistake, file, source)) for mistake in sorted(mistakes)]
    count = f"{len(blocks)} mistake{'' if len(blocks) == 1 else 's'} in {file}"
    return "\n\n".join([*blocks, count]) + "\n"


def _block(mistake: Mistake, file: str, source: Source) -> Iterator[str]:
    gutter = " " * len(str(mistake.line))
    shown, caret = _underlined(source.line(mistake.line), mistake.column - 1, mistake.length)
    yield f"{file}:{mistake.line}:{mistake.column}: {_plain(mistake.message)}"
    yield f"{gutter} |"
    yield f"{mistake.line} | {shown}".rstrip()
    yield f"{gutter} | {caret}"
    if mistake.help:
        yield f"{gutter} = help: {_plain(mistake.help)}"


def _plain(text: str) -> str:
    """One line that a terminal can show, however long and strange the word is that the message repeats."""
    return "".join(shown for shown, _ in _cut(_cells(" ".join(text.split())), _LONGEST_MESSAGE))


def _underlined(line: str, start: int, length: int) -> tuple[str, str]:
    """The line as a terminal shows it, and carets below the cells that the characters from ``start`` on take.

    A right-to-left word keeps its cells, whichever way a terminal writes it, so the carets are under the same word.
    """
    first = _first_shown(line, start)
    end = start + length
    before, marked = _cells(line[first:start]), _cells(line[start : min(end, start + _MOST_READ)])
    room = max(0, _WIDEST - _width(before) - _width(marked))
    rest = _cells(line[end : end + _MOST_READ]) if _width(marked) <= _WIDEST else []  # else it is cut, and says so
    marked, rest = _cut(marked, _WIDEST), _cut(rest, room)
    lead = "…" if first else ""
    shown = lead + "".join(text for text, _ in [*before, *marked, *rest])
    return shown, " " * (len(lead) + _width(before)) + "^" * max(1, _width(marked))


def _first_shown(line: str, start: int) -> int:
    """Where the shown part of a line begins: at 0 unless the line is too long."""
    if len(line) <= _MOST_READ and _width(_cells(line)) <= _WIDEST:
        return 0
    widths = accumulate(_cell(character)[1] for character in reversed(line[max(0, start - _MOST_READ) : start]))
    return start - sum(1 for _ in takewhile(lambda width: width <= _LEAD, widths))


def _cells(text: str) -> list[tuple[str, int]]:
    """What is shown for each character, and how many cells of a terminal that takes."""
    return [_cell(character) for character in text]


def _cell(character: str) -> tuple[str, int]:
    if character == "\t":
        return " " * _TAB, _TAB
    category = unicodedata.category(character)
    # Control characters move a terminal's cursor, bidi controls turn the rest of the line around: neither is echoed.
    if category in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(character) in _BIDI_CONTROLS:
        return _UNSEEN, 1
    if category in {"Mn", "Me", "Cf"}:
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _width(cells: list[tuple[str, int]]) -> int:
    return sum(width for _, width in cells)


def _cut(cells: list[tuple[str, int]], room: int) -> list[tuple[str, int]]:
    """As many cells as there is room for, with a sign that something was left out."""
    if _width(cells) <= room:
        return cells
    while _width(cells) > room:
        cells = cells[: len(cells) * 3 // 4]
    return [*cells, ("…", 1)]
