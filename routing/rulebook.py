"""The rule file as values: what `routing_rules.yaml` says once every mistake is out of it.

A rulebook is read by `routing.reading`, checked and compiled by `routing.compiling`, and carried out by
`routing.flow`. Every name in it is known to exist: a menu that a key opens is in ``menus``, a group that is rung is in
``groups``.
"""

import datetime as dt
from functools import cached_property
from typing import Literal

import msgspec

from routing.facts import PersonId
from routing.limits import UNLIMITED, Limits
from routing.line.stages import Order
from routing.sieve import Sieve
from routing.steps import Piece

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


class Span(msgspec.Struct, frozen=True):
    """Opening time within one day, in minutes since midnight; ``closes`` may be 24 * 60.

    A night shift is two spans.
    """

    opens: int
    closes: int


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """Opening hours of one name: for each weekday (Monday is 0) its spans."""

    name: str
    week: tuple[tuple[Span, ...], ...]
    holidays: bool = True
    """Whether the company's holidays are closed days for these hours."""


class Holiday(msgspec.Struct, frozen=True):
    """One or more closed days; both belong to it."""

    first: dt.date
    last: dt.date


class Goto(msgspec.Struct, frozen=True, kw_only=True):
    """Where the call goes next: exactly one of the places, or none of them for "the first route that fits"."""

    menu: str | None = None
    route: str | None = None
    message: str | None = None
    """A message box."""
    goodbye: str | None = None
    """The name of a text, which is said before the goodbye proper and hanging up."""
    next_route: bool = False
    """The next route below that fits."""
    last_resort: bool = False


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What a key means: what is learnt about the call, then where it goes."""

    intent: str | None = None
    department: str | None = None
    language: Language | None = None
    goto: Goto = Goto()
    line: int


class Menu(msgspec.Struct, frozen=True, kw_only=True):
    """A question answered by a key (T2)."""

    name: str
    say: Text
    keys: dict[str, Choice]
    seconds: float
    tries: int
    """How often it is asked in one call, whatever leads back to it: so every menu comes to an end."""
    wrong_key: Text | None = None
    otherwise: Choice
    """After the last try."""
    line: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A number of the company that callers dial."""

    number: str
    """E.164 with its plus sign, or ``any`` for every other number."""
    announce: tuple[Text, ...] = ()
    """Said first: a welcome, the notice that calls are recorded."""
    language: Language | None = None
    department: str | None = None
    intent: str | None = None
    goto: Goto = Goto()
    line: int


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


class AssignedManager(msgspec.Struct, frozen=True, tag="assigned_manager"):
    """The manager that the directory has for this customer (D4)."""


class Another(msgspec.Struct, frozen=True, tag="another"):
    """Everybody of a role who was not tried yet in this call (D4)."""

    role: str


class Head(msgspec.Struct, frozen=True, tag="head"):
    """The head of a department (D4); None: of the one concerned, from a menu, the customer or the line (D15, D19)."""

    department: str | None


class Group(msgspec.Struct, frozen=True, tag="group"):
    """Everybody of a group who was not tried yet."""

    name: str


class Named(msgspec.Struct, frozen=True, tag="named"):
    """One person."""

    person: PersonId


class Outside(msgspec.Struct, frozen=True, tag="outside"):
    """An outside number, which is in the allow-list."""

    number: str


Who = AssignedManager | Another | Head | Group | Named | Outside


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link of a chain."""

    who: Who
    seconds: float
    text: str
    """As in the rule file without the time: ``another key_account_manager``."""
    line: int


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """Who alone is offered to a caller in line for a time: whoever is all of this."""

    who: tuple[AssignedManager | Another | Head | Group | Named, ...] = ()
    """Nothing: anybody of the group that is waited for."""
    speaks: bool = False
    """Whether it must be somebody who speaks the caller's language."""
    seconds: float
    text: str
    """As in the rule file without the time: ``wine and language``."""


class WaitFor(msgspec.Struct, frozen=True, kw_only=True):
    """Waiting in line for a group (D3)."""

    group: str
    seconds: float
    offer_seconds: float
    first: tuple[Preference, ...] = ()
    """One after another; then anybody of the group."""
    ahead: float = 0.0
    """By how many seconds these callers count as having come earlier."""


class Help(msgspec.Struct, frozen=True, kw_only=True):
    """Others who help a group out: one of the two limits is given (T7, T8)."""

    who: AssignedManager | Another | Head | Group | Named
    after: float | None = None
    """Seconds of a caller's wait."""
    above: float | None = None
    """Callers in the line for each person of the group who is at work."""
    text: str
    """As in the rule file without the limit: ``head of wholesale``."""


class LineTalk(msgspec.Struct, frozen=True, kw_only=True):
    """What those who wait are told."""

    every: float
    place: Text | None = None
    """With ``{place}``."""
    wait: Text | None = None
    """With ``{minutes}``."""


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """When nobody waits for a group any more, and what those who do are told then."""

    hours: str
    """They wait while these are open."""
    tell: Text


class CallBack(msgspec.Struct, frozen=True, kw_only=True):
    """Those who wait may ask to be called back instead, and keep their place."""

    key: str
    offer: Text
    """Tells of it, behind each announcement."""
    thanks: Text
    tell: Text
    """What the person hears who is about to talk, with ``{number}``."""
    owner: str | None = None
    """Who sees to it when all was in vain: a person, a group, or ``head of wholesale``; None: who is waited for."""
    tries: int
    """How often the caller is rung."""
    pause: float
    """Seconds between two of these."""


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """How the line of those who wait for a group is served."""

    order: Order = "longest_idle"
    also: tuple[Help, ...] = ()
    announce: LineTalk | None = None
    closing: Closing | None = None
    call_back: CallBack | None = None
    line: int = 0
    """0: the rule file says nothing of it."""


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


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """What a short number means that somebody hands a caller over to (D4, D6, D19)."""

    number: str
    chain: tuple[Link, ...]
    rule: str | None = None
    """The documented rule that it serves."""
    line: int


class Introduce(msgspec.Struct, frozen=True, kw_only=True):
    """What is said to whoever answers for a caller who was handed over, before the two hear each other."""

    handed_over: Text
    """With ``{caller}``, ``{customer}``, ``{department}``, ``{intent}``, ``{debt}``, ``{sender}``."""
    back: Text | None = None
    """To the sender, whom the caller comes back to: ``{wanted}`` and ``{why}`` as well; None: as to anybody."""
    words: dict[str, dict[Language, str]] = {}
    """How customer types, intents, departments, debts and reasons are said; the others as they are written."""


class Members(msgspec.Struct, frozen=True, kw_only=True):
    """Who belongs to a group: named people and everybody who fits the role and the department, where one is given."""

    name: str
    people: tuple[PersonId, ...] = ()
    role: str | None = None
    department: str | None = None
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


class DutyRules(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for people at their telephones (T3)."""

    wrap_up: float = 0.0
    """Seconds after a talk in which nobody rings the person."""
    away: tuple[str, ...] = ()
    """Why people are away: the first is told by the key 1 at a telephone."""


class Supervision(msgspec.Struct, frozen=True, kw_only=True):
    """Who hears whose talks along, and for what a recording may be paused (T6, T8)."""

    supervisors: dict[str, tuple[str, ...]] = {}
    """By a group or a person: persons, groups, or ``head of`` a department, in the order in which they are called."""
    mentors: dict[PersonId, PersonId] = {}
    """By the trainee."""
    pauses: tuple[str, ...] = ("card number",)
    """Never empty: the first is meant by the key."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """What a talk may have been about, as its person tells afterwards (T5), and who is told of it (D14, D20)."""

    key: str | None = None
    """By which it is told at a telephone (``*49N``); None: only at the command line."""
    tell: tuple[str, ...] = ()
    """Departments; ``department``: the one concerned."""
    line: int


class LastResort(msgspec.Struct, frozen=True, kw_only=True):
    """What is done when nothing else could be (T4): a message box, or a goodbye."""

    announce: tuple[Text, ...] = ()
    goto: Goto
    line: int


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """Whose callers these are."""

    name: dict[Language, str]
    country: str
    """Two letters, for numbers without a country code: ``RU``."""
    timezone: str
    languages: tuple[Language, ...]
    """The first one is spoken where nothing else is known."""


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
    outside_limits: Limits = UNLIMITED
    """How often and how long, with all of both together."""
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
