"""What is known when a call comes in: who calls, what was dialled, when, and who works here.

Facts are values. They are gathered before the flow starts (by the engine from the directory, by the checker from its
own combinations, by a replay from the register) and never change while a call lasts, so that the same facts and the
same outcomes always lead to the same steps.
"""

import datetime as dt
from decimal import Decimal
from typing import Literal

import msgspec

PersonId = str
"""A person's short name in the directory, as typed in rules and used as SIP user name: ``anna``."""


class Debt(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's receivables (D5). Amounts are in the company's currency."""

    overdue: Decimal = Decimal(0)
    """What should have been paid by now."""
    balance: Decimal = Decimal(0)
    """All that is owed, the overdue part included."""
    limit: Decimal | None = None
    """How much may be owed at once; None: no limit was agreed."""

    @property
    def is_over_limit(self) -> bool:
        """Whether more is owed than was agreed (D5)."""
        return self.limit is not None and self.balance > self.limit


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as the directory has it (D2)."""

    id: str
    name: str
    type: str
    """One of the rule file's ``customers``: market, key, own_outlet, retail, regional, … (D2)."""
    manager: PersonId | None = None
    department: str | None = None
    debt: Debt = Debt()
    language: str | None = None
    code: str | None = None
    """Digits that prove who calls, keyed in before an amount is spoken (D26). Never written to a trail."""

    def __repr__(self) -> str:
        """Without the code, the name and the debt, which are not for logs (D26)."""
        return f"Customer({self.id!r}, {self.type!r})"


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, as far as that can be told. A number proves nothing (D26)."""

    number: str | None = None
    """E.164 with its plus sign, or the digits as they came when no such number can be made of them; None: withheld."""
    customer: Customer | None = None
    looked_up: Literal["now", "earlier", "not"] = "now"
    """From where the customer is known: a fresh look-up, the last known answer, or none in time."""
    age: float = 0.0
    """How many seconds old the last known answer is."""


class Leave(msgspec.Struct, frozen=True):
    """Days on which a person is not at work: travel, leave, illness (D22). Both days belong to it."""

    first: dt.date
    last: dt.date


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be rung."""

    id: PersonId
    name: str
    role: str
    """One of the rule file's ``roles``: operator, key_account_manager, head, …"""
    departments: tuple[str, ...] = ()
    hours: str | None = None
    """The name of opening hours in the rule file; None: always at work."""
    leave: tuple[Leave, ...] = ()
    languages: tuple[str, ...] = ()
    extension: str | None = None
    """The internal number."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the flow is given."""

    call: str
    """The call's id."""
    at: dt.datetime
    """When the call came in, with a time zone. Hours and leave are judged by this moment for the whole call."""
    dialled: str
    caller: Caller = Caller()
    by: PersonId | None = None
    """Who of ours calls a colleague, by an own telephone; its name, if nobody sits there. None: it is no such call."""
    asking: bool = False
    """Whether that person has a call already, whose caller waits meanwhile (D11)."""
    staff: tuple[Person, ...] = ()
    """Everybody in the directory, in the order of their ids."""
