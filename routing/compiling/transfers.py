"""Transfers: whom people at telephones can hand a caller over to, by which short number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

import msgspec

from routing.compiling.chains import ChainLink
from routing.compiling.shapes import ByForm, Field, Got, Many, Record, Table
from routing.compiling.words import Label
from routing.reading import Scalar
from routing.rules.chains import Transfer

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node

_FORM = r"^([0-9]{2,6}|[a-z][a-z0-9_]+)$"


class ShortNumber(msgspec.Struct, frozen=True):
    """What is keyed in at a telephone."""

    wanted: ClassVar[str] = "a short number that a telephone can dial, like `600`, or a word like `finance`"

    def read(self, node: Node, page: Page) -> str:
        """The number or word."""
        text = page.scalar(node, self.wanted).text if _is_number(node) else page.word(node, self.wanted)
        if not re.fullmatch(_FORM, text):
            raise page.wrong(node, f"`{text}` is no short number", "two to six digits, or a word of small letters")
        for person in page.staff or ():
            if text in {person.id, person.extension}:
                message = f"`{text}` is {person.id}'s own, and hands over to {person.id} without being listed"
                raise page.wrong(node, message, "choose another number")
        return text

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": _FORM}


RULE = Field(name="rule", shape=Label("a rule's id"), about="The id of the documented rule that this serves")
RING = Field(name="ring", shape=Many(ChainLink()), about="Who is rung, one after another, and how long", must=True)


class _ChainAlone(msgspec.Struct, frozen=True):
    """Nothing but who is rung."""

    def read(self, node: Node, page: Page) -> Transfer:
        chain = RING.shape.read(node, page)
        return Transfer(number=node.name, chain=chain, line=node.place.line)

    def schema(self, shared: Shared) -> Schema:
        return RING.shape.schema(shared)


TRANSFERS = Table(
    wanted="whom a caller can be handed over to, by short numbers, like `600: operators 20s`",
    key=ShortNumber(),
    value=ByForm(
        word=_ChainAlone(),
        keys=Record(
            name="transfer",
            wanted="who is rung, like `{rule: D6, ring: [assigned_manager 20s, finance 20s]}`",
            fields=(RULE, RING),
            make=lambda got, _page: _transfer(got),
        ),
    ),
)


def _transfer(got: Got) -> Transfer:
    return Transfer(number=got.node.name, chain=got.must(RING), rule=got.get(RULE), line=got.line)


def _is_number(node: Node) -> bool:
    return isinstance(node, Scalar) and node.kind == "number"
