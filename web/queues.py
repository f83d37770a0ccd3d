"""The queues: who serves each, and who waits in it at this moment (D3)."""

import datetime as dt

import msgspec

from premises.asking import NotAsked, who_waits
from premises.asks import Waits, WhoWaits
from premises.clock import now
from routing.facts import Person, PersonId
from routing.people import members
from routing.rulebook import Rulebook
from web.live import ANSWER_SECONDS, no_answer
from web.office import Office
from web.operations import Operation
from web.permissions import Asker, Right


class WaitsTold(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits, and talks with nobody yet."""

    call: str
    """To be read at `/calls/{id}` by whoever may see it."""
    since: dt.datetime
    offered: PersonId | None
    """Whose telephone rings for the caller; None: it is not the caller's turn."""


class QueueTold(msgspec.Struct, frozen=True, kw_only=True):
    """A group that callers wait for."""

    name: str
    people: tuple[PersonId, ...]
    """Who serves it; `GET /people` tells in which state they are. Others may help out, by the rules."""
    waiting: tuple[WaitsTold, ...]
    """The next one to be served first; who is to be called back has a place as well."""


class Queues(msgspec.Struct, frozen=True, kw_only=True):
    """All queues, by name."""

    queues: tuple[QueueTold, ...]


async def queues(office: Office, asker: Asker) -> Queues:
    """The groups that callers wait for by the rules in force, who serves each, and who waits in it now."""
    return Queues(queues=await queues_now(office))


async def queues_now(office: Office) -> tuple[QueueTold, ...]:
    """All of them, by name. Raises `Problem`: without an engine nobody knows."""
    rulebook, people = await office.rulebook(), (await office.staff()).people
    until = now() + dt.timedelta(seconds=ANSWER_SECONDS)
    try:
        waiting = await who_waits(office.installation.asks, WhoWaits(until=until), ANSWER_SECONDS)
    except NotAsked as why:
        raise no_answer(why) from None
    names = sorted({*_waited_for(rulebook), *(one.queue for one in waiting)})
    return tuple(_told(name, rulebook, people, waiting) for name in names)


def _waited_for(rulebook: Rulebook) -> set[str]:
    return {*rulebook.queues, *(route.wait.group for route in rulebook.routes if route.wait)}


def _told(name: str, rulebook: Rulebook, people: tuple[Person, ...], waiting: tuple[Waits, ...]) -> QueueTold:
    """Callers keep the rules that they began with, so one may wait for a group that there is no more."""
    group = rulebook.groups.get(name)
    return QueueTold(
        name=name,
        people=tuple(person.id for person in members(group, people)) if group else (),
        waiting=tuple(
            WaitsTold(call=one.call, since=one.since, offered=one.offered) for one in waiting if one.queue == name
        ),
    )


OPERATIONS = (Operation(method="GET", path="/queues", do=queues, right=Right.QUEUES),)
