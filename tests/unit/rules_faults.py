"""Putting one mistake into right rules, and looking how it is told."""

import pytest

from routing import BadRules, load
from tests.unit.rules_text import STAFF, changed

Fault = tuple[str, str, str, str, str]
"""What is in the rules, what is there instead, under what the carets stand, the message, a part of the help."""


def look(fault: Fault) -> None:
    """It is told once, at its place, with what would be right."""
    old, new, under, message, advice = fault
    text = changed(old, new)
    with pytest.raises(BadRules) as bad:
        load(text.encode(), STAFF, has_file=lambda _path: True)
    (found,) = bad.value.mistakes
    line = text.splitlines()[found.line - 1]
    assert (found.message, line[found.column - 1 :][: found.length]) == (message, under)
    assert advice in found.help
