"""Texts as they are spoken: in the caller's language, with the blanks filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from routing.rulebook import Blank
from routing.steps import Piece, Speech, Words

if TYPE_CHECKING:
    from routing.rulebook import Company, Language, Text

Blanks = Mapping[str, Piece]
"""What goes into the blanks, by their names."""


def choose_language(company: Company, *wishes: str | None) -> Language:
    """The first wish that the company speaks, else the company's first language."""
    return next((wish for wish in wishes if wish in company.languages), company.languages[0])


def speech(text: Text, company: Company, language: Language, blanks: Blanks) -> Speech:
    """The text as pieces to be said one after another; words that follow words become one piece, to be spoken in one
    go.

    ``{company}`` is always known. A blank that is not given stays unspoken: an amount in a text that has no business
    with debts is no reason to betray it (D26).
    """
    known = {"company": Words(company.name[language]), **blanks}
    pieces: list[Piece] = []
    for part in text[language]:
        piece = known.get(part.name) if isinstance(part, Blank) else part
        if isinstance(piece, Words) and pieces and isinstance(pieces[-1], Words):
            pieces[-1] = Words(pieces[-1].text + piece.text)
        elif piece is not None:
            pieces.append(piece)
    return Speech(language, tuple(pieces))
