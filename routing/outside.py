"""Which callers may be rung back, by the rules' allow-list: anybody can send any number as a caller's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from routing.conditions import calls_from

if TYPE_CHECKING:
    from routing.rulebook import Rulebook

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def may_call_back(rulebook: Rulebook, number: str | None) -> bool:
    """Whether this number may be called: a whole one, which the list has, and none of our own lines."""
    if number is None or not _NUMBER.fullmatch(number) or number in rulebook.lines:
        return False
    return any(calls_from(allowed, number, {}) for allowed in rulebook.called_back)
