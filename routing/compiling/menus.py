"""Menus, and the lines where calls come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from routing.compiling.places import LAST_RESORT, PLACES, Keyword, goto, one_place
from routing.compiling.shapes import ByForm, Field, Got, Many, Record, Table
from routing.compiling.telephone import Telephone
from routing.compiling.texts import Joined, Spoken
from routing.compiling.words import Count, Known, NewWord, Time
from routing.rules.menus import ANY, Choice, Goto, Line, Menu

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node

KEYS = "0123456789*#"
_KEY = r"^[0-9*#]$"


class Key(msgspec.Struct, frozen=True):
    """A key of a telephone, with or without quotes."""

    wanted: ClassVar[str] = "a key of a telephone: 0 to 9, * or #"

    def read(self, node: Node, page: Page) -> str:
        """The key."""
        text = page.scalar(node, self.wanted).text
        if len(text) != 1 or text not in KEYS:
            raise page.wrong(node, f"`{text}` is not {self.wanted}")
        return text

    def schema(self, _shared: Shared) -> Schema:
        """A string of one character."""
        return {"type": "string", "pattern": _KEY}


INTENT = Field(name="intent", shape=Known(section="intents", what="intent"), about="What the caller wants")
DEPARTMENT = Field(
    name="department", shape=Known(section="departments", what="department"), about="The department concerned"
)
LANGUAGE = Field(
    name="language", shape=Known(section="languages", what="language"), about="The language spoken from here on"
)
_LEARNT = (INTENT, DEPARTMENT, LANGUAGE)


def _choice(got: Got, _page: Page) -> Choice:
    return Choice(
        intent=got.get(INTENT),
        department=got.get(DEPARTMENT),
        language=got.get(LANGUAGE),
        goto=goto(got),
        line=got.line,
    )


def _check_choice(got: Got, page: Page) -> None:
    one_place(got, page)
    if not got.node.entries:
        page.wrong(got.node, "nothing tells what this means", "write, for example, `{intent: order}` or `{menu: main}`")


class _Straight(msgspec.Struct, frozen=True):
    """A choice that is a place and nothing else, by its word."""

    place: Keyword

    def read(self, node: Node, page: Page) -> Choice:
        where: Goto = self.place.read(node, page)
        return Choice(goto=where, line=node.place.line)

    def schema(self, shared: Shared) -> Schema:
        return self.place.schema(shared)


CHOICE: ByForm[Choice] = ByForm(
    word=_Straight(Keyword((LAST_RESORT,))),
    keys=Record(
        name="choice",
        wanted="what is chosen, like `{intent: order}`",
        fields=(*_LEARNT, *PLACES),
        make=_choice,
        check=_check_choice,
    ),
)

SAY = Field(name="say", shape=Joined(Spoken()), about="What the caller is asked", must=True)
CHOICES = Field(
    name="keys",
    shape=Table(wanted="keys with what they mean, like `1: {intent: order}`", key=Key(), value=CHOICE),
    about="What each key means",
    must=True,
)
WAIT = Field(
    name="wait",
    shape=Time(least="1s", most="60s"),
    about="How long to wait for a key, once all is said; 5s if not given",
)
TRIES = Field(
    name="tries", shape=Count(least=1, most=9), about="How often it is asked in one call, all in all; 3 if not given"
)
WRONG_KEY = Field(name="wrong_key", shape=Joined(Spoken()), about="Said when a key has no meaning")
OTHERWISE = Field(name="otherwise", shape=CHOICE, about="After the last try; last_resort if not given")


def _menu(got: Got, _page: Page) -> Menu:
    return Menu(
        name=got.node.name,
        say=got.must(SAY),
        keys=got.must(CHOICES),
        seconds=got.get(WAIT) or 5.0,
        tries=got.get(TRIES) or 3,
        wrong_key=got.get(WRONG_KEY),
        otherwise=got.get(OTHERWISE) or Choice(goto=Goto(last_resort=True), line=got.line),
        line=got.line,
    )


MENUS = Table(
    wanted="menus by their names",
    key=NewWord(wanted="the name of a menu"),
    value=Record(
        name="menu",
        wanted="a menu with `say` and `keys`",
        fields=(SAY, CHOICES, WAIT, TRIES, WRONG_KEY, OTHERWISE),
        make=_menu,
    ),
)

ANNOUNCE = Field(name="announce", shape=Many(Spoken()), about="Said first, one text after another")


def _line(got: Got, _page: Page) -> Line:
    return Line(
        number=got.node.name,
        announce=got.many(ANNOUNCE),
        language=got.get(LANGUAGE),
        department=got.get(DEPARTMENT),
        intent=got.get(INTENT),
        goto=goto(got),
        line=got.line,
    )


LINES = Table(
    wanted="the company's numbers, with what a caller finds there",
    key=Telephone((ANY,)),
    value=Record(
        name="line",
        wanted="what a caller finds there, like `{menu: main}`",
        fields=(ANNOUNCE, *_LEARNT, *PLACES),
        make=_line,
        check=one_place,
    ),
)
