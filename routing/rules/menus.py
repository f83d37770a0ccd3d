"""Where a call goes by what was dialled and by the keys that are pressed (T2)."""

import msgspec

from routing.rules.texts import Language, Text

ANY = "any"
"""The line for every number that has none of its own."""


class Goto(msgspec.Struct, frozen=True, kw_only=True):
    """Where the call goes next: exactly one of the places, or none of them for "the first route that fits"."""

    menu: str | None = None
    route: str | None = None
    message: str | None = None
    """A message box."""
    goodbye: str | None = None
    """The name of a text, which is said before the goodbye proper and hanging up."""
    next_route: bool = False
    """The next route below that fits."""
    last_resort: bool = False


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What a key means: what is learnt about the call, then where it goes."""

    intent: str | None = None
    department: str | None = None
    language: Language | None = None
    goto: Goto = Goto()
    line: int


class Menu(msgspec.Struct, frozen=True, kw_only=True):
    """A question answered by a key (T2)."""

    name: str
    say: Text
    keys: dict[str, Choice]
    seconds: float
    tries: int
    """How often it is asked in one call, whatever leads back to it: so every menu comes to an end."""
    wrong_key: Text | None = None
    otherwise: Choice
    """After the last try."""
    line: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A number of the company that callers dial."""

    number: str
    """E.164 with its plus sign, or ``any`` for every other number."""
    announce: tuple[Text, ...] = ()
    """Said first: a welcome, the notice that calls are recorded."""
    language: Language | None = None
    department: str | None = None
    intent: str | None = None
    goto: Goto = Goto()
    line: int
