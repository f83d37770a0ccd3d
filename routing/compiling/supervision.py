"""Who supervises whom, who is whose mentor, and for what a recording may be paused."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from routing.compiling.people import Owner, PersonName, person_or_group
from routing.compiling.shapes import Field, Got, Many, Record, Table
from routing.compiling.words import Label
from routing.reading import Scalar
from routing.rules.company import Supervision

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node


class Led(msgspec.Struct, frozen=True):
    """Who is supervised."""

    wanted: ClassVar[str] = "a person or a group"

    def read(self, node: Node, page: Page) -> str:
        """As it is written."""
        word = page.word(node, self.wanted)
        person_or_group(node, word, page)
        return word

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "minLength": 1}


SUPERVISORS = Field(
    name="supervisors",
    shape=Table(
        wanted="who supervises whom, like `operators: [maria, head of retail]`", key=Led(), value=Many(Owner())
    ),
    about="Who may listen to these people, whisper, join and take over, and is called for help, in this order (T6)",
)
MENTORS = Field(
    name="mentors",
    shape=Table(wanted="trainees and their mentors, like `omid: olga`", key=PersonName(), value=PersonName()),
    about="Trainees, and whose telephone rings at each of their talks, to hear along (T8)",
)
PAUSES = Field(
    name="pauses",
    shape=Many(Label(wanted="what must not be recorded")),
    about="For what the recording may be paused; *2 in a talk means the first; `card number` if not given",
)


def _supervision(got: Got, _page: Page) -> Supervision:
    usual = Supervision()
    return Supervision(
        supervisors=got.get(SUPERVISORS) or {},
        mentors=got.get(MENTORS) or {},
        pauses=got.many(PAUSES) or usual.pauses,
    )


def _check(got: Got, page: Page) -> None:
    """Nobody learns from oneself."""
    mentors = got.node.get(MENTORS.name)
    for entry in getattr(mentors, "entries", ()):
        if isinstance(entry.value, Scalar) and entry.value.text == entry.key.text:
            page.wrong(entry.value, f"`{entry.key.text}` cannot be the own mentor", "name somebody else")


SUPERVISION = Record(
    name="supervision",
    wanted="who supervises whom, like `{supervisors: {operators: maria}, mentors: {omid: olga}}`",
    fields=(SUPERVISORS, MENTORS, PAUSES),
    make=_supervision,
    check=_check,
)
