"""The whole rule file: its sections, and what must hold between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from routing.compiling.company import COMPANY
from routing.compiling.duty import DUTY
from routing.compiling.ends import BOXES, DEBT, LAST_RESORT
from routing.compiling.hours import ClosedDays, Week
from routing.compiling.inside import Inside
from routing.compiling.introducing import INTRODUCE
from routing.compiling.menus import LINES, MENUS
from routing.compiling.names import route_names
from routing.compiling.outside import OUTSIDE
from routing.compiling.people import GROUPS, check_staff
from routing.compiling.queues import QUEUES
from routing.compiling.reasons import REASONS
from routing.compiling.routes import DEBT as TELL_DEBT
from routing.compiling.routes import KNOWN, NEW, NONE, ROUTES, UNKNOWN
from routing.compiling.shapes import Field, Got, Many, Record, Table
from routing.compiling.supervision import SUPERVISION
from routing.compiling.telephone import CallerNumber
from routing.compiling.texts import Inline, Joined
from routing.compiling.transfers import TRANSFERS
from routing.compiling.words import NewWord
from routing.conditions import WITHHELD
from routing.inside import ANY as ANYBODY
from routing.limits import UNLIMITED
from routing.remarks import ANY, CONCERNED
from routing.rulebook import Rulebook
from routing.rules.company import DutyRules, Outgoing, Supervision

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node
    from routing.rules.texts import Text

GOODBYE = "goodbye"
"""The text that is said before the engine hangs up."""


class _KeptText(msgspec.Struct, frozen=True):
    """A text that is at hand from then on, even when others are wrong."""

    shape: Joined = Joined(Inline())

    def read(self, node: Node, page: Page) -> Text:
        text = page.texts[node.name] = self.shape.read(node, page)
        return text

    def schema(self, shared: Shared) -> Schema:
        return self.shape.schema(shared)


def _words(name: str, reserved: tuple[str, ...], about: str) -> Field[tuple[str, ...]]:
    return Field(name=name, shape=Many(NewWord(wanted="a word of your own", reserved=reserved)), about=about)


COMPANY_FIELD = Field(name="company", shape=COMPANY, about="Whose callers these are", must=True)
CUSTOMERS = _words("customers", (NEW, KNOWN, UNKNOWN), "Customer types, as the directory has them (D2)")
DEPARTMENTS = _words("departments", (NONE, ANY, CONCERNED), "Departments")
ROLES = _words("roles", (ANYBODY,), "What people are; `head` is the head of a department")
INTENTS = _words("intents", (NONE,), "What callers may want, by menus and lines")
HOURS = Field(
    name="hours",
    shape=Table(wanted="opening hours by their names", key=NewWord(wanted="a name for opening hours"), value=Week()),
    about="Opening and working hours",
)
HOLIDAYS = Field(name="holidays", shape=Many(ClosedDays()), about="Closed days")
CALLERS = Field(
    name="callers",
    shape=Table(
        wanted="lists of callers by their names",
        key=NewWord(wanted="the name of a list", reserved=(WITHHELD,)),
        value=Many(CallerNumber()),
    ),
    about="Named lists of callers' numbers, for conditions",
)
OUTSIDE_FIELD = Field(
    name="outside", shape=OUTSIDE, about="The only outside numbers that may be rung, and their limits"
)
INSIDE_FIELD = Field(
    name="inside", shape=Inside(), about="Whom people may call inside the house, by their roles; all, if not given (T1)"
)
DUTY_FIELD = Field(name="duty", shape=DUTY, about="What holds for people at their telephones (T3)")
SUPERVISION_FIELD = Field(
    name="supervision", shape=SUPERVISION, about="Who may hear whose talks along, and what is not recorded (T6, T8)"
)
QUEUES_FIELD = Field(name="queues", shape=QUEUES, about="How those who wait for a group are served")
REASONS_FIELD = Field(
    name="reasons",
    shape=REASONS,
    about="What a talk was about, told by a key after it (T5), and who hears of it (D20)",
)
GROUPS_FIELD = Field(name="groups", shape=GROUPS, about="Who belongs together")
TEXTS = Field(
    name="texts",
    shape=Table(
        wanted="texts by their names",
        key=NewWord(wanted="the name of a text", reserved=(TELL_DEBT,)),
        value=_KeptText(),
    ),
    about="Texts by name; `goodbye` is compulsory",
    must=True,
)
TRANSFERS_FIELD = Field(
    name="transfers", shape=TRANSFERS, about="Whom people can hand a caller over to, by short numbers"
)
INTRODUCE_FIELD = Field(
    name="introduce",
    shape=INTRODUCE,
    about="What is said to whoever takes a caller who was handed over, before the two hear each other",
)
LINES_FIELD = Field(name="lines", shape=LINES, about="The company's numbers; `any` is every other one", must=True)
MENUS_FIELD = Field(name="menus", shape=MENUS, about="Questions that are answered by a key")
ROUTES_FIELD = Field(name="routes", shape=ROUTES, about="A call takes the first one that fits", must=True)
BOXES_FIELD = Field(name="boxes", shape=BOXES, about="Message boxes")
DEBT_FIELD = Field(name="debt", shape=DEBT, about="What is said of a debt (D5) without betraying it (D26)")
LAST_RESORT_FIELD = Field(
    name="last_resort", shape=LAST_RESORT, about="What is done when nothing else could be (T4)", must=True
)


def _rulebook(got: Got, _page: Page) -> Rulebook:
    texts, outside = got.must(TEXTS), got.get(OUTSIDE_FIELD)
    return Rulebook(
        version="",
        company=got.must(COMPANY_FIELD),
        roles=got.many(ROLES),
        departments=got.many(DEPARTMENTS),
        customers=got.many(CUSTOMERS),
        intents=got.many(INTENTS),
        hours=got.get(HOURS) or {},
        holidays=got.many(HOLIDAYS),
        callers=got.get(CALLERS) or {},
        outside=outside.numbers if outside else (),
        called_back=outside.called_back if outside else (),
        outgoing=outside.outgoing if outside else Outgoing(),
        outside_limits=outside.limits if outside else UNLIMITED,
        inside=got.get(INSIDE_FIELD),
        duty=got.get(DUTY_FIELD) or DutyRules(),
        supervision=got.get(SUPERVISION_FIELD) or Supervision(),
        reasons=got.get(REASONS_FIELD) or {},
        groups=got.get(GROUPS_FIELD) or {},
        transfers=got.get(TRANSFERS_FIELD) or {},
        introduce=got.get(INTRODUCE_FIELD),
        queues=got.get(QUEUES_FIELD) or {},
        lines=got.must(LINES_FIELD),
        menus=got.get(MENUS_FIELD) or {},
        routes=got.must(ROUTES_FIELD),
        boxes=got.get(BOXES_FIELD) or {},
        debt=got.get(DEBT_FIELD),
        goodbye=texts[GOODBYE],
        last_resort=got.must(LAST_RESORT_FIELD),
        texts=texts,
    )


def _check(got: Got, page: Page) -> None:
    _check_goodbye(got, page)
    _refuse_repeated_routes(got, page)
    check_staff(got.node, page)


def _check_goodbye(got: Got, page: Page) -> None:
    section = got.given((TEXTS,))
    if section and GOODBYE not in page.names["texts"]:
        page.wrong(section[0], f"the text `{GOODBYE}` is missing", "it is said before the engine hangs up")


def _refuse_repeated_routes(got: Got, page: Page) -> None:
    lines: dict[str, int] = {}
    for name in route_names(got.node):
        if name.text in lines:
            page.wrong(name, f"two routes have the name `{name.text}`", f"the first one is in line {lines[name.text]}")
        lines.setdefault(name.text, name.place.line)


RULE_FILE = Record(
    name="rules",
    wanted="a rule file with its sections",
    # Texts come first: the other sections look them up.
    fields=(
        COMPANY_FIELD,
        TEXTS,
        CUSTOMERS,
        DEPARTMENTS,
        ROLES,
        INTENTS,
        HOURS,
        HOLIDAYS,
        CALLERS,
        OUTSIDE_FIELD,
        INSIDE_FIELD,
        DUTY_FIELD,
        SUPERVISION_FIELD,
        REASONS_FIELD,
        GROUPS_FIELD,
        TRANSFERS_FIELD,
        INTRODUCE_FIELD,
        QUEUES_FIELD,
        LINES_FIELD,
        MENUS_FIELD,
        ROUTES_FIELD,
        BOXES_FIELD,
        DEBT_FIELD,
        LAST_RESORT_FIELD,
    ),
    make=_rulebook,
    check=_check,
)
