"""What a call was about, read back from its trail: for the register, which counts the intents (T5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.steps import Ask, Pressed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routing.facts import Facts
    from routing.rulebook import Choice, Rulebook
    from routing.trail import Entry


def intent(rulebook: Rulebook, facts: Facts, entries: Iterable[Entry]) -> str | None:
    """The intent as the call ended: what the caller chose last, else the line's; None: no menu was passed."""
    line = rulebook.lines.get(facts.dialled) or rulebook.lines.get("any")
    known = line.intent if line else None
    for entry in entries:
        choice = _choice(rulebook, entry)
        known = (choice.intent if choice else None) or known
    return known


def _choice(rulebook: Rulebook, entry: Entry) -> Choice | None:
    """What this step settled: a key's choice, or what holds after the last try."""
    if not isinstance(entry.step, Ask) or entry.outcome is None:
        return None
    menu = rulebook.menus[entry.step.menu]
    if isinstance(entry.outcome, Pressed) and entry.outcome.key in menu.keys:
        return menu.keys[entry.outcome.key]
    return menu.otherwise if entry.step.attempt >= menu.tries else None
