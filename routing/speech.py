"""What is said to somebody, in one language: words, recordings and numbers, piece after piece."""

import msgspec


class Words(msgspec.Struct, frozen=True, tag="words"):
    """Text to be spoken."""

    text: str


class Stock(msgspec.Struct, frozen=True, tag="stock"):
    """One of Asterisk's recorded prompts, by its file name without ending: ``vm-goodbye``."""

    name: str


class Recorded(msgspec.Struct, frozen=True, tag="recorded"):
    """The company's own recording: a file beside the rule file, 8 kHz mono 16 bit wav."""

    file: str


class Number(msgspec.Struct, frozen=True, tag="number"):
    """A whole number: one of Asterisk's recordings (en and ru: 0 to 20, and tens), spoken where there is none."""

    value: int


Piece = Words | Stock | Recorded | Number


def digit_by_digit(number: str) -> Words:
    """A telephone number as it is dictated, without its plus sign."""
    return Words(" ".join(number.removeprefix("+")))


class Gap(msgspec.Struct, frozen=True, tag="gap"):
    """A place in a text for a number that only the moment of speaking knows, or that no trail is to keep."""


Pieces = tuple[Piece | Gap, ...]


class Speech(msgspec.Struct, frozen=True):
    """What is said, in one language, piece after piece."""

    language: str
    pieces: tuple[Piece, ...]
