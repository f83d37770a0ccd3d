"""What an import says: what came in, or every mistake with its place and what to do about it."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

import msgspec

from db.text import clean

MOST_KEPT = 1000
"""Mistakes after which a file is not read on: it is wrong in one way all over."""
_LONGEST_SHOWN = 60
_MOST_LISTED = 12

Progress = Callable[[int], None]
"""Told now and then how many rows have been read."""


def silent(_rows: int) -> None:
    """Nobody wants to know."""


class Mistake(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong in a file."""

    line: int
    """From 1, as an editor counts."""
    position: int
    """The first character of the cell within its line, from 1."""
    column: str
    """The column's name; empty when the whole row or file is meant."""
    message: str
    help: str = ""
    """What to write instead, where that can be told."""
    file: str = ""

    def __str__(self) -> str:
        """One line: ``customers.csv:12:34: manager: nobody has the id `ana` (did you mean `anna`?)``."""
        column = f" {self.column}:" if self.column else ""
        advice = f" ({self.help})" if self.help else ""
        return f"{self.file}:{self.line}:{self.position}:{column} {self.message}{advice}"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How an import went. With mistakes nothing was changed."""

    file: str
    rows: int
    """Rows read, the header not counted."""
    added: int = 0
    """New ones; the other rows were known already and are now as the file has them."""
    removed: int = 0
    """Those that the file does not have, where their removal was asked for."""
    mistakes: tuple[Mistake, ...] = ()
    """All of them, in the order of the file; with `MOST_KEPT` of them the file was not read on."""

    def __str__(self) -> str:
        """One line."""
        if self.mistakes:
            count = len(self.mistakes)
            rest = ", and the rest was not read" if count >= MOST_KEPT else ""
            return f"{self.file}: {count} mistake{'s' if count > 1 else ''} in {self.rows} rows{rest}"
        gone = f", {self.removed} removed" if self.removed else ""
        return f"{self.file}: {self.rows} rows, {self.added} new{gone}"


class Findings:
    """The mistakes found so far in one file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._mistakes: list[Mistake] = []

    def __len__(self) -> int:
        return len(self._mistakes)

    @property
    def are_enough(self) -> bool:
        """Whether there is no use in reading on."""
        return len(self) >= MOST_KEPT

    def add(self, line: int, position: int, column: str, message: str, advice: str = "") -> None:
        """Note a mistake."""
        if not self.are_enough:
            self._mistakes.append(Mistake(line, position, column, message, advice, self._file))

    def in_order(self) -> tuple[Mistake, ...]:
        """In the order of the file."""
        return tuple(sorted(self._mistakes))


def quoted(text: str) -> str:
    """A cell's text as a message shows it: short, and harmless to a terminal."""
    shown = clean(text.replace("\n", " "), _LONGEST_SHOWN)
    return f"`{shown}…`" if len(text) > _LONGEST_SHOWN else f"`{shown}`"


def nearest(word: str, known: Iterable[str]) -> str:
    """Help for a word that is not known: the nearest that is, else all of them, as far as they are few."""
    words = {one.casefold(): one for one in known}
    if near := get_close_matches(word.casefold(), words, n=1):
        return f"did you mean `{words[near[0]]}`?"
    if not words:
        return "there is none yet"
    ordered = sorted(words.values())
    more = f" and {len(ordered) - _MOST_LISTED} more" if len(ordered) > _MOST_LISTED else ""
    return f"there are: {', '.join(ordered[:_MOST_LISTED])}{more}"


def listed(words: Iterable[str]) -> str:
    """Words in backticks, with commas."""
    return ", ".join(f"`{word}`" for word in words)
