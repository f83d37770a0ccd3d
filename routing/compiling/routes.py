"""Routes: when each one fits, what the caller is told, who is rung, who is waited for, and what then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from routing.compiling.chains import ChainLink
from routing.compiling.places import OTHERWISE, PLACES, goto, one_place
from routing.compiling.queues import Preferred
from routing.compiling.shapes import Field, Got, Many, Record
from routing.compiling.telephone import CallerNumber, LineNumber
from routing.compiling.texts import Spoken
from routing.compiling.words import Known, Label, NewWord, OneOf, Time
from routing.reading import Scalar
from routing.rules.menus import Goto
from routing.rules.queues import WaitFor
from routing.rules.routes import Condition, Route

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node
    from routing.rules.texts import Text

DEBT = "debt"
"""In ``tell``: tell the caller of the debt, which is no text like the others."""
NEW, KNOWN, UNKNOWN = "new", "known", "unknown"
NONE = "none"


def _field(name: str, shape: Any, about: str) -> Field[Any]:
    return Field(name=name, shape=shape, about=about)


CONDITIONS = (
    _field(
        "customer",
        Many(Known(section="customers", what="customer type", also=(NEW, KNOWN, UNKNOWN))),
        "Customer types; new: nobody is assigned yet; known or unknown: in the directory or not",
    ),
    _field("manager", OneOf(("assigned", NONE)), "Whether a manager is assigned"),
    _field(
        "department",
        Many(Known(section="departments", what="department", also=(NONE,))),
        "The department concerned; none: it is not known",
    ),
    _field("debt", Many(OneOf((NONE, "overdue", "over_limit"))), "What is wrong with the receivables"),
    _field(
        "intent",
        Many(Known(section="intents", what="intent", also=(NONE,))),
        "What the caller wants; none: no menu was passed",
    ),
    _field("dialled", Many(LineNumber()), "The lines called"),
    _field("language", Many(Known(section="languages", what="language")), "The language spoken"),
    _field("open", Many(Known(section="hours", what="opening hours")), "Hours of which one is open now"),
    _field("closed", Many(Known(section="hours", what="opening hours")), "Hours of which one is closed now"),
    _field(
        "caller",
        Many(CallerNumber(lists=True)),
        "Callers' numbers, beginnings of numbers, lists of callers, or withheld",
    ),
)

CONDITION = Record(
    name="condition",
    wanted="conditions, like `{customer: key}`",
    fields=CONDITIONS,
    make=lambda got, _page: Condition(**{field.name: got.get(field) for field in CONDITIONS}),
)


class Told(msgspec.Struct, frozen=True):
    """A text, or the debt."""

    def read(self, node: Node, page: Page) -> Text | None:
        """The text; None: the debt."""
        if not (isinstance(node, Scalar) and node.text == DEBT):
            return Spoken().read(node, page)
        if not page.names[DEBT]:
            raise page.wrong(node, "nothing tells what is said of a debt", "add the section `debt:` with its `notice`")
        return None

    def schema(self, shared: Shared) -> Schema:
        """As a text."""
        return Spoken().schema(shared)


RULE = Field(
    name="rule", shape=Label("a rule's id"), about="The id of the documented rule that this route serves", must=True
)
NAME = Field(
    name="name", shape=NewWord(wanted="the name of a route"), about="By which lines, keys and routes go straight here"
)
WHEN = Field(name="when", shape=CONDITION, about="When the route fits: all of these must hold; always if not given")
TELL = Field(name="tell", shape=Many(Told()), about="What the caller is told first: texts, or debt")
RING = Field(name="ring", shape=Many(ChainLink()), about="Who is rung, one after another, and how long")
WAIT_FOR = Field(name="wait for", shape=Known(section="groups", what="group"), about="Wait in line for this group")
AT_MOST = Field(name="at most", shape=Time(least="5s", most="4h"), about="How long to wait in line")
OFFER = Field(
    name="offer", shape=Time(least="1s", most="10m"), about="How long each one of the group is rung; 15s if not given"
)
FIRST = Field(
    name="first",
    shape=Many(Preferred()),
    about="Who alone of those in line is offered at the beginning, and for how long: `language 20s`",
)
AHEAD = Field(
    name="ahead", shape=Time(least="1s", most="4h"), about="By how much these callers count as having come earlier"
)
HEAR = Field(
    name="hear", shape=OneOf(("ringing", "music")), about="What the caller hears meanwhile; ringing if not given"
)
OTHERWISE_FIELD = Field(
    name="otherwise", shape=OTHERWISE, about="Where the call goes when nobody was reached; last_resort if not given"
)


def _wait(got: Got) -> WaitFor | None:
    group = got.get(WAIT_FOR)
    if group is None:
        return None
    return WaitFor(
        group=group,
        seconds=got.must(AT_MOST),
        offer_seconds=got.get(OFFER) or 15.0,
        first=got.many(FIRST),
        ahead=got.get(AHEAD) or 0.0,
    )


def _route(got: Got, _page: Page) -> Route:
    told = got.many(TELL)
    straight = goto(got) if got.given(PLACES) else None
    return Route(
        rule=got.must(RULE),
        name=got.get(NAME),
        when=got.get(WHEN) or Condition(),
        tell=tuple(text for text in told if text is not None),
        tell_debt=None in told,
        chain=got.many(RING),
        wait=_wait(got),
        hear=cast("Any", got.get(HEAR)) or "ringing",
        otherwise=straight or got.get(OTHERWISE_FIELD) or Goto(last_resort=True),
        line=got.line,
    )


def _check_route(got: Got, page: Page) -> None:
    one_place(got, page)
    _check_way(got, page)
    _check_companions(got, page)


def _check_way(got: Got, page: Page) -> None:
    """A route rings, waits, or goes straight somewhere."""
    straight, reaching = got.given(PLACES), got.given((RING, WAIT_FOR))
    otherwise = got.given((OTHERWISE_FIELD,))
    if straight and (reaching or otherwise):
        advice = "what comes after nobody was reached is written under `otherwise:`"
        page.wrong(straight[0], "a route that goes straight to a place does nothing else", advice)
    if not (straight or reaching or otherwise):
        advice = "add `ring`, `wait for`, `menu`, `route`, `message`, `goodbye` or `otherwise: last_resort`"
        page.wrong(got.node, "this route leads nowhere", advice)


def _check_companions(got: Got, page: Page) -> None:
    """Some keys mean something only beside another."""
    waits = got.given((WAIT_FOR,))
    if waits and not got.given((AT_MOST,)):
        page.wrong(waits[0], "`wait for` needs `at most`", "how long to wait, as in `at most: 10m`")
    if not waits:
        for place in got.given((AT_MOST, OFFER, FIRST, AHEAD)):
            page.wrong(place, "this means something only beside `wait for`", "add `wait for: GROUP`, or leave it out")
    if not got.given((RING,)):
        for place in got.given((HEAR,)):
            page.wrong(place, "this means something only beside `ring`", "who waits in line hears music always")


ROUTE = Record(
    name="route",
    wanted="a route, like `{rule: D4, ring: assigned_manager 20s}`",
    fields=(RULE, NAME, WHEN, TELL, RING, WAIT_FOR, AT_MOST, OFFER, FIRST, AHEAD, HEAR, *PLACES, OTHERWISE_FIELD),
    make=_route,
    check=_check_route,
)
ROUTES = Many(ROUTE)
