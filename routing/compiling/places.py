"""Where a call goes next: a menu, a route, a message box, a goodbye, the last resort."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from routing.compiling.shapes import ByForm, Field, Got, Record
from routing.compiling.texts import Spoken
from routing.compiling.words import Known, OneOf
from routing.rules.menus import Goto

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node


class TextName(msgspec.Struct, frozen=True):
    """The name of a text that is right in itself."""

    wanted: ClassVar[str] = "the name of a text"

    def read(self, node: Node, page: Page) -> str:
        """The name."""
        Spoken().read(node, page)
        return page.word(node, self.wanted)

    def schema(self, shared: Shared) -> Schema:
        """A string."""
        return Known(section="texts", what="text").schema(shared)


MENU = Field(name="menu", shape=Known(section="menus", what="menu"), about="Ask this menu")
ROUTE = Field(name="route", shape=Known(section="routes", what="route"), about="Go to the route of this name")
MESSAGE = Field(name="message", shape=Known(section="boxes", what="box"), about="Take a message in this box")
GOODBYE = Field(name="goodbye", shape=TextName(), about="Say this text and end the call")
PLACES = (MENU, ROUTE, MESSAGE, GOODBYE)
ENDINGS = (MESSAGE, GOODBYE)

LAST_RESORT = "last_resort"
NEXT_ROUTE = "next_route"


class Keyword(msgspec.Struct, frozen=True):
    """A place that is a word of its own."""

    words: tuple[str, ...]

    def read(self, node: Node, page: Page) -> Goto:
        """The place."""
        word = OneOf(self.words).read(node, page)
        return Goto(last_resort=word == LAST_RESORT, next_route=word == NEXT_ROUTE)

    def schema(self, shared: Shared) -> Schema:
        """An enumeration."""
        return OneOf(self.words).schema(shared)


def goto(got: Got) -> Goto:
    """The place among a record's fields; the first route that fits where there is none."""
    return Goto(menu=got.get(MENU), route=got.get(ROUTE), message=got.get(MESSAGE), goodbye=got.get(GOODBYE))


def one_place(got: Got, page: Page) -> None:
    """A call can go to one place only."""
    for place in got.given(PLACES)[1:]:
        page.wrong(place, "a call can go to one place only", "keep one of menu, route, message and goodbye")


def _some_place(got: Got, page: Page) -> None:
    one_place(got, page)
    if not got.given(PLACES):
        page.wrong(got.node, "nothing tells where the call goes", "give one of menu, route, message and goodbye")


OTHERWISE = ByForm(
    word=Keyword((LAST_RESORT, NEXT_ROUTE)),
    keys=Record(
        name="place",
        wanted="a place like `{menu: main}`",
        fields=PLACES,
        make=lambda got, _page: goto(got),
        check=_some_place,
    ),
)
"""What follows a route that reached nobody."""
