"""Single values: words that the admin invents, words that are known, whole numbers, times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

import msgspec

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node

# Letters of any script, digits and underscores. Blanks would make a chain ambiguous, which is split at them.
_WORD = re.compile(r"[^\W\d_]\w*")
_LABEL_LENGTH = 60
_UNITS = {"s": 1, "m": 60, "h": 3600}
_TIME = re.compile(r"(\d{1,6})(s|m|h)", re.ASCII)
_NEARLY_TIME = re.compile(r"(\d{1,6})\s*([a-zа-яё]*)\.?", re.IGNORECASE)
_CLOCK_TIME = re.compile(r"(\d{1,4}):(\d\d)")


class NewWord(msgspec.Struct, frozen=True, kw_only=True):
    """A name that the admin gives to something."""

    wanted: str
    reserved: tuple[str, ...] = ()
    """Words that mean something of their own where this name is used."""

    def read(self, node: Node, page: Page) -> str:
        """The name."""
        word = page.word(node, self.wanted)
        if not _WORD.fullmatch(word):
            raise page.wrong(node, f"`{word}` is no name", "letters, digits and _ without blanks, a letter first")
        if word in self.reserved:
            raise page.wrong(node, f"`{word}` has a meaning of its own", "choose another name")
        return word

    def schema(self, _shared: Shared) -> Schema:
        """A string of letters, digits and underscores."""
        # JSON Schema's regular expressions are ECMAScript's, which have no \w beyond ASCII.
        form = {"type": "string", "pattern": r"^[^\s\d_.,:;!?+*/-][^\s.,:;!?+*/-]*$"}
        return {**form, "not": {"enum": list(self.reserved)}} if self.reserved else form


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A name that a section of the file declares, or one of some fixed words."""

    section: str
    what: str
    """For messages: ``menu``."""
    also: tuple[str, ...] = ()

    @property
    def wanted(self) -> str:
        """For messages."""
        return f"the name of a {self.what}"

    def read(self, node: Node, page: Page) -> str:
        """The name."""
        word = page.word(node, self.wanted)
        known = (*page.names[self.section], *self.also)
        if word not in known:
            raise page.unknown(node, f"no {self.what} is called `{word}`", word, known)
        return word

    def schema(self, _shared: Shared) -> Schema:
        """A string: which names there are is known in the file only."""
        return {"type": "string", "minLength": 1}


class OneOf(msgspec.Struct, frozen=True):
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def wanted(self) -> str:
        """All of them, for messages."""
        return " or ".join(f"`{word}`" for word in self.words)

    def read(self, node: Node, page: Page) -> str:
        """The word."""
        word = page.word(node, self.wanted)
        if word not in self.words:
            raise page.unknown(node, f"here should be {self.wanted}, not `{word}`", word, self.words)
        return word

    def schema(self, _shared: Shared) -> Schema:
        """An enumeration."""
        return {"enum": list(self.words)}


class Label(msgspec.Struct, frozen=True):
    """A short text for people, on one line; a number is one too."""

    wanted: str

    def read(self, node: Node, page: Page) -> str:
        """The text."""
        scalar = page.scalar(node, self.wanted)
        text = scalar.text.strip() if scalar.kind == "number" else page.word(node, self.wanted).strip()
        if len(text) > _LABEL_LENGTH or "\n" in text:
            raise page.wrong(node, f"this is too long for {self.wanted}", f"at most {_LABEL_LENGTH} characters")
        return text

    def schema(self, _shared: Shared) -> Schema:
        """A string or a number."""
        return {"type": ["string", "number"], "minLength": 1, "maxLength": _LABEL_LENGTH}


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A whole number."""

    least: int
    most: int

    @property
    def wanted(self) -> str:
        """For messages."""
        return f"a whole number from {self.least} to {self.most}"

    def read(self, node: Node, page: Page) -> int:
        """The number."""
        text = page.scalar(node, self.wanted).text
        if not re.fullmatch(r"[0-9]{1,6}", text) or not self.least <= int(text) <= self.most:
            raise page.wrong(node, f"here should be {self.wanted}, not `{text}`")
        return int(text)

    def schema(self, _shared: Shared) -> Schema:
        """An integer."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Time(msgspec.Struct, frozen=True, kw_only=True):
    """A length of time, written as a whole number and its unit: ``20s``, ``10m``, ``1h``."""

    least: str
    most: str

    wanted: ClassVar[str] = "a time like `20s`, `10m` or `1h`"

    def read(self, node: Node, page: Page) -> float:
        """The seconds."""
        text = page.scalar(node, self.wanted).text
        complaint = self.complaint(text)
        if complaint:
            raise page.wrong(node, *complaint)
        return seconds(text)

    def complaint(self, text: str) -> tuple[str, str] | None:
        """What is wrong with a time, and what would be right; None: it is one, and within bounds."""
        if not _TIME.fullmatch(text):
            return _no_time(text)
        if not seconds(self.least) <= seconds(text) <= seconds(self.most):
            return f"`{text}` is out of bounds", f"from {self.least} to {self.most}"
        return None

    def schema(self, _shared: Shared) -> Schema:
        """A string of digits and a unit."""
        return {"type": "string", "pattern": r"^[0-9]{1,6}[smh]$"}


def seconds(time: str) -> float:
    """How long a well-formed time is."""
    return float(int(time[:-1]) * _UNITS[time[-1]])


def _no_time(text: str) -> tuple[str, str]:
    nearly = _NEARLY_TIME.fullmatch(text.strip())
    number = int(nearly[1]) if nearly else 0  # in Western digits, whichever were written
    if nearly and not nearly[2]:
        return f"`{text}` has no unit", f"write `{number}s` for seconds or `{number}m` for minutes"
    if nearly:
        return f"`{text}` is no time", f"write `{number}{_unit(nearly[2])}`: the units are s, m and h"
    if clock := _CLOCK_TIME.fullmatch(text):
        return (
            f"`{text}` is no time",
            f"write `{int(clock[1]) * 60 + int(clock[2])}s`, if minutes and seconds are meant",
        )
    return f"`{text}` is no time", "write a whole number and s, m or h, as in `20s`"


def _unit(word: str) -> str:
    """The unit that is meant by what somebody wrote instead: sec, minutes, мин."""
    russian = {"с": "s", "м": "m", "ч": "h"}
    first = word[0].lower()
    return russian.get(first, first if first in _UNITS else "s")
