"""What keys mean that are pressed by whoever talks with a caller (D11, T6): the telephone alone does what the API does.

====================  ===========================================================
in a talk             ``*1`` calls for help, ``*2`` pauses the recording, ``*3`` goes on with it;
                      ``*4``, an extension or a transfer's short number and ``#`` ask whoever is meant, while the
                      caller waits
while one is asked    ``*5`` is back with the caller, ``*6`` has all three talk, ``*7`` hands the caller over
====================  ===========================================================

A star always begins anew, so that whoever has keyed in something wrong can do so again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

BEGIN, ASK, END = "*", "*4", "#"
LONGEST_EXTENSION = 8
"""Digits, as the directory has them; with one more it is nobody's."""


class AskColleague(msgspec.Struct, frozen=True):
    """The caller is to wait, and whoever is meant to be rung: see `routing.asking`."""

    keyed: str


Wish = Literal["help", "pause", "resume"]
WISHES: dict[str, Wish] = {"*1": "help", "*2": "pause", "*3": "resume"}
Way = Literal["back", "all three", "hand over"]
WAYS: dict[str, Way] = {"*5": "back", "*6": "all three", "*7": "hand over"}
"""How it goes on with a colleague who is asked, or is still rung to be."""

Meaning = TypeVar("Meaning")


def in_talk(before: str, key: str) -> tuple[str, Wish | AskColleague | None]:
    """What is pressed by now and may come to mean something, and what it does mean; None: nothing.

    ``before``: the first of the two, as given for the key before; empty for the first key.
    """
    pressed = _pressed(before, key)
    if not pressed.startswith(ASK):
        return _read(pressed, WISHES)
    if key == END:
        return "", AskColleague(pressed.removeprefix(ASK).removesuffix(END))
    return pressed[: len(ASK) + LONGEST_EXTENSION + 1], None


def while_asking(before: str, key: str) -> tuple[str, Way | None]:
    """The same while a colleague is asked."""
    return _read(_pressed(before, key), WAYS)


def _pressed(before: str, key: str) -> str:
    return key if key == BEGIN else before and before + key


def _read(pressed: str, meanings: Mapping[str, Meaning]) -> tuple[str, Meaning | None]:
    return pressed if pressed == BEGIN else "", meanings.get(pressed)
