"""The shapes that values of a rule file have, put together from a few: a record of fields, a table of names, a list.

A shape is told once and used twice: it reads a node into a value, noting every mistake on the page, and it describes
itself as JSON Schema for editors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import msgspec
from msgspec.structs import replace

from routing.compiling.page import Page, Spoilt, nearest
from routing.reading import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable

    from routing.source import Place

S = TypeVar("S")
T = TypeVar("T")
K = TypeVar("K", bound="Hashable")
T_co = TypeVar("T_co", covariant=True)
Schema = dict[str, Any]


class Shared:
    """Schemas that are used in many places and told once."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}

    def once(self, name: str, describe: Callable[[], Schema]) -> Schema:
        """A reference to the schema of this name, which is described at its first use."""
        if name not in self.schemas:
            self.schemas[name] = {}
            self.schemas[name] = describe()
        return {"$ref": f"#/$defs/{name}"}


class Shape(Protocol[T_co]):
    """What a value looks like."""

    def read(self, node: Node, page: Page) -> T_co:
        """The node's value. Raises Spoilt after noting all that is wrong with it."""

    def schema(self, shared: Shared) -> Schema:
        """The same as JSON Schema; what depends on the file's own names is left to the compiler."""


class Field(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One key of a record."""

    name: str
    shape: Shape[T]
    about: str
    """For people, shown by editors."""
    must: bool = False
    """Whether it is compulsory."""


class Got:
    """What was read of a record: values by their fields."""

    def __init__(self, node: Mapping) -> None:
        self.node = node
        self._values: dict[str, Any] = {}

    @property
    def line(self) -> int:
        """The line that trails and messages name for this record."""
        return self.node.place.line

    def put(self, field: Field[T], value: T) -> None:
        """Keep a field's value."""
        self._values[field.name] = value

    def get(self, field: Field[T]) -> T | None:
        """The value; None: it is not given."""
        value: T | None = self._values.get(field.name)
        return value

    def must(self, field: Field[T]) -> T:
        """The value of a compulsory field."""
        value: T = self._values[field.name]
        return value

    def many(self, field: Field[tuple[T, ...]]) -> tuple[T, ...]:
        """The values of a list; none when it is not given."""
        return self.get(field) or ()

    def given(self, fields: Iterable[Field[Any]]) -> list[Place]:
        """Where those of these fields stand that are given, be they right or wrong, in the order of the file."""
        names = {field.name for field in fields}
        return [entry.key.place for entry in self.node.entries if entry.key.text in names]


def _nothing_to_check(_got: Got, _page: Page) -> None:
    pass


class Record(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Keys of which each has its own meaning.

    ``check`` looks at what must hold between fields, and does so even where one of them is wrong in itself; ``make`` is
    only called when all are right.
    """

    name: str
    wanted: str
    fields: tuple[Field[Any], ...]
    make: Callable[[Got, Page], T]
    check: Callable[[Got, Page], None] = _nothing_to_check

    def read(self, node: Node, page: Page) -> T:
        """The record's value."""
        written = page.mapping(node, self.wanted)
        before = len(page.mistakes)
        self._refuse_strangers(written, page)
        got = Got(_mended(written, self._names))
        right = [self._read_field(field, got, page) for field in self.fields]
        self.check(got, page)
        if not all(right) or len(page.mistakes) > before:
            raise Spoilt
        return self.make(got, page)

    def mended(self, node: Node) -> Node:
        """The node with misspelled keys put right."""
        return _mended(node, self._names) if isinstance(node, Mapping) else node

    def schema(self, shared: Shared) -> Schema:
        """An object."""
        return shared.once(self.name, lambda: self._schema(shared))

    def _schema(self, shared: Shared) -> Schema:
        return {
            "type": "object",
            "properties": {field.name: _described(field, shared) for field in self.fields},
            "required": [field.name for field in self.fields if field.must],
            "additionalProperties": False,
        }

    @property
    def _names(self) -> list[str]:
        return [field.name for field in self.fields]

    def _refuse_strangers(self, node: Mapping, page: Page) -> None:
        for entry in node.entries:
            word = entry.key.text
            if word not in self._names:
                page.unknown(entry.key, f"`{word}` has no meaning here", word, self._names)

    def _read_field(self, field: Field[Any], got: Got, page: Page) -> bool:
        """Whether the field is all right: read, or not needed."""
        node = got.node.get(field.name)
        if node is None:
            if field.must:
                page.wrong(got.node, f"`{field.name}` is missing", f"{field.name}: {field.about}")
            return not field.must
        try:
            got.put(field, field.shape.read(node, page))
        except Spoilt:
            return False
        return True


def _mended(node: Mapping, names: Collection[str]) -> Mapping:
    """The same with misspelled keys put right, so that one slip is not followed by "is missing" and "is unknown"."""
    missing = {name for name in names if node.get(name) is None}
    entries = []
    for entry in node.entries:
        meant = None if entry.key.text in names else nearest(entry.key.text, missing)
        missing.discard(meant or "")
        entries.append(replace(entry, key=replace(entry.key, text=meant)) if meant else entry)
    return replace(node, entries=tuple(entries))


def _described(field: Field[Any], shared: Shared) -> Schema:
    return {**field.shape.schema(shared), "description": field.about}


class Table(msgspec.Struct, Generic[K, T], frozen=True, kw_only=True):
    """Names that the admin chooses, each with a value of the same shape."""

    wanted: str
    key: Shape[K]
    value: Shape[T]

    def read(self, node: Node, page: Page) -> dict[K, T]:
        """The values by their names, in the order of the file."""
        mapping = page.mapping(node, self.wanted)
        if not mapping.entries:
            raise page.wrong(node, f"nothing is listed here; it should be {self.wanted}")
        try:
            names = each(lambda entry: self.key.read(entry.key, page), mapping.entries)
        finally:  # a wrong name is no reason to keep silent about the values
            values = each(lambda entry: self.value.read(entry.value, page), mapping.entries)
        return dict(zip(names, values, strict=True))

    def schema(self, shared: Shared) -> Schema:
        """An object with any keys of the right form."""
        keys, values = self.key.schema(shared), self.value.schema(shared)
        return {"type": "object", "minProperties": 1, "propertyNames": keys, "additionalProperties": values}


class Many(msgspec.Struct, Generic[T], frozen=True):
    """A list, or a single value where a list has only one."""

    item: Shape[T]

    def read(self, node: Node, page: Page) -> tuple[T, ...]:
        """The values in their order; none may be repeated."""
        if not isinstance(node, Sequence):
            return (self.item.read(node, page),)
        if not node.items:
            raise page.wrong(node, "nothing is listed here", "leave it out, if nothing belongs here")
        _refuse_repeats(node, page)
        return tuple(each(lambda item: self.item.read(item, page), node.items))

    def schema(self, shared: Shared) -> Schema:
        """The value itself or an array."""
        one = self.item.schema(shared)
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


class ByForm(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A single word has one shape here, keys and values another."""

    word: Shape[T]
    keys: Shape[T]

    def read(self, node: Node, page: Page) -> T:
        """The value, by the form that is found."""
        return (self.keys if isinstance(node, Mapping) else self.word).read(node, page)

    def schema(self, shared: Shared) -> Schema:
        """Either."""
        return {"anyOf": [self.word.schema(shared), self.keys.schema(shared)]}


def each(read: Callable[[S], T], things: Iterable[S]) -> list[T]:
    """What is read of each. Raises Spoilt where one of them is spoilt, but only after reading the others too."""
    values: list[T] = []
    spoilt = False
    for thing in things:
        try:
            values.append(read(thing))
        except Spoilt:
            spoilt = True
    if spoilt:
        raise Spoilt
    return values


def _refuse_repeats(node: Sequence, page: Page) -> None:
    seen: dict[str, int] = {}
    for item in node.items:
        if isinstance(item, Scalar):
            if item.text in seen:
                page.wrong(item, f"`{item.text}` is given twice", f"the first one is in line {seen[item.text]}")
            seen.setdefault(item.text, item.place.line)
