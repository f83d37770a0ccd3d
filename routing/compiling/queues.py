"""Waiting in line: how a group's callers are served, who is offered first, and who helps out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, cast, get_args

import msgspec

from routing.compiling.call_backs import CALL_BACK
from routing.compiling.chains import someone, timed
from routing.compiling.shapes import Field, Got, Many, Record, Table
from routing.compiling.texts import Joined, Spoken
from routing.compiling.words import Known, OneOf, Time, seconds
from routing.line.stages import Order
from routing.rules.queues import Closing, Help, LineTalk, Preference, Queue

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node
    from routing.rules.chains import Someone
    from routing.source import Place

_AFTER = Time(least="1s", most="4h")
_LIMITED = re.compile(
    r"(?P<who>\S.*) (?:after (?P<after>\S+)|above (?P<above>[0-9]{1,3}(?:\.[0-9])?) per person)", re.DOTALL
)
LANGUAGE = "language"
"""In ``first``: whoever speaks the caller's."""


class Preferred(msgspec.Struct, frozen=True):
    """One stage of the beginning: ``wine and language 20s``."""

    wanted: ClassVar[str] = "who is offered first and for how long, like `language 20s`"

    def read(self, node: Node, page: Page) -> Preference:
        """The stage."""
        words, time, text = timed(node, page, self.wanted, _all_of)
        who = tuple(word for word in words if word != LANGUAGE)
        return Preference(who=cast("Any", who), speaks=LANGUAGE in words, seconds=time, text=text)

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": r"^\s*\S.*\s[0-9]{1,6}[smh]\s*$"}


def _all_of(text: str, place: Place, page: Page) -> tuple[Someone | str, ...]:
    """What must be true of a person at once."""
    return tuple(LANGUAGE if part == LANGUAGE else someone(part, place, page) for part in text.split(" and "))


class Helping(msgspec.Struct, frozen=True):
    """Who helps out, and from when on: ``managers after 1m``, ``managers above 3 per person``."""

    wanted: ClassVar[str] = "who helps out and when, like `managers after 1m` or `managers above 3 per person`"

    def read(self, node: Node, page: Page) -> Help:
        """Them, with their limit."""
        text = " ".join(page.word(node, self.wanted).split())
        found = _LIMITED.fullmatch(text)
        if not found:
            raise page.wrong(node, f"it is not clear when `{text}` helps out", f"it should be {self.wanted}")
        who = someone(found["who"], node.place, page)
        if found["above"]:
            return Help(who=who, above=float(found["above"]), text=found["who"])
        if complaint := _AFTER.complaint(found["after"]):
            raise page.wrong(node, *complaint)
        return Help(who=who, after=seconds(found["after"]), text=found["who"])

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": r"^\s*\S.*\s(after\s+[0-9]{1,6}[smh]|above\s+[0-9.]+\s+per\s+person)\s*$"}


NEXT = Field(
    name="next", shape=OneOf(get_args(Order)), about="Who of several free people is rung; longest_idle if not given"
)


ALSO = Field(
    name="also",
    shape=Many(Helping()),
    about="Who helps out when the wait or the load passes a limit: `managers after 1m`, `managers above 3 per person`",
)


EVERY = Field(
    name="every", shape=Time(least="10s", most="30m"), about="How often it is said, from the beginning on", must=True
)
PLACE = Field(name="place", shape=Joined(Spoken(frozenset({"place"}))), about="Tells the place in the line, `{place}`")
WAIT = Field(
    name="wait",
    shape=Joined(Spoken(frozenset({"minutes"}))),
    about="Tells the wait to be expected, `{minutes}`; not said before enough was measured",
)


def _line_talk(got: Got, _page: Page) -> LineTalk:
    return LineTalk(every=got.must(EVERY), place=got.get(PLACE), wait=got.get(WAIT))


def _check_line_talk(got: Got, page: Page) -> None:
    if not got.given((PLACE, WAIT)):
        page.wrong(got.node, "nothing is announced here", "give `place:` or `wait:`, or both, with a text")


ANNOUNCE = Field(
    name="announce",
    shape=Record(
        name="line_talk",
        wanted="what those who wait are told, like `{every: 1m, place: your_place}`",
        fields=(EVERY, PLACE, WAIT),
        make=_line_talk,
        check=_check_line_talk,
    ),
    about="What those who wait are told, and how often",
)


WITH = Field(
    name="with", shape=Known(section="hours", what="opening hours"), about="The hours with which it closes", must=True
)
TELL = Field(name="tell", shape=Joined(Spoken()), about="What those are told who wait, or would", must=True)
CLOSES = Field(
    name="closes",
    shape=Record(
        name="closing",
        wanted="when a line closes, like `{with: office, tell: closed_now}`",
        fields=(WITH, TELL),
        make=lambda got, _page: Closing(hours=got.must(WITH), tell=got.must(TELL)),
    ),
    about="With which hours waiting ends; those who wait go on where the route's `otherwise` says",
)


CALL_BACK_FIELD = Field(
    name="call_back", shape=CALL_BACK, about="Those who wait may ask to be called back, and keep their place"
)


def _check_queue(got: Got, page: Page) -> None:
    for place in got.given((CALL_BACK_FIELD,)):
        if not got.given((ANNOUNCE,)):
            page.wrong(place, "nobody would hear of this", "add `announce:`, behind which it is offered")
        if not page.names["called back"]:
            page.wrong(place, "nobody may be called back", "add the numbers that may: `outside: {call_back: …}`")


def _queue(got: Got, _page: Page) -> Queue:
    return Queue(
        order=cast("Any", got.get(NEXT)) or "longest_idle",
        also=got.many(ALSO),
        announce=got.get(ANNOUNCE),
        closing=got.get(CLOSES),
        call_back=got.get(CALL_BACK_FIELD),
        line=got.line,
    )


QUEUES = Table(
    wanted="waiting lines by the groups that are waited for",
    key=Known(section="groups", what="group"),
    value=Record(
        name="queue",
        wanted="how the line of a group is served, like `{next: fewest_calls}`",
        fields=(NEXT, ALSO, ANNOUNCE, CLOSES, CALL_BACK_FIELD),
        make=_queue,
        check=_check_queue,
    ),
)
