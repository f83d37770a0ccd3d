"""What is said to callers: texts in every language of the company, with blanks, recordings and stock prompts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, get_args

import msgspec

from routing.compiling.page import Spoilt
from routing.compiling.shapes import Many, each
from routing.reading import Entry, Mapping, Node, Scalar, Sequence
from routing.rules.texts import Blank, BlankName, Text
from routing.speech import Piece, Recorded, Stock, Words

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shape, Shared
    from routing.source import Place

Pieces = tuple[Piece | Blank, ...]
_NAMES: tuple[BlankName, ...] = get_args(BlankName)
_BLANKS = {name: Blank(name) for name in _NAMES}
AMOUNTS = frozenset({"overdue", "balance", "limit"})
"""What is owed: only who has proved to be the customer may hear that (D26)."""
ABOUT = frozenset({"caller", "customer", "department", "intent", "debt", "sender"})
"""What is told of a caller who is handed over."""
ABOUT_FAILURE = frozenset({"wanted", "why"})
"""What is told besides to the sender, to whom the caller comes back."""
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")
_STOCK = r"^[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9_-]+)*$"
_FILE = r"^[^/\\.][^/\\]*(/[^/\\.][^/\\]*)*\.wav$"
_LONGEST = 2000
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


class Inline(msgspec.Struct, frozen=True):
    """A text written where it is used: by language, or one recording for all of them."""

    wanted: ClassVar[str] = "a text by languages, like `{en: Thank you.}`"

    def read(self, node: Node, page: Page) -> Text:
        """The text."""
        mapping = page.mapping(node, self.wanted)
        if mapping.get("stock") or mapping.get("file"):
            pieces = (_recording(mapping, page),)
            return dict.fromkeys(page.names["languages"], pieces)
        in_all_languages = match_languages(mapping, page)
        text = dict(each(lambda entry: (entry.key.text, _spoken(entry.value, page)), mapping.entries))
        if not in_all_languages:
            raise Spoilt
        return text

    def schema(self, shared: Shared) -> Schema:
        """An object with a language for every key, or one recording."""
        return shared.once("text", lambda: {"anyOf": [self._languages(shared), _recording_schema(shared)]})

    def _languages(self, shared: Shared) -> Schema:
        part: Schema = {"anyOf": [{"type": "string", "minLength": 1}, _recording_schema(shared)]}
        spoken: Schema = {"anyOf": [part, {"type": "array", "items": part, "minItems": 1}]}
        return {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {LANGUAGE: spoken},
            "additionalProperties": False,
        }


class Spoken(msgspec.Struct, frozen=True):
    """A text by its name in ``texts``, or written in place."""

    blanks: frozenset[str] = frozenset()
    """Which may be in it besides ``{company}``."""

    wanted: ClassVar[str] = "the name of a text, or a text by languages like `{en: Thank you.}`"

    def read(self, node: Node, page: Page) -> Text:
        """The text."""
        text = Inline().read(node, page) if isinstance(node, Mapping) else named_text(node, page, self.wanted)
        used = {piece.name for pieces in text.values() for piece in pieces if isinstance(piece, Blank)}
        misplaced = used - self.blanks - {"company"}
        if misplaced:
            raise page.wrong(node, *_misplaced(min(misplaced)))
        return text

    def schema(self, shared: Shared) -> Schema:
        """A name or a text."""
        name: Schema = {"type": "string", "minLength": 1, "description": "The name of a text"}
        return shared.once("spoken", lambda: {"anyOf": [name, Inline().schema(shared)]})


def _misplaced(blank: str) -> tuple[str, str]:
    """What is wrong with a blank that has no business in a text, and where it has."""
    if blank in ABOUT | ABOUT_FAILURE:
        return (
            f"`{{{blank}}}` is told only to whoever takes a caller who was handed over",
            "it belongs into the texts of `introduce:`, `{wanted}` and `{why}` only into `back`",
        )
    if blank in AMOUNTS:
        return (
            f"`{{{blank}}}` would tell a debt to anybody at the telephone (D26)",
            "amounts are said in the texts `overdue` and `over_limit` of `debt:` only, after the customer's code",
        )
    return (
        f"`{{{blank}}}` is known of nobody here",
        "in a queue, `{place}` belongs into `announce: {place: …}`, `{minutes}` into its `wait`, "
        "`{number}` into `call_back: {tell: …}` and its `confirm`",
    )


class Joined(msgspec.Struct, frozen=True):
    """One text, or several that are said as one."""

    part: Shape[Text]

    def read(self, node: Node, page: Page) -> Text:
        """The text."""
        first, *others = Many(self.part).read(node, page)
        if any(other.keys() != first.keys() for other in others):
            raise Spoilt  # the company's languages are not known, which was said there
        for other in others:
            first = {language: joined(pieces, other[language]) for language, pieces in first.items()}
        return first

    def schema(self, shared: Shared) -> Schema:
        """A part or an array of parts."""
        return Many(self.part).schema(shared)


def named_text(node: Node, page: Page, wanted: str) -> Text:
    """A text of the section ``texts``."""
    name = page.word(node, wanted)
    if name not in page.names["texts"]:
        languages = page.names["languages"]
        if languages and " " in name.strip():
            advice = f"to say these words, write them by language: `{{{languages[0]}: …}}`"
            raise page.wrong(node, "no text has this name", advice)
        raise page.unknown(node, f"no text is called `{name}`", name, page.names["texts"])
    if name not in page.texts:
        raise Spoilt  # it is listed, and what is wrong with it was said there
    return page.texts[name]


def joined(left: Pieces, right: Pieces) -> Pieces:
    """One after the other, with a blank between words."""
    *before, last = left
    first, *after = right
    match last, first:
        case Words(some), Words(more):
            return (*before, Words(f"{some} {more}"), *after)
        case Words(some), Blank():
            return (*before, Words(f"{some} "), *right)
        case Blank(), Words(more):
            return (*left, Words(f" {more}"), *after)
        case Blank(), Blank():
            return (*left, Words(" "), *right)
    return (*left, *right)


def match_languages(mapping: Mapping, page: Page) -> bool:
    """Whether every language of the company is there, and no other; what is wrong is noted."""
    before = len(page.mistakes)
    languages = page.names["languages"]
    for entry in mapping.entries:
        if entry.key.kind != "text":
            page.wrong_kind(entry.key, "a language")
        elif languages and entry.key.text not in languages:
            page.unknown(entry.key, f"`{entry.key.text}` is no language of the company", entry.key.text, languages)
    for language in languages:
        if mapping.get(language) is None:
            page.wrong(mapping, f"this text is missing in `{language}`", "a text needs every language of the company")
    return len(page.mistakes) == before


def _spoken(node: Node, page: Page) -> Pieces:
    if isinstance(node, Mapping):
        return (_recording(node, page),)
    if isinstance(node, Sequence) and node.items:
        first, *others = each(lambda item: _spoken(item, page), node.items)
        for other in others:
            first = joined(first, other)
        return first
    return _words(node, page)


def _words(node: Node, page: Page) -> Pieces:
    text = " ".join(page.word(node, "a text to be spoken").split())
    if len(text) > _LONGEST:
        raise page.wrong(node, f"a text longer than {_LONGEST} characters is too long to be listened to")
    pieces: list[Piece | Blank] = []
    done = 0
    for brace in _BRACES.finditer(text):
        pieces += [Words(text[done : brace.start()])] if brace.start() > done else []
        pieces.append(_blank(brace, node, page))
        done = brace.end()
    return (*pieces, Words(text[done:])) if done < len(text) else tuple(pieces)


def _blank(brace: re.Match[str], node: Node, page: Page) -> Blank:
    name = brace[1]
    place: Place = page.within(node, brace[0]) if isinstance(node, Scalar) else node.place
    if name is None:
        raise page.wrong(place, f"`{brace[0]}` has no counterpart", "a blank is written like `{company}`")
    if name not in _BLANKS:
        raise page.unknown(place, f"no blank is called `{{{name}}}`", name, _BLANKS)
    return _BLANKS[name]


def _recording(mapping: Mapping, page: Page) -> Stock | Recorded:
    """A prompt of Asterisk's or a file of the company's."""
    if not mapping.entries:
        raise page.wrong(mapping, "nothing is written here", "give `stock:` or `file:`")
    first, *others = mapping.entries
    if others:
        raise page.wrong(others[0].key, "`stock` and `file` stand alone", "write several parts as a list")
    match first.key.text:
        case "stock":
            return _stock(first, page)
        case "file":
            return _file(first, page)
    raise page.unknown(first.key, f"`{first.key.text}` has no meaning here", first.key.text, ("stock", "file"))


def _stock(entry: Entry, page: Page) -> Stock:
    name = page.word(entry.value, "the name of one of Asterisk's prompts")
    if not re.fullmatch(_STOCK, name):
        raise page.wrong(entry.value, f"`{name}` is no name of a prompt", "without ending, like `vm-goodbye`")
    return Stock(name)


def _file(entry: Entry, page: Page) -> Recorded:
    path = page.word(entry.value, "a file beside the rule file")
    if not re.fullmatch(_FILE, path):
        raise page.wrong(entry.value, f"`{path}` is no wav file beside the rule file", "like `recorded/welcome.wav`")
    if page.has_file and not page.has_file(path):
        raise page.wrong(entry.value, f"there is no file `{path}` beside the rule file")
    return Recorded(path)


def _recording_schema(shared: Shared) -> Schema:
    return shared.once(
        "recording",
        lambda: {
            "type": "object",
            "properties": {
                "stock": {"type": "string", "pattern": _STOCK, "description": "One of Asterisk's own prompts"},
                "file": {"type": "string", "pattern": _FILE, "description": "A recording beside the rule file"},
            },
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        },
    )
