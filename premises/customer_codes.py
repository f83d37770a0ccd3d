"""The code by which a customer proves to be one: how much of it is keyed in, and whether it is right (D26)."""

import hmac

from routing.facts import Customer

LONGEST = 12
"""Digits; the customer's own code may be shorter and then ends the input by itself."""


def is_whole(keyed: str, customer: Customer | None) -> bool:
    """Whether no more keys belong to it; of a caller without a code as many are taken as of one with the longest."""
    return len(keyed) >= (len(_code(customer)) or LONGEST)


def is_right(keyed: str, customer: Customer | None) -> bool:
    """Whether it is this customer's; takes the same time whatever of it is right. Nobody's, where there is no code."""
    code = _code(customer)
    return bool(code) and hmac.compare_digest(keyed, code)


def _code(customer: Customer | None) -> str:
    return customer.code if customer and customer.code else ""
