"""The directory's customers, and what they owe (D5), for those who may know it (D26)."""

import datetime as dt
from decimal import Decimal

import msgspec
from msgspec import UNSET, UnsetType

from db.customers import Circle, CustomerEntry
from premises.clock import now
from routing.facts import PersonId
from web.office import Office
from web.operations import Operation
from web.permissions import Asker, Right, Within
from web.problems import not_there
from web.words import After, Id, Limit, Number, OfOne, Text, e164, page_begin, page_end, shown

FRESH = dt.timedelta(days=1)
"""For so long a call makes a caller the customer of whoever was rung."""


class DebtTold(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in the company's currency, exact."""

    overdue: Decimal
    balance: Decimal
    limit: Decimal | None


class CustomerTold(msgspec.Struct, frozen=True, kw_only=True):
    """A customer."""

    id: str
    name: str
    other_names: tuple[str, ...]
    type: str
    manager: PersonId | None
    department: str | None
    language: str | None
    numbers: tuple[str, ...]
    debt: DebtTold | None = None
    """None: not for the one who asks."""


class Customers(msgspec.Struct, frozen=True, kw_only=True):
    """Customers, by id."""

    customers: tuple[CustomerTold, ...]
    next: str | None = None
    """What ``after`` must be to get the page behind this one; None: there is none."""


class WhichCustomers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which customers are meant; all conditions hold together."""

    name: Text | UnsetType = UNSET
    number: Number | UnsetType = UNSET
    limit: Limit = 50
    after: After | UnsetType = UNSET


async def customers(office: Office, asker: Asker, query: WhichCustomers) -> Customers:
    """The customers that one may know of, in pages; by a part of the name, or by a number."""
    found = await office.ask(
        lambda: office.customers.customers(
            within=_circle(asker.within(Right.CUSTOMERS)),
            limit=query.limit + 1,
            beyond=page_begin(query.after, tuple[Id])[0] if query.after else None,
            name=query.name or None,
            number=e164(query.number) if query.number else None,
        )
    )
    page = found[: query.limit]
    more = page_end(page[-1].id) if len(found) > len(page) else None
    return Customers(customers=tuple(_told(one, asker) for one in page), next=more)


async def customer(office: Office, asker: Asker, path: OfOne) -> CustomerTold:
    """One customer."""
    circle = _circle(asker.within(Right.CUSTOMERS))
    found = await office.ask(lambda: office.customers.customer(path.id, circle))
    if found is None:
        raise not_there("such customer")
    return _told(found, asker)


def _circle(within: Within | None) -> Circle | None:
    if within is None:
        return None
    return Circle(people=within.people, departments=within.departments, since=now() - FRESH)


def _told(entry: CustomerEntry, asker: Asker) -> CustomerTold:
    """Whoever may see some debts may see some customers, and these are the same ones (`web.permissions`)."""
    debt = DebtTold(overdue=entry.overdue, balance=entry.balance, limit=entry.credit_limit)
    return shown(CustomerTold, entry, debt=debt if asker.may(Right.DEBTS) else None)


OPERATIONS = (
    Operation(method="GET", path="/customers", do=customers, right=Right.CUSTOMERS, problems=(404,)),
    Operation(method="GET", path="/customers/{id}", do=customer, right=Right.CUSTOMERS),
)
