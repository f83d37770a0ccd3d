"""When which rule fits, and what is done then."""

from functools import cached_property
from typing import Literal

import msgspec

from routing.rules.chains import Link
from routing.rules.menus import Goto
from routing.rules.queues import WaitFor
from routing.rules.texts import Language, Text


class Condition(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """When a route fits. Every field that is not None must hold; a field holds if any of its values does."""

    customer: tuple[str, ...] | None = None
    """Types; ``new``: nobody is assigned yet (D3, D15); ``known``: in the directory; ``unknown``: not in it."""
    manager: Literal["assigned", "none"] | None = None
    department: tuple[str, ...] | None = None
    """Departments; ``none``: not known."""
    debt: tuple[Literal["none", "overdue", "over_limit"], ...] | None = None
    intent: tuple[str, ...] | None = None
    """Intents; ``none``: no menu was passed."""
    dialled: tuple[str, ...] | None = None
    language: tuple[Language, ...] | None = None
    open: tuple[str, ...] | None = None
    """Hours of which one is open now."""
    closed: tuple[str, ...] | None = None
    """Hours of which one is closed now."""
    caller: tuple[str, ...] | None = None
    """Numbers, prefixes (``+7495*``), names of ``callers`` lists, ``withheld``."""

    @cached_property
    def asked(self) -> dict[str, tuple[str, ...]]:
        """The fields that matter, each with the words of which one must be true; made once."""
        fields = ((field, getattr(self, field)) for field in self.__struct_fields__)
        return {
            field: (wanted,) if isinstance(wanted, str) else wanted for field, wanted in fields if wanted is not None
        }


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: when it fits, what the caller is told, who is rung, who is waited for, and what then."""

    rule: str
    """The documented rule's id, for people and trails: ``D4``. Several routes may serve one rule."""
    name: str | None = None
    """By which lines and menus may go straight to it."""
    when: Condition
    tell: tuple[Text, ...] = ()
    tell_debt: bool = False
    """Tell the caller of the debt (D5): the notice, and the amounts once the code was keyed in (D26)."""
    chain: tuple[Link, ...] = ()
    wait: WaitFor | None = None
    hear: Literal["ringing", "music"] = "ringing"
    otherwise: Goto
    """When nobody was reached."""
    line: int


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A message box."""

    name: str
    announce: Text
    seconds: float
    thanks: Text | None = None
    owner: str | None = None
    """Who must listen: a person, a group, or ``head of wholesale``."""
    line: int


class DebtTalk(msgspec.Struct, frozen=True, kw_only=True):
    """How a caller is told of a debt (D5) without betraying it (D26)."""

    notice: Text
    """What anybody at the customer's telephone may hear: that there is a matter to settle."""
    ask_code: Text | None = None
    """None: the amounts are never spoken."""
    amounts: dict[Literal["overdue", "over_limit"], Text] = {}
    wrong_code: Text | None = None
    tries: int = 2
    seconds: float = 5.0


class LastResort(msgspec.Struct, frozen=True, kw_only=True):
    """What is done when nothing else could be (T4): a message box, or a goodbye."""

    announce: tuple[Text, ...] = ()
    goto: Goto
    line: int
