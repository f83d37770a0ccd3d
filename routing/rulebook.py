"""The rule file as values: what `routing_rules.yaml` says once every mistake is out of it.

A rulebook is read by `routing.reading`, checked and compiled by `routing.compiling`, and carried out by
`routing.flow`. Every name in it is known to exist: a menu that a key opens is in ``menus``, a group that is rung is in
``groups``.
"""

from functools import cached_property

import msgspec

from routing.limits import UNLIMITED, Limits
from routing.rules.chains import Group, Introduce, Link, Transfer, Who
from routing.rules.company import Company, DutyRules, Holiday, Hours, Members, Outgoing, Reason, Supervision
from routing.rules.menus import ANY, Line, Menu
from routing.rules.queues import Queue
from routing.rules.routes import Box, DebtTalk, LastResort, Route
from routing.rules.texts import Text
from routing.sieve import Sieve


class Rulebook(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The whole rule file."""

    version: str
    """The first 12 hex digits of the SHA-256 of the file's bytes: trails name it, old versions are kept under it."""
    company: Company
    roles: tuple[str, ...]
    departments: tuple[str, ...]
    customers: tuple[str, ...]
    """Customer types (D2)."""
    intents: tuple[str, ...]
    hours: dict[str, Hours]
    holidays: tuple[Holiday, ...]
    callers: dict[str, tuple[str, ...]]
    """Named lists of numbers and prefixes."""
    outside: tuple[str, ...]
    """Numbers that may be rung outside."""
    called_back: tuple[str, ...] = ()
    """Callers' numbers, and beginnings of numbers, that may be called back."""
    outgoing: Outgoing = Outgoing()
    outside_limits: Limits = UNLIMITED
    """How often and how long, with all of these together."""
    inside: dict[str, tuple[str, ...]] | None = None
    """Whom people may call inside the house, by the caller's role (T1): roles, ``transfers`` or ``any``. None:
    everybody calls everybody."""
    duty: DutyRules = DutyRules()
    supervision: Supervision = Supervision()
    reasons: dict[str, Reason] = {}
    groups: dict[str, Members]
    transfers: dict[str, Transfer] = {}
    """Whom people at telephones can hand a caller over to, beside one another."""
    introduce: Introduce | None = None
    queues: dict[str, Queue] = {}
    """By the group that is waited for, as far as the rule file says anything."""
    lines: dict[str, Line]
    menus: dict[str, Menu]
    routes: tuple[Route, ...]
    boxes: dict[str, Box]
    debt: DebtTalk | None
    goodbye: Text
    """Said before the engine hangs up."""
    last_resort: LastResort
    texts: dict[str, Text] = {}
    """The texts of the rule file by name: those that a `Goto.goodbye` names are looked up here."""

    def line_of(self, dialled: str) -> Line | None:
        """The line that was dialled, or the one for every other number; None: it is none of ours."""
        return self.lines.get(dialled) or self.lines.get(ANY)

    @property
    def links(self) -> tuple[Link, ...]:
        """Every link of every chain, those of transfers behind those of routes."""
        chains = [route.chain for route in self.routes] + [each.chain for each in self.transfers.values()]
        return tuple(link for chain in chains for link in chain)

    def reached_by(self, route: Route) -> tuple[Who, ...]:
        """Everybody whom a route rings or waits for, those who help out among them."""
        chain = tuple(link.who for link in route.chain)
        if route.wait is None:
            return chain
        helping = self.queues[route.wait.group].also if route.wait.group in self.queues else ()
        return (*chain, Group(route.wait.group), *(help_.who for help_ in helping))

    @cached_property
    def sieve(self) -> Sieve:
        """The routes by what they ask for; made once."""
        return Sieve(self.routes, self.callers)
