"""Does a route fit? Each condition looks at one thing that is known of the call, and tells why it does not hold.

For every field of a `Condition` a situation has words that are true of it (a customer may be ``key``, ``known`` and
``new`` at once); the field holds if one of the words is wanted. Only closed hours and callers' numbers are compared
in another way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routing.facts import Customer
    from routing.rules.routes import Condition

WITHHELD = "withheld"
Words = tuple[str, ...]
DebtKind = Literal["overdue", "over_limit"]


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What conditions look at: one caller at one moment, with what menus and the line have told so far."""

    type: str | None = None
    """The customer's type; None: not in the directory."""
    manager: str | None = None
    department: str | None = None
    """The one concerned: from a menu's key, else the customer's, else the line's."""
    debts: Words = ()
    """``overdue``, ``over_limit``, both or nothing."""
    intent: str | None = None
    dialled: str = "any"
    """The line as the rule file names it: a number or ``any``."""
    language: str = ""
    number: str | None = None
    open: frozenset[str] = frozenset()
    """The hours that are open now."""
    callers: dict[str, Words] = {}
    """The rule file's lists of callers."""


def misfit(condition: Condition, situation: Situation) -> str | None:
    """Why the condition does not hold, for people: ``debt is none, not overdue``. None: it holds."""
    for field, wanted in condition.asked.items():
        if not holds(field, wanted, situation):
            return _reason(field, wanted, situation)
    return None


def holds(field: str, wanted: Words, situation: Situation) -> bool:
    """Whether one of the wanted words is true of this field."""
    match field:
        case "closed":
            return any(name not in situation.open for name in wanted)
        case "caller":
            return any(calls_from(pattern, situation.number, situation.callers) for pattern in wanted)
        case _:
            return any(word in wanted for word in FIELDS[field](situation))


def calls_from(pattern: str, number: str | None, lists: Mapping[str, Words]) -> bool:
    """Whether a number is the one given, begins as it does (``+7495*``), is in that list, or is ``withheld``."""
    if pattern in lists:
        return any(calls_from(entry, number, {}) for entry in lists[pattern])
    if number is None:
        return pattern == WITHHELD
    return number.startswith(pattern[:-1]) if pattern.endswith("*") else number == pattern


def state_of(field: str, situation: Situation) -> str:
    """What a field looks at, for people: ``customer is key and known``, ``open now: office``."""
    words = " and ".join(FIELDS[field](situation)) or "nothing"
    return f"open now: {words}" if field in {"open", "closed"} else f"{field} is {words}"


def debts(customer: Customer | None) -> tuple[DebtKind, ...]:
    """What is wrong with a customer's receivables (D5)."""
    found: list[DebtKind] = []
    if customer and customer.debt.overdue > 0:
        found.append("overdue")
    if customer and customer.debt.is_over_limit:
        found.append("over_limit")
    return tuple(found)


def _customer_words(situation: Situation) -> Words:
    sort = ("unknown",) if situation.type is None else (situation.type, "known")
    # New is who was never assigned to anybody (D3, D15), in the directory or not.
    return sort if situation.manager else (*sort, "new")


def _manager_words(situation: Situation) -> Words:
    return ("assigned",) if situation.manager else ("none",)


FIELDS: dict[str, Callable[[Situation], Words]] = {
    "customer": _customer_words,
    "manager": _manager_words,
    "department": lambda situation: (situation.department or "none",),
    "debt": lambda situation: situation.debts or ("none",),
    "intent": lambda situation: (situation.intent or "none",),
    "dialled": lambda situation: (situation.dialled,),
    "language": lambda situation: (situation.language,),
    "open": lambda situation: tuple(sorted(situation.open)),
    "closed": lambda situation: tuple(sorted(situation.open)),
    "caller": lambda situation: (situation.number or WITHHELD,),
}
"""For each field of a `Condition` the words that are true of a situation."""


def _reason(field: str, wanted: Words, situation: Situation) -> str:
    if field in {"open", "closed"}:
        return f"{' and '.join(wanted)} {'closed' if field == 'open' else 'open'} now"
    return f"{state_of(field, situation)}, not {' or '.join(wanted)}"
