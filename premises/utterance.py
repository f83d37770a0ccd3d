"""What of a speech is said in one go, and everything that a rule file can ever say. Pure."""

from collections.abc import Callable, Iterator

import msgspec

from routing.rulebook import Rulebook
from routing.rules.texts import Blank
from routing.speech import Number, Piece, Recorded, Speech, Stock, Words

Utterance = Words | Stock | Recorded
IsThere = Callable[[str, str], bool]
"""Whether Asterisk has a recording of that name in that language."""


def audible(speech: Speech, is_there: IsThere) -> Iterator[Utterance]:
    """The pieces as they are said: words in a row are spoken in one go, and so is a number that is no recording.

    What Asterisk (22.10.1) says by ``number:`` cannot be stopped: it goes on to the end of its list, and the commands
    of all calls wait for it. Nor are there the recordings that Russian grammar takes.
    """
    words = ""
    for piece in speech.pieces:
        said = _number(piece.value, speech.language, is_there) if isinstance(piece, Number) else piece
        if isinstance(said, Words):
            words += said.text
        else:
            yield from _some(words)
            words = ""
            yield said
    yield from _some(words)


def _number(value: int, language: str, is_there: IsThere) -> Stock | Words:
    recording = f"digits/{value}"
    return Stock(recording) if is_there(language, recording) else Words(str(value))


def _some(words: str) -> Iterator[Words]:
    """A full stop between two numbers is nothing to say."""
    if any(letter.isalnum() for letter in words):
        yield Words(" ".join(words.split()))


def every_piece(rulebook: Rulebook, is_there: IsThere) -> Iterator[tuple[Utterance, str]]:
    """Every piece of every text of the rules, and its language; what is known only in the call is taken as 0."""
    for language, parts in _find(rulebook):
        company = Words(rulebook.company.name.get(language, ""))
        pieces = (
            part if not isinstance(part, Blank) else company if part.name == "company" else Number(0) for part in parts
        )
        for piece in audible(Speech(language, tuple(pieces)), is_there):
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
