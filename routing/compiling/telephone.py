"""Telephone numbers in a rule file: E.164 in quotes, prefixes, names of lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

import msgspec
import phonenumbers

from routing.conditions import WITHHELD
from routing.reading import Scalar
from routing.rules.menus import ANY

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node

_E164 = r"^\+[1-9][0-9]{4,14}$"
_EMERGENCY = r"^[0-9]{2,6}$"
_PREFIX = r"^\+[1-9][0-9]{0,13}\*$"


class Telephone(msgspec.Struct, frozen=True):
    """A number with its plus sign and country code, or one of some words."""

    also: tuple[str, ...] = ()

    wanted: ClassVar[str] = 'a telephone number like "+74951234567"'

    def read(self, node: Node, page: Page) -> str:
        """The number."""
        text = number_text(node, page, self.wanted)
        if text in self.also or re.fullmatch(_E164, text):
            return text
        raise page.wrong(node, f"`{text}` is no telephone number with its country code", suggestion(text, page.country))

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        number: Schema = {"type": "string", "pattern": _E164}
        return {"anyOf": [number, {"enum": list(self.also)}]} if self.also else number


class LineNumber(msgspec.Struct, frozen=True):
    """One of the file's lines."""

    wanted: ClassVar[str] = "one of the lines"

    def read(self, node: Node, page: Page) -> str:
        """The number, or ``any``."""
        text = number_text(node, page, self.wanted)
        if text not in page.names["lines"]:
            raise page.unknown(node, f"no line has the number `{text}`", text, page.names["lines"])
        return text

    def schema(self, shared: Shared) -> Schema:
        """As the lines themselves."""
        return Telephone((ANY,)).schema(shared)


class CallerNumber(msgspec.Struct, frozen=True):
    """Some callers' numbers: one, or all that begin with a prefix, as ``+7495*``."""

    lists: bool = False
    """Whether a list's name or ``withheld`` stands for callers too."""

    wanted: ClassVar[str] = 'a number like "+74951234567" or the beginning of one like "+7495*"'

    def read(self, node: Node, page: Page) -> str:
        """The number, the prefix with its star, or the word."""
        text = number_text(node, page, self.wanted)
        words = (*page.names["callers"], WITHHELD) if self.lists else ()
        if text in words or re.fullmatch(_E164, text) or re.fullmatch(_PREFIX, text):
            return text
        if words and not re.search(r"\d", text):
            raise page.unknown(node, f"no list of callers is called `{text}`", text, words)
        raise page.wrong(node, f"`{text}` is no telephone number with its country code", suggestion(text, page.country))

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        form = {"type": "string", "pattern": f"{_E164}|{_PREFIX}"}
        return {"type": "string", "minLength": 1} if self.lists else form


class EmergencyNumber(msgspec.Struct, frozen=True):
    """A short number for help, which nothing else in the house is dialled by."""

    wanted: ClassVar[str] = "an emergency number like `112`"

    def read(self, node: Node, page: Page) -> str:
        """Its digits."""
        text = page.scalar(node, self.wanted).text
        if not re.fullmatch(_EMERGENCY, text):
            raise page.wrong(node, f"`{text}` is no emergency number", "two to six digits, as they are dialled")
        if text in page.names["transfers"]:
            raise page.wrong(node, f"`{text}` is one of the `transfers` too", "choose another short number there")
        for person in page.staff or ():
            if text == person.extension:
                raise page.wrong(node, f"`{text}` is {person.id}'s extension", "give that person another one")
        return text

    def schema(self, _shared: Shared) -> Schema:
        """A string or a number."""
        return {"type": ["string", "number"], "pattern": _EMERGENCY}


def number_text(node: Node, page: Page, wanted: str) -> str:
    """A number as it was written; it must stand in quotes, or YAML loses its plus sign."""
    if isinstance(node, Scalar) and node.kind == "number":
        advice = suggestion(node.text, page.country)
        raise page.wrong(node, f"`{node.text}` without quotes is not kept as a telephone number by YAML", advice)
    return page.word(node, wanted)


def suggestion(text: str, country: str | None) -> str:
    """Help: the number as it should be written, as far as it can be guessed."""
    try:
        guess = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return 'write it with plus sign and country code, in quotes: "+74951234567"'
    return f'write "{phonenumbers.format_number(guess, phonenumbers.PhoneNumberFormat.E164)}"'
