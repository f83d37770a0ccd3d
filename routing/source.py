"""A file's text and the places in it: lines and columns as an editor counts them, both from 1."""

from __future__ import annotations

import re
from bisect import bisect_right

import msgspec

_LINE_END = re.compile(r"\r\n|\r|\n")


class Place(msgspec.Struct, frozen=True, order=True):
    """Where something stands: a line, a column in characters, and how many characters of that line belong to it."""

    line: int
    column: int
    length: int = 1


class Source:
    """A text in which an index can be turned into a place.

    Lines end at LF, CR LF or CR only: YAML and `str.splitlines` know more line ends, but editors do not count those.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        ends = list(_LINE_END.finditer(text))
        self._starts = [0, *(end.end() for end in ends)]
        self._stops = [*(end.start() for end in ends), len(text)]

    def line(self, number: int) -> str:
        """The text of a line, without its end; empty when there is no such line."""
        if not 1 <= number <= len(self._starts):
            return ""
        return self.text[self._starts[number - 1] : self._stops[number - 1]]

    def place(self, start: int, end: int | None = None) -> Place:
        """The place of the characters from ``start`` to ``end``, as far as they stand on the first one's line."""
        row = bisect_right(self._starts, start) - 1
        stop = min(end if end is not None else start + 1, self._stops[row])
        return Place(row + 1, start - self._starts[row] + 1, max(1, stop - start))


def decode(text: bytes) -> str:
    """The bytes as UTF-8 without a byte-order mark; what is no UTF-8 becomes a replacement character."""
    return text.decode("utf-8-sig", errors="replace")
