"""Handing a caller over (D4, D6, D19, D22): who is meant by what was keyed in, and what if nobody of them is reached.

Whoever talks with a caller may hand the call over by the telephone's own transfer key. Then the call goes on by the
documented rules as if the caller were new: the chain that stands for the short number is rung link after link. A person
who is named is rung alone. If nobody is reached the caller goes back to whoever handed over; if that fails, too, the
call goes on where it was before the talk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.rules.chains import Link, Named, Outside
from routing.rules.menus import Goto
from routing.rules.routes import Condition, Route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routing.facts import Person
    from routing.rulebook import Rulebook

PERSON_SECONDS = 20.0
"""How long a caller waits for a person who is named, or for the sender again, and how long that telephone rings."""
INSIDE = "@"
"""What ``dialled`` begins with in a call from one of our telephones to a colleague (D11): ``@anna``, ``@600``.

The dialplan writes it, for telephones that have proved whose they are; of what strangers dial it leaves digits."""
BACK = "<"
"""What it begins with in a call to somebody who is called back, before the person who is to talk: ``<anna``.

Only an engine writes it."""
MOST = 20
"""Times that one call can be handed over. Its state must fit onto the caller's channel, and people have given up long
before."""


def targets(rulebook: Rulebook, staff: Iterable[Person]) -> tuple[str, ...]:
    """Everything that can be keyed in to hand a caller over."""
    people = {name for person in staff for name in (person.id, person.extension) if name}
    return (*rulebook.transfers, *sorted(people - rulebook.transfers.keys()))


def named(keyed: str, staff: Iterable[Person]) -> Person | None:
    """The person whose name or extension was keyed in."""
    return next((person for person in staff if keyed in {person.id, person.extension}), None)


def way_to(keyed: str, rulebook: Rulebook, staff: Iterable[Person], rule: str) -> Route | None:
    """What was keyed in as a route whose chain is rung; None: it means nobody.

    ``rule``: what is served where the transfer names no rule of its own.
    """
    if transfer := rulebook.transfers.get(keyed):
        return _route(transfer.rule or rule, transfer.line, *transfer.chain)
    if person := named(keyed, staff):
        return _route(rule, 0, Link(who=Named(person.id), seconds=PERSON_SECONDS, text=person.id, line=0))
    outside = _outside(keyed, rulebook)
    return _route(rule, outside.line, outside) if outside else None


def _outside(number: str, rulebook: Rulebook) -> Link | None:
    """A number outside that a transfer rings: whoever has asked there hands the caller over to whom was asked."""
    links = (link for transfer in rulebook.transfers.values() for link in transfer.chain)
    return next((link for link in links if link.who == Outside(number)), None)


def _route(rule: str, line: int, *chain: Link) -> Route:
    """Who has been talking hears music."""
    nowhere = Goto(last_resort=True)
    return Route(rule=rule, when=Condition(), chain=chain, hear="music", otherwise=nowhere, line=line)
