"""Chains: who is rung one after another, each for how long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, TypeVar

import msgspec

from routing.compiling.people import ANOTHER, DEPARTMENT_CONCERNED, head, person_or_group
from routing.compiling.telephone import suggestion
from routing.compiling.words import Time, seconds
from routing.people import ASSIGNED_MANAGER
from routing.reading import Scalar
from routing.rules.chains import Another, AssignedManager, Link, Outside, Who

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node
    from routing.rules.chains import Someone
    from routing.source import Place

Whom = TypeVar("Whom")

_RING_TIME = Time(least="1s", most="10m")
_WHO_AND_TIME = re.compile(r"(.*\S)\s+(\d\S*(?:\s+[^\W\d]+\.?)?)", re.DOTALL)
_NUMBER = re.compile(r"\+?[\d() -]+")


class ChainLink(msgspec.Struct, frozen=True):
    """One link: ``head of wholesale 30s``."""

    wanted: ClassVar[str] = "who is rung and how long, like `assigned_manager 20s`"

    def read(self, node: Node, page: Page) -> Link:
        """The link."""
        whom, time, text = timed(node, page, self.wanted, _who)
        return Link(who=whom, seconds=time, text=text, line=node.place.line)

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": r"^\s*\S.*\s[0-9]{1,6}[smh]\s*$"}


def timed(node: Node, page: Page, wanted: str, read: Callable[[str, Place, Page], Whom]) -> tuple[Whom, float, str]:
    """Words and a time after them: what ``read`` makes of the words, the seconds, and the words."""
    text = page.word(node, wanted).strip()
    found = _WHO_AND_TIME.fullmatch(text)
    if not found:
        raise page.wrong(node, f"`{text}` has no time", f"write how long: `{text} 20s`")
    words, time = " ".join(found[1].split()), found[2]
    place = page.within(node, found[1]) if isinstance(node, Scalar) else node.place
    try:
        whom = read(words, place, page)
    finally:  # a wrong name is no reason to keep silent about the time
        complaint = _RING_TIME.complaint(time)
        if complaint:
            page.wrong(page.within(node, time) if isinstance(node, Scalar) else node.place, *complaint)
    return whom, 0 if complaint else seconds(time), words


def someone(text: str, place: Place, page: Page) -> Someone:
    """Who is meant, where no number outside will do: those who are waited for."""
    who = _who(text, place, page)
    if isinstance(who, Outside):
        raise page.wrong(place, "nobody waits in line for a number outside", "ring it, in a route's `ring`")
    return who


def _who(text: str, place: Place, page: Page) -> Who:
    """Who is meant by the words before the time."""
    match text.split():
        case ["assigned_manager"]:
            return AssignedManager()
        case ["another", role]:
            return _another(role, place, page)
        case ["head", "of", department]:
            return head(place, department, page)
        case _ if _NUMBER.fullmatch(text):
            return _outside(text, place, page)
        case [name]:
            return person_or_group(place, name, page)
    forms = (ASSIGNED_MANAGER, *_phrases(page), *page.names["groups"], *page.people())
    raise page.wrong(place, f"it is not clear who is meant by `{text}`", page.choice(text, forms))


def _phrases(page: Page) -> list[str]:
    departments = (*page.names["departments"], DEPARTMENT_CONCERNED)
    return [f"{ANOTHER} {role}" for role in page.names["roles"]] + [f"head of {name}" for name in departments]


def _another(role: str, place: Place, page: Page) -> Another:
    if role not in page.names["roles"]:
        raise page.unknown(place, f"no role is called `{role}`", role, page.names["roles"])
    return Another(role)


def _outside(number: str, place: Place, page: Page) -> Outside:
    """An outside number, which the allow-list must have."""
    if number in page.names["outside"]:
        return Outside(number)
    known = page.names["outside"]
    advice = f"add it to `outside:`, the numbers that may be rung outside; {page.choice(number, known)}"
    if not re.fullmatch(r"\+\d+", number):
        advice = suggestion(number, page.country)
    raise page.wrong(place, f"`{number}` is not among the outside numbers that may be rung", advice)
