"""What the proof says about a rule file."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal[
    "circle", "too long", "nobody on duty", "never taken", "never used", "unknown person", "unknown hours", "too much"
]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with the rules, in words for whoever edits them."""

    kind: Kind
    line: int
    """Of the rule file, from 1."""
    message: str
    example: str | None = None
    """One caller and moment that show it."""
    is_warning: bool = False
    """The rules work, but hardly as they were meant."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What was found."""

    faults: tuple[Fault, ...]
    """In the order of their lines."""
    cases: int
    """How many states of a call were looked at, each for many callers at once."""
    longest_seconds: float
    """No call that reaches nobody lasts longer than this; infinite where a call never ends."""

    @property
    def holds(self) -> bool:
        """Whether nobody is left without an answer; there may still be warnings."""
        return all(fault.is_warning for fault in self.faults)
