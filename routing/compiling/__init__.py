"""From the bytes of a rule file to a `Rulebook`, or to every mistake at once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from routing.compiling.names import country, declared
from routing.compiling.page import Page, Spoilt
from routing.compiling.rulefile import RULE_FILE
from routing.mistakes import BadRules
from routing.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.facts import Person
    from routing.rulebook import Rulebook

_VERSION_LENGTH = 12


def version_of(text: bytes) -> str:
    """The version that a rule file with these bytes is, see `Rulebook.version`."""
    return hashlib.sha256(text).hexdigest()[:_VERSION_LENGTH]


def load(
    text: bytes, staff: tuple[Person, ...] | None = None, has_file: Callable[[str], bool] | None = None
) -> Rulebook:
    """Compile a rule file.

    With ``staff``, everybody in the directory, people's names are checked, and that the directory's words are those of
    the rules. With ``has_file``, which tells whether a path beside the rule file is there, recordings are looked for.

    Raises BadRules with all mistakes.
    """
    document = read(text)
    sections = RULE_FILE.mended(document.root)
    page = Page(document.source, declared(sections), country(sections), staff, has_file)
    page.mistakes += document.mistakes
    try:
        rulebook = RULE_FILE.read(document.root, page)
    except Spoilt:
        rulebook = None
    if rulebook is None or page.mistakes:
        raise BadRules(page.mistakes)
    return msgspec.structs.replace(rulebook, version=version_of(text))
