"""Introductions: what is said to whoever takes a caller who was handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, get_args

import msgspec

from routing.compiling.company import names
from routing.compiling.shapes import Field, Got, Record, Table
from routing.compiling.texts import ABOUT, ABOUT_FAILURE, Joined, Spoken
from routing.conditions import DebtKind
from routing.introducing import UNKNOWN
from routing.outcomes import Absence
from routing.rules.chains import Introduce

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node

_SECTIONS = ("customers", "departments", "intents")
_FIXED = (UNKNOWN, *get_args(DebtKind), *Absence)


class Word(msgspec.Struct, frozen=True):
    """A word that is said of a caller."""

    wanted: ClassVar[str] = "a customer type, a department, an intent, a debt or a reason"

    def read(self, node: Node, page: Page) -> str:
        """The word."""
        word = page.word(node, self.wanted)
        known = (*(name for section in _SECTIONS for name in page.names[section]), *_FIXED)
        if word not in known:
            raise page.unknown(node, f"`{word}` is not {self.wanted}", word, known)
        return word

    def schema(self, _shared: Shared) -> Schema:
        """A string: which words there are is known in the file only."""
        return {"type": "string", "minLength": 1}


HANDED_OVER = Field(
    name="handed_over",
    shape=Joined(Spoken(ABOUT)),
    about="Who comes and why: `{caller}`, `{customer}`, `{department}`, `{intent}`, `{debt}`, `{sender}`",
    must=True,
)
BACK = Field(
    name="back",
    shape=Joined(Spoken(ABOUT | ABOUT_FAILURE)),
    about="The same for the sender, to whom the caller comes back: `{wanted}` and `{why}` as well",
)
WORDS = Field(
    name="words",
    shape=Table(
        wanted="words by languages, like `own_outlet: {en: own shop}`",
        key=Word(),
        value=names("how the word is said"),
    ),
    about="How customer types, intents, departments, debts and reasons are said; else as they are written",
)


def _introduce(got: Got, _page: Page) -> Introduce:
    return Introduce(handed_over=got.must(HANDED_OVER), back=got.get(BACK), words=got.get(WORDS) or {})


INTRODUCE = Record(
    name="introduce",
    wanted="what is said of a caller who was handed over, like `{handed_over: from_colleague}`",
    fields=(HANDED_OVER, BACK, WORDS),
    make=_introduce,
)
