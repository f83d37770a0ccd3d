"""What the rule file says to callers: texts in every language, with places that are filled in."""

from typing import Literal

import msgspec

from routing.speech import Piece

BlankName = Literal[
    "company",
    "overdue",
    "balance",
    "limit",
    "place",
    "minutes",
    "number",
    "caller",
    "customer",
    "department",
    "intent",
    "debt",
    "sender",
    "wanted",
    "why",
]


class Blank(msgspec.Struct, frozen=True, tag="blank"):
    """A place in a text that is filled in for each caller: ``{company}``, ``{overdue}``, ``{balance}``."""

    name: BlankName


Language = str

Text = dict[Language, tuple[Piece | Blank, ...]]
"""A text in every language of the company."""
