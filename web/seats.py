"""Signing somebody in at another telephone, and out of it: oneself, or somebody whom one leads (T3).

As `*44` does at the telephone itself, but by the account instead of a PIN.
"""

import http

import msgspec
import structlog

from premises.clock import now
from premises.seating import InCall
from routing.facts import PersonId
from routing.presence import Duty
from routing.seats import TelephoneId
from web.office import Office
from web.operations import Operation
from web.people import somebody
from web.permissions import Asker, Right
from web.problems import Problem, later, not_there
from web.words import Id, OfOne

log = structlog.get_logger()


class Seat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where somebody sits."""

    telephone: Id
    """A person's id, for the person's own, or ``desk-1``, …"""


class SeatTold(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody sits now."""

    telephone: TelephoneId | None
    """None: nowhere, since somebody else sits at the own one."""


async def sit(office: Office, asker: Asker, path: OfOne, body: Seat) -> SeatTold:
    """Sign somebody in at a telephone: from now on it is the person's.

    The person's calls ring there, and calls from there are the person's. Whoever sat there has the own telephone again,
    and must be somebody for whom the one who asks may say so. Nobody moves in the middle of a call (409).
    """
    staff = await office.staff()
    person = somebody(staff, path.id).id
    if not asker.may_for(Right.PRESENCE, person):
        raise not_there("such person")
    if body.telephone not in {*(one.id for one in staff.people), *office.desks}:
        raise Problem(http.HTTPStatus.CONFLICT, "telephone: there is none of this name")
    there = (await office.ask(office.seating.now)).person_at(body.telephone)
    if there not in (None, person) and not asker.may_for(Right.PRESENCE, there):
        raise Problem(http.HTTPStatus.CONFLICT, f"telephone: {there} sits there; {person} can sign in there by *44")
    try:
        await office.ask(lambda: office.seating.sit(person, body.telephone))
    except InCall as why:
        raise Problem(http.HTTPStatus.CONFLICT, f"{why}: try again when it is over") from None
    except OSError as why:
        raise later(f"it cannot be kept on the disk ({why})", 60) from None
    await office.ask(lambda: office.duties.say(person, Duty("in", None, now())))
    log.info("sits for somebody", account=asker.account.name, person=person, telephone=body.telephone)
    return await _told(office, person)


async def leave(office: Office, asker: Asker, path: OfOne) -> SeatTold:
    """Sign somebody out of another telephone than the own one, which is the person's again.

    The person stays at work.
    """
    person = somebody(await office.staff(), path.id).id
    if not asker.may_for(Right.PRESENCE, person):
        raise not_there("such person")
    await office.ask(lambda: office.seating.leave(person))
    log.info("leaves a seat for somebody", account=asker.account.name, person=person)
    return await _told(office, person)


async def _told(office: Office, person: PersonId) -> SeatTold:
    seats = await office.ask(office.seating.now)
    return SeatTold(telephone=seats.telephone_of(person))


OPERATIONS = (
    Operation(method="PUT", path="/people/{id}/seat", do=sit, right=Right.PRESENCE, problems=(409,)),
    Operation(method="DELETE", path="/people/{id}/seat", do=leave, right=Right.PRESENCE),
)
