"""Whose rules these are: the company's name, country, clock and languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import phonenumbers

from routing.compiling.page import Spoilt
from routing.compiling.shapes import ByForm, Field, Got, Many, Record, Table
from routing.compiling.texts import LANGUAGE, match_languages
from routing.compiling.words import Label
from routing.rules.company import Company

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node


class LanguageCode(msgspec.Struct, frozen=True):
    """A language as espeak-ng and Asterisk call it."""

    wanted: ClassVar[str] = "a language's code like `en`"

    def read(self, node: Node, page: Page) -> str:
        """The code."""
        code = page.word(node, self.wanted)
        if not re.fullmatch(LANGUAGE, code):
            raise page.wrong(node, f"`{code}` is not {self.wanted}", "two or three small letters")
        return code

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": LANGUAGE}


class Country(msgspec.Struct, frozen=True):
    """Where a number without country code is."""

    wanted: ClassVar[str] = "a country's two letters like `RU`"

    def read(self, node: Node, page: Page) -> str:
        """The two letters."""
        code = page.word(node, self.wanted)
        if code not in phonenumbers.SUPPORTED_REGIONS:
            raise page.unknown(node, f"`{code}` is not {self.wanted}", code, phonenumbers.SUPPORTED_REGIONS)
        return code

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": "^[A-Z]{2}$"}


class Timezone(msgspec.Struct, frozen=True):
    """The clock that opening hours go by."""

    wanted: ClassVar[str] = "a time zone like `Europe/Moscow`"

    def read(self, node: Node, page: Page) -> str:
        """The zone's name."""
        name = page.word(node, self.wanted)
        try:
            ZoneInfo(name)
        except (ValueError, OSError, LookupError):  # no such key, a folder of zones, a path
            raise page.unknown(node, f"no time zone is called `{name}`", name, available_timezones()) from None
        return name

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "minLength": 1}


class _OneName(msgspec.Struct, frozen=True):
    """A name that is the same in every language."""

    wanted: str

    def read(self, node: Node, page: Page) -> dict[str, str]:
        name = Label(self.wanted).read(node, page)
        return dict.fromkeys(page.names["languages"], name)

    def schema(self, shared: Shared) -> Schema:
        return Label(self.wanted).schema(shared)


class _Names(msgspec.Struct, frozen=True):
    """A name in every language."""

    table: Table[str, str]

    def read(self, node: Node, page: Page) -> dict[str, str]:
        in_all_languages = match_languages(page.mapping(node, self.table.wanted), page)
        names = self.table.read(node, page)
        if not in_all_languages:
            raise Spoilt
        return names

    def schema(self, shared: Shared) -> Schema:
        return self.table.schema(shared)


def names(wanted: str) -> ByForm[dict[str, str]]:
    """A name by languages, or one for all of them."""
    table = Table(wanted=f"{wanted} by languages", key=LanguageCode(), value=Label(wanted))
    return ByForm(word=_OneName(wanted), keys=_Names(table))


LANGUAGES = Field(
    name="languages",
    shape=Many(LanguageCode()),
    about="The languages spoken; the first where nothing is known",
    must=True,
)
NAME = Field(name="name", shape=names("the company's name"), about="The name, for {company} in texts", must=True)
COUNTRY = Field(name="country", shape=Country(), about="For numbers without a country code", must=True)
TIMEZONE = Field(name="timezone", shape=Timezone(), about="The clock that hours and holidays go by", must=True)


def _company(got: Got, _page: Page) -> Company:
    return Company(
        name=got.must(NAME),
        country=got.must(COUNTRY),
        timezone=got.must(TIMEZONE),
        languages=got.must(LANGUAGES),
    )


COMPANY = Record(
    name="company",
    wanted="the company's name, country, timezone and languages",
    fields=(NAME, COUNTRY, TIMEZONE, LANGUAGES),
    make=_company,
)
