"""Who is rung, one after another (D4), and who is meant by a short number (D19)."""

import msgspec

from routing.facts import PersonId
from routing.rules.texts import Language, Text


class AssignedManager(msgspec.Struct, frozen=True, tag="assigned_manager"):
    """The manager that the directory has for this customer (D4)."""


class Another(msgspec.Struct, frozen=True, tag="another"):
    """Everybody of a role who was not tried yet in this call (D4)."""

    role: str


class Head(msgspec.Struct, frozen=True, tag="head"):
    """The head of a department (D4); None: of the one concerned, from a menu, the customer or the line (D15, D19)."""

    department: str | None


class Group(msgspec.Struct, frozen=True, tag="group"):
    """Everybody of a group who was not tried yet."""

    name: str


class Named(msgspec.Struct, frozen=True, tag="named"):
    """One person."""

    person: PersonId


class Outside(msgspec.Struct, frozen=True, tag="outside"):
    """An outside number, which is in the allow-list."""

    number: str


Someone = AssignedManager | Another | Head | Group | Named
"""Everybody a link can name but an outside number."""
Who = Someone | Outside


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link of a chain."""

    who: Who
    seconds: float
    text: str
    """As in the rule file without the time: ``another key_account_manager``."""
    line: int


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """What a short number means that somebody hands a caller over to (D4, D6, D19)."""

    number: str
    chain: tuple[Link, ...]
    rule: str | None = None
    """The documented rule that it serves."""
    line: int


class Introduce(msgspec.Struct, frozen=True, kw_only=True):
    """What is said to whoever answers for a caller who was handed over, before the two hear each other."""

    handed_over: Text
    """With ``{caller}``, ``{customer}``, ``{department}``, ``{intent}``, ``{debt}``, ``{sender}``."""
    back: Text | None = None
    """To the sender, whom the caller comes back to: ``{wanted}`` and ``{why}`` as well; None: as to anybody."""
    words: dict[str, dict[Language, str]] = {}
    """How customer types, intents, departments, debts and reasons are said; the others as they are written."""
