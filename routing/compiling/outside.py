"""Which outside numbers may be rung, and how much that may cost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

import msgspec

from routing.compiling.shapes import ByForm, Field, Got, Many, Record, Table
from routing.compiling.telephone import CallerNumber, EmergencyNumber, LineNumber, Telephone
from routing.compiling.words import Known
from routing.limits import Limits, Rate
from routing.rules.company import Outgoing
from routing.rules.menus import ANY

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node

_SPANS = {"hour": 3600, "day": 86400}
_RATE = re.compile(r"([0-9]{1,6}) per (\w+)")


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """The section."""

    numbers: tuple[str, ...] = ()
    called_back: tuple[str, ...] = ()
    outgoing: Outgoing = Outgoing()
    limits: Limits = Limits()


class PerTime(msgspec.Struct, frozen=True):
    """So many in an hour or in a day: ``30 per hour``."""

    wanted: ClassVar[str] = "a limit like `30 per hour` or `300 per day`"

    def read(self, node: Node, page: Page) -> Rate:
        """The rate."""
        text = page.scalar(node, self.wanted).text
        found = _RATE.fullmatch(text)
        if not found:
            raise page.wrong(node, f"`{text}` is no limit", f"it should be {self.wanted}")
        if found[2] not in _SPANS:
            raise page.unknown(node, f"`{found[2]}` is no time that a limit can have", found[2], _SPANS)
        return Rate(int(found[1]), _SPANS[found[2]])

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": f"^[0-9]{{1,6}} per ({'|'.join(_SPANS)})$"}


NUMBERS = Field(name="numbers", shape=Many(Telephone()), about="The only outside numbers that chains may ring")
CALLED_BACK = Field(
    name="call_back",
    shape=Many(CallerNumber()),
    about="The only callers who may be called back: numbers, or beginnings like `+7495*`",
)
DIALLED = Field(
    name="dial",
    shape=Table(
        wanted='whom people of a role may call, like `operator: "+7495*"`',
        key=Known(section="roles", what="role"),
        value=Many(CallerNumber()),
    ),
    about="Whom people may call from their telephones, by their roles: numbers, or beginnings like `+7495*` (T1)",
)
SHOWN = Field(name="shown", shape=LineNumber(), about="Which of the lines those see who are called by this")
EMERGENCY = Field(
    name="emergency",
    shape=Many(EmergencyNumber()),
    about="Short numbers for help, like `112`: every telephone may call them, at any time and without a limit",
)
CALLS = Field(name="calls", shape=PerTime(), about="How often they may be rung, all together; no limit if not given")
MINUTES = Field(name="minutes", shape=PerTime(), about="How long one may talk with them; no limit if not given")


def _limited(got: Got, _page: Page) -> Outside:
    limits = Limits(calls=got.get(CALLS), minutes=got.get(MINUTES))
    outgoing = Outgoing(by=got.get(DIALLED) or {}, shown=got.get(SHOWN), emergency=got.many(EMERGENCY))
    return Outside(numbers=got.many(NUMBERS), called_back=got.many(CALLED_BACK), outgoing=outgoing, limits=limits)


def _check_limited(got: Got, page: Page) -> None:
    """Anybody can send any number as a caller's: so what calling back may cost has a limit, or there is none."""
    if not got.given((NUMBERS, CALLED_BACK, DIALLED, EMERGENCY)):
        advice = "give `numbers:`, `dial:`, `emergency:` or `call_back:`, or leave it out"
        page.wrong(got.node, "no number may be rung by this", advice)
    for place in got.given((CALLED_BACK,)):
        if not got.given((CALLS,)):
            page.wrong(place, "how often callers are called back has no limit", "add one, like `calls: 30 per hour`")
    for place in got.given((DIALLED, EMERGENCY))[:1]:
        if got.get(SHOWN) in (None, ANY):
            page.wrong(
                place, "nothing tells which line is shown to those who are called", "add one of yours: `shown: …`"
            )


LIMITED = Record(
    name="outside",
    wanted="outside numbers with their limits",
    fields=(NUMBERS, CALLED_BACK, DIALLED, EMERGENCY, SHOWN, CALLS, MINUTES),
    make=_limited,
    check=_check_limited,
)


class _Unlimited(msgspec.Struct, frozen=True):
    """A list of numbers alone."""

    def read(self, node: Node, page: Page) -> Outside:
        return Outside(numbers=NUMBERS.shape.read(node, page))

    def schema(self, shared: Shared) -> Schema:
        return NUMBERS.shape.schema(shared)


OUTSIDE = ByForm(word=_Unlimited(), keys=LIMITED)
