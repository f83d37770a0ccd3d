"""What a call was about, and whom it concerned, read back from its trail (T5, D20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.outcomes import Pressed
from routing.steps import Ask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routing.facts import Facts
    from routing.rulebook import Rulebook
    from routing.rules.menus import Choice
    from routing.trail import Entry


def intent(rulebook: Rulebook, facts: Facts, entries: Iterable[Entry]) -> str | None:
    """The intent as the call ended: what the caller chose last, else the line's; None: no menu was passed."""
    line = rulebook.line_of(facts.dialled)
    known = line.intent if line else None
    for entry in entries:
        choice = _choice(rulebook, entry)
        known = (choice.intent if choice else None) or known
    return known


def department(rulebook: Rulebook, facts: Facts, entries: Iterable[Entry]) -> str | None:
    """The department concerned (D15, D20): what the caller chose last, else the customer's own, else the line's."""
    choices = (_choice(rulebook, entry) for entry in entries)
    told = [choice.department for choice in choices if choice and choice.department]
    if told:
        return told[-1]
    customer, line = facts.caller.customer, rulebook.line_of(facts.dialled)
    own = customer.department if customer else None
    return own or (line.department if line else None)


def _choice(rulebook: Rulebook, entry: Entry) -> Choice | None:
    """What this step settled: a key's choice, or what holds after the last try."""
    if not isinstance(entry.step, Ask) or entry.outcome is None:
        return None
    menu = rulebook.menus[entry.step.menu]
    if isinstance(entry.outcome, Pressed) and entry.outcome.key in menu.keys:
        return menu.keys[entry.outcome.key]
    return menu.otherwise if entry.step.attempt >= menu.tries else None
