"""Callers' numbers, as far as the rules tell them apart: one for each pattern, and one that no pattern knows."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from routing.conditions import WITHHELD, calls_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from routing.rulebook import Rulebook

_LENGTH = 12
"""Of the numbers made up here: a plus sign and eleven digits."""
_ANYBODY = ("+15550100000", "+25550100000", "+95550100000", "5550100", "0")
"""Tried in this order for a caller whom no pattern knows."""


class Numbers:
    """Numbers in order, and the withheld one after them; each stands for all that the same patterns know."""

    def __init__(self, rulebook: Rulebook, used: Iterable[str]) -> None:
        self._lists = rulebook.callers
        patterns = {entry for name in used for entry in self._lists.get(name, (name,))} - {WITHHELD}
        self.numbers: tuple[str | None, ...] = (*sorted(set(_representatives(patterns))), None)
        self._sorted = [number for number in self.numbers if number is not None]

    def mask(self, pattern: str) -> int:
        """Which numbers a pattern or a list knows, as a set of bits."""
        if pattern in self._lists:
            mask = 0
            for entry in self._lists[pattern]:
                mask |= self._entry_mask(entry)
            return mask
        return self._entry_mask(pattern)

    def _entry_mask(self, entry: str) -> int:
        if entry == WITHHELD:
            return 1 << len(self._sorted)
        # Numbers that begin alike stand side by side.
        begin = entry.removesuffix("*")
        first = bisect_left(self._sorted, begin)
        last = bisect_left(self._sorted, begin + "\x7f") if entry.endswith("*") else first + (begin in self._sorted)
        return (1 << last) - (1 << first)


def _representatives(patterns: set[str]) -> Iterator[str]:
    prefixes = {pattern[:-1] for pattern in patterns if pattern.endswith("*")}
    exact = {pattern for pattern in patterns if not pattern.endswith("*")}
    yield from exact
    for prefix in prefixes:
        yield next(_numbers_below(prefix, prefixes, exact), prefix)
    yield from [number for number in _ANYBODY if not any(calls_from(entry, number, {}) for entry in patterns)][:1]


def _numbers_below(prefix: str, prefixes: set[str], exact: set[str]) -> Iterator[str]:
    """Numbers that begin with the prefix and that no longer pattern knows."""
    for digit in "0123456789":
        number = prefix + digit * max(1, _LENGTH - len(prefix))
        longer = {number[:end] for end in range(len(prefix) + 1, len(number) + 1)}
        if longer.isdisjoint(prefixes) and number not in exact:
            yield number
