"""A rule file as a tree of nodes that know where they stand: YAML without its surprises.

Only what an admin writes by hand is read: words, lists and key-value pairs. References (``&``, ``*``, ``<<``) and tags
(``!``) are refused, so a small file cannot grow into a large tree, and nothing in it can become an object. Size, depth
and number of nodes are bounded. Scalars keep their text as it was written; ``kind`` tells what YAML 1.1 would make of
it, for the traps: ``no`` is false, ``10:30`` is 630.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from typing import Any, Literal

import msgspec
import yaml

from routing.mistakes import BadRules, Mistake
from routing.source import Place, Source
from routing.syntax import explain

LARGEST = 512 * 1024
"""Bytes of a rule file. PyYAML reads about 300 KB in a second."""
DEEPEST = 20
MOST_NODES = 20_000
_SHORTEN = "leave out what nobody uses; of many numbers only the beginning need be written, like `+7495*`"
_QUICK: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, where PyYAML was built with it: twenty times as fast, so that a changed file holds up no calls."""

Kind = Literal["text", "number", "truth", "date", "nothing", "refused"]
_KINDS: dict[str, Kind] = {
    "int": "number",
    "float": "number",
    "bool": "truth",
    "timestamp": "date",
    "null": "nothing",
}


class Scalar(msgspec.Struct, frozen=True):
    """A word, a number, a text."""

    text: str
    kind: Kind
    """What YAML takes it for; always ``text`` in quotes. ``refused``: a mistake was already noted."""
    place: Place
    start: int
    """Its first character in the source, quotes included."""
    end: int
    name: str = ""


class Entry(msgspec.Struct, frozen=True):
    """One key and its value."""

    key: Scalar
    value: Node


class Mapping(msgspec.Struct, frozen=True):
    """Keys and values, each key once."""

    entries: tuple[Entry, ...]
    place: Place
    """Where its name stands, if it has one, else its beginning."""
    name: str = ""
    """The key that it is the value of; empty: it stands in a list, or is the whole file."""

    def get(self, key: str) -> Node | None:
        """The value of a key."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple[Node, ...]
    place: Place
    name: str = ""


Node = Scalar | Mapping | Sequence


class Document(msgspec.Struct, frozen=True):
    """What was read. With ``mistakes`` the tree lacks what they are about."""

    source: Source
    root: Node
    mistakes: tuple[Mistake, ...]


def read(text: bytes) -> Document:
    """Read a rule file.

    Raises BadRules where nothing more can be told: it is empty, too large, no UTF-8 or no YAML.
    """
    source = Source(_decode(text))
    with suppress(yaml.YAMLError):  # told better by PyYAML's own parser
        return _Reader(source, _QUICK).document()
    try:
        return _Reader(source, yaml.SafeLoader).document()
    except yaml.MarkedYAMLError as error:
        raise BadRules([explain(error, source)]) from error
    except yaml.reader.ReaderError as error:
        place = source.place(error.position)
        raise BadRules([_mistake(place, "this character cannot be shown and is not allowed", "delete it")]) from error


def _decode(text: bytes) -> str:
    if len(text) > LARGEST:
        raise BadRules([_mistake(Place(1, 1), f"the file is larger than {LARGEST // 1024} KB", _SHORTEN)])
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        place = Source(before).place(len(before))
        advice = "save the file with the encoding UTF-8"
        raise BadRules([_mistake(place, "from here on the file is not UTF-8", advice)]) from error


class _Reader:
    """Turns PyYAML's events into nodes, one document's worth."""

    def __init__(self, source: Source, loader: Any) -> None:
        self._source = source
        self._events = yaml.parse(source.text, loader)
        self._here = source.place(0)
        self._mistakes: list[Mistake] = []
        self._nodes = 0

    def document(self) -> Document:
        self._next()  # the stream's start
        if isinstance(self._next(), yaml.StreamEndEvent):
            raise BadRules([_mistake(self._here, "the file is empty", "it begins with `company:`, see docs/rules.md")])
        root = self._node(self._next(), None, 0)
        self._next()  # the document's end
        if not isinstance(self._next(), yaml.StreamEndEvent):
            self._wrong(self._here, "a second document begins here", "leave out `---`: a rule file has one part")
        return Document(self._source, root, tuple(self._mistakes))

    def _next(self) -> yaml.Event:
        try:
            event = next(self._events)
        except (ValueError, OverflowError) as error:
            # PyYAML turns "\U00110000" and %YAML 1.<5000 digits> into numbers without looking.
            message = "after this place stands a number that no character or version has"
            advice = "write the character itself; a line that begins with `%YAML` is not needed"
            raise BadRules([_mistake(self._here, message, advice)]) from error
        self._here = self._source.place(*_extent(event))
        return event

    def _node(self, event: yaml.Event, key: Node | None, depth: int) -> Node:
        """The node that begins with this event; a list or mapping (or nothing at all) is found where its name is."""
        self._nodes += 1
        if depth > DEEPEST:
            advice = "close the brackets, or begin the lines further left"
            raise BadRules([*self._mistakes, _mistake(self._here, f"this is nested more than {DEEPEST} deep", advice)])
        if self._nodes > MOST_NODES:
            message = f"the file has more than {MOST_NODES} parts"
            raise BadRules([*self._mistakes, _mistake(self._here, message, _SHORTEN)])
        plain, place, name = self._is_plain(event), key.place if key else self._here, getattr(key, "text", "")
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(self._items(depth), place, name)
        if isinstance(event, yaml.MappingStartEvent):
            entries = self._entries(depth)
            # A mapping without brackets begins where its first key does, and has no place of its own.
            bare = key is None and entries and _extent(event)[0] == _extent(event)[1]
            return Mapping(entries, entries[0].key.place if bare else place, name)
        return self._scalar(event, place, name, plain=plain)

    def _is_plain(self, event: yaml.Event) -> bool:
        """Whether a node is no reference and has neither anchor nor tag."""
        if isinstance(event, yaml.AliasEvent):
            self._wrong(self._here, "references (`*name`) are not used in rule files", 'the star key is written "*"')
        elif getattr(event, "anchor", None) or getattr(event, "tag", None):
            self._wrong(self._here, "anchors (`&`) and tags (`!`) are not used in rule files", "put a text in quotes")
        else:
            return True
        return False

    def _scalar(self, event: yaml.Event, around: Place, name: str, *, plain: bool) -> Scalar:
        start, end = _extent(event)
        place = self._here if end > start else around
        if not isinstance(event, yaml.ScalarEvent):
            return Scalar("", "refused", place, start, end, name)
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in event.value.replace("\n", "")):
            self._wrong(place, "this text has a character in it that cannot be shown", "delete it")
            plain = False
        return Scalar(event.value, _kind(event) if plain else "refused", place, start, end, name)

    def _items(self, depth: int) -> tuple[Node, ...]:
        items: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, None, depth + 1))
        return tuple(items)

    def _entries(self, depth: int) -> tuple[Entry, ...]:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, None, depth + 1)
            value = self._node(self._next(), key, depth + 1)
            if isinstance(key, Scalar):
                self._keep(key, value, entries)
            else:
                self._wrong(key.place, "a key has to be one word", "a value that begins with `{` or `[` needs quotes")
        return tuple(entries.values())

    def _keep(self, key: Scalar, value: Node, entries: dict[str, Entry]) -> None:
        if key.text == "<<":
            self._wrong(key.place, "merging (`<<`) is not used in rule files", "write the keys out")
        elif key.text in entries:
            line = entries[key.text].key.place.line
            self._wrong(key.place, f"`{key.text}` is given twice", f"the first one is in line {line}: keep one of them")
        elif key.kind != "refused":
            entries[key.text] = Entry(key, value)

    def _wrong(self, place: Place, message: str, advice: str) -> None:
        self._mistakes.append(_mistake(place, message, advice))


def _extent(event: yaml.Event) -> tuple[int, int]:
    """Where an event begins and ends; PyYAML marks every event that it reads from a text."""
    start, end = event.start_mark, event.end_mark
    return (start.index, end.index) if start and end else (0, 0)


def _kind(event: yaml.ScalarEvent) -> Kind:
    """What YAML 1.1 takes an untagged scalar for."""
    if not event.implicit[0]:
        return "text"
    candidates = yaml.SafeLoader.yaml_implicit_resolvers.get(event.value[:1], [])
    tags = (tag for tag, pattern in candidates if pattern.match(event.value))
    return _KINDS.get(next(tags, "").rpartition(":")[2], "text")


def _mistake(place: Place, message: str, advice: str = "") -> Mistake:
    return Mistake(line=place.line, column=place.column, message=message, help=advice, length=place.length)
