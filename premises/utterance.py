"""What of a speech is said in one go, and everything that a rule file can ever say. Pure."""

from collections.abc import Container, Iterator

import msgspec

from routing.rulebook import Rulebook
from routing.rules.texts import Blank
from routing.speech import Number, Piece, Speech, Words

_LARGEST_RECORDED = 999_999_999  # above it Asterisk 22 says nothing at all


def audible(speech: Speech, digits: Container[str]) -> Iterator[Piece]:
    """The pieces as they are said: words in a row are spoken in one go, and so is a number among them.

    ``digits``: the languages whose recorded digits are there.
    """
    words = ""
    for piece in speech.pieces:
        match piece:
            case Words(text):
                words += text
            case Number(value) if speech.language not in digits or not 0 <= value <= _LARGEST_RECORDED:
                words += str(value)
            case _:
                yield from _some(words)
                words = ""
                yield piece
    yield from _some(words)


def _some(words: str) -> Iterator[Words]:
    """A full stop between two numbers is nothing to say."""
    if any(letter.isalnum() for letter in words):
        yield Words(" ".join(words.split()))


def every_piece(rulebook: Rulebook, digits: Container[str]) -> Iterator[tuple[Piece, str]]:
    """Every piece of every text of the rules, and its language; what is known only in the call is taken as 0."""
    for language, parts in _find(rulebook):
        company = Words(rulebook.company.name.get(language, ""))
        pieces = (
            part if not isinstance(part, Blank) else company if part.name == "company" else Number(0) for part in parts
        )
        for piece in audible(Speech(language, tuple(pieces)), digits):
            yield piece, language


def _find(value: object) -> Iterator[tuple[str, tuple[Piece | Blank, ...]]]:
    """Texts, wherever the rules have them: a text is a dict from language to pieces."""
    match value:
        case dict():
            for key, inner in value.items():
                if isinstance(inner, tuple) and inner and isinstance(inner[0], Piece | Blank):
                    yield key, inner
                else:
                    yield from _find(inner)
        case tuple():
            for inner in value:
                yield from _find(inner)
        case msgspec.Struct():
            for field in value.__struct_fields__:
                yield from _find(getattr(value, field))
