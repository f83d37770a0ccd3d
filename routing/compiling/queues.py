"""Waiting in line: how a group's callers are served, and who is offered first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast, get_args

import msgspec

from routing.compiling.chains import someone, timed
from routing.compiling.shapes import Field, Got, Record, Table
from routing.compiling.words import Known, OneOf
from routing.line.reach import Order
from routing.rulebook import Preference, Queue

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.people import Someone
    from routing.reading import Node
    from routing.source import Place

LANGUAGE = "language"
"""In ``first``: whoever speaks the caller's."""


class Preferred(msgspec.Struct, frozen=True):
    """One stage of the beginning: ``wine and language 20s``."""

    wanted: ClassVar[str] = "who is offered first and for how long, like `language 20s`"

    def read(self, node: Node, page: Page) -> Preference:
        """The stage."""
        words, seconds, text = timed(node, page, self.wanted, _all_of)
        who = tuple(word for word in words if word != LANGUAGE)
        return Preference(who=cast("Any", who), speaks=LANGUAGE in words, seconds=seconds, text=text)

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": r"^\s*\S.*\s[0-9]{1,6}[smh]\s*$"}


def _all_of(text: str, place: Place, page: Page) -> tuple[Someone | str, ...]:
    """What must be true of a person at once."""
    return tuple(LANGUAGE if part == LANGUAGE else someone(part, place, page) for part in text.split(" and "))


NEXT = Field(
    name="next", shape=OneOf(get_args(Order)), about="Who of several free people is rung; longest_idle if not given"
)


def _queue(got: Got, _page: Page) -> Queue:
    return Queue(order=cast("Any", got.get(NEXT)) or "longest_idle", line=got.line)


QUEUES = Table(
    wanted="waiting lines by the groups that are waited for",
    key=Known(section="groups", what="group"),
    value=Record(
        name="queue",
        wanted="how the line of a group is served, like `{next: fewest_calls}`",
        fields=(NEXT,),
        make=_queue,
    ),
)
