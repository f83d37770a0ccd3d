"""What every part of the compiler has at hand: the source, the names the file declares, and the list of mistakes."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from routing.mistakes import Mistake
from routing.reading import Mapping, Node, Scalar
from routing.source import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from routing.facts import Person
    from routing.rules.texts import Text
    from routing.source import Source

_TRUTHS = {"yes": "true", "on": "true", "true": "true"}
_MOST_LISTED = 12
_MOST_HELPED = 50
"""With how many mistakes the nearest word is no longer looked for: each search compares all words there are."""
_MOST_COMPARED = 1000
_LIKENESS = 0.55
"""How like a known word must be to be suggested, of 1: `next` is still taken for `next_route`."""


class Spoilt(Exception):  # noqa: N818 - not an error to report: its mistake is on the page already
    """A value that cannot be used. Its mistake was noted; whoever needs the value has nothing to add."""


class Page:
    """One rule file under the compiler's eyes."""

    def __init__(
        self,
        source: Source,
        names: dict[str, tuple[str, ...]],
        country: str | None,
        staff: tuple[Person, ...] | None,
        has_file: Callable[[str], bool] | None,
    ) -> None:
        self.source = source
        self.names = names
        """By section, all names that the file declares, whether what they stand for is right or not."""
        self.country = country
        """For guessing what a telephone number should be."""
        self.staff = staff
        """None: nobody is known, and a person's name cannot be checked."""
        self.has_file = has_file
        self.texts: dict[str, Text] = {}
        """The file's texts, as far as they are right."""
        self.mistakes: list[Mistake] = []

    def wrong(self, where: Node | Place, message: str, advice: str = "") -> Spoilt:
        """Note a mistake. What is returned may be raised, where the value is of no use."""
        place = where if isinstance(where, Place) else where.place
        self.mistakes.append(
            Mistake(line=place.line, column=place.column, message=message, help=advice, length=place.length)
        )
        return Spoilt()

    def unknown(self, where: Node | Place, message: str, word: str, known: Iterable[str]) -> Spoilt:
        """Note a word that is not one of the known ones, with the nearest of them or the choice."""
        return self.wrong(where, message, self.choice(word, known))

    def choice(self, word: str, known: Iterable[str]) -> str:
        """Help for a word that is not known: the nearest that is, else all of them, if they are few."""
        if len(self.mistakes) > _MOST_HELPED:
            return ""
        listed = sorted(set(known))
        near = nearest(word, listed)
        if near:
            return f"did you mean `{near}`?"
        if not listed:
            return "there is none yet"
        more = f" and {len(listed) - _MOST_LISTED} more" if len(listed) > _MOST_LISTED else ""
        return f"there are: {', '.join(listed[:_MOST_LISTED])}{more}"

    def people(self) -> tuple[str, ...]:
        """The ids of everybody in the directory."""
        return tuple(person.id for person in self.staff or ())

    def within(self, node: Scalar, part: str) -> Place:
        """The place of a part of a text; the whole text's where it is written otherwise (with escapes, say)."""
        start = self.source.text.find(part, node.start, node.end)
        return node.place if start < 0 else self.source.place(start, start + len(part))

    def mapping(self, node: Node, wanted: str) -> Mapping:
        """The node as keys and values."""
        if isinstance(node, Mapping):
            return node
        raise self._other(node, wanted)

    def scalar(self, node: Node, wanted: str) -> Scalar:
        """The node as a single value of any kind."""
        if isinstance(node, Scalar) and node.kind not in {"refused", "nothing"}:
            return node
        raise self._other(node, wanted)

    def word(self, node: Node, wanted: str) -> str:
        """The text of a node that YAML takes for a text too, so that no other program reads it in another way."""
        if isinstance(node, Scalar) and node.kind == "text" and node.text.strip():
            return node.text
        raise self._other(node, wanted)

    def _other(self, node: Node, wanted: str) -> Spoilt:
        if isinstance(node, Scalar):
            return self.wrong_kind(node, wanted)
        found = "keys and values" if isinstance(node, Mapping) else "a list"
        return self.wrong(node, f"here should be {wanted}, not {found}")

    def wrong_kind(self, node: Scalar, wanted: str) -> Spoilt:
        """Note a word that YAML does not take for a text."""
        text = node.text
        if node.kind == "refused":
            return Spoilt()
        if not text.strip():
            return self.wrong(node, f"nothing is written here; it should be {wanted}")
        in_quotes = f'write "{text}" with quotes if the word itself is meant'
        if node.kind == "truth":
            meaning = _TRUTHS.get(text.lower(), "false")
            return self.wrong(
                node, f"`{text}` without quotes means {meaning} in YAML; here should be {wanted}", in_quotes
            )
        if node.kind == "nothing":
            return self.wrong(
                node, f"`{text}` without quotes means nothing in YAML; here should be {wanted}", in_quotes
            )
        if node.kind == "number" and ":" in text:
            return self.wrong(node, f"`{text}` without quotes is a number in YAML; here should be {wanted}", in_quotes)
        advice = "" if node.kind == "text" else "put it in quotes if a text is meant"
        return self.wrong(node, f"here should be {wanted}, not the {node.kind} `{text}`", advice)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that this one is most likely meant to be; None: it is like none of them."""
    names = {name.casefold(): name for name in sorted(known)[:_MOST_COMPARED]}
    near = get_close_matches(word.casefold(), names, n=1, cutoff=_LIKENESS)
    return names[near[0]] if near else None
