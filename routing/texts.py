"""Texts as they are spoken: in the caller's language, with the blanks filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from routing.rules.texts import Blank
from routing.speech import Gap, Piece, Speech, Words

if TYPE_CHECKING:
    from routing.rules.company import Company
    from routing.rules.texts import Language, Text
    from routing.speech import Pieces

Filling = TypeVar("Filling")
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
    return Speech(language, _pieces(text, company, language, blanks))


def with_gaps(text: Text | None, company: Company, language: Language) -> Pieces:
    """The same for a text that is said later, with a number in its gaps; None: no pieces."""
    gaps = {name: Gap() for name in ("place", "minutes", "number")}
    return _pieces(text, company, language, gaps) if text else ()


def _pieces(
    text: Text, company: Company, language: Language, blanks: Mapping[str, Filling]
) -> tuple[Piece | Filling, ...]:
    known: dict[str, Piece | Filling] = {"company": Words(company.name[language]), **blanks}
    pieces: list[Piece | Filling] = []
    for part in text[language]:
        piece = known.get(part.name) if isinstance(part, Blank) else part
        if isinstance(piece, Words) and pieces and isinstance(last := pieces[-1], Words):
            pieces[-1] = Words(last.text + piece.text)
        elif piece is not None:
            pieces.append(piece)
    return tuple(pieces)
