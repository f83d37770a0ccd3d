"""Numbers outside: which of them are rung is said by the rules' allow-lists alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from routing.conditions import calls_from

if TYPE_CHECKING:
    from routing.rulebook import Rulebook

PLUS = "+"
"""What a whole outside number begins with, and no person's id."""
_BEGINNINGS = (PLUS, *"0123456789")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def may_call_back(rulebook: Rulebook, number: str | None) -> bool:
    """Whether the number may be called: a whole one, which the list has, and none of our own lines.

    Anybody can send any number as a caller's.
    """
    if number is None or not is_whole(number) or number in rulebook.lines:
        return False
    return any(calls_from(allowed, number, {}) for allowed in rulebook.called_back)


def is_whole(number: str) -> bool:
    """Whether it is a whole number with its country code, and nothing else."""
    return _NUMBER.fullmatch(number) is not None


def in_log(person: str) -> str:
    """Whoever is rung, as a log may tell: a number may be a customer's, and can be erased in the register alone."""
    return "outside" if is_outside(person) else person


def is_outside(person: str) -> bool:
    """Whether it is not one of our people who is rung, but an outside number."""
    return person.startswith(_BEGINNINGS)


def is_limited(person: str) -> bool:
    """Whether it is an outside number that counts for the limits: no emergency number does."""
    return person.startswith(PLUS)
