"""Who works here, in which state everybody is, and why somebody gets no calls."""

import datetime as dt

import msgspec

from db.people import Staff
from db.records import LegRow, PresenceRow
from premises.clock import now
from premises.whereabouts import Whereabouts, verdict
from routing.facts import Person, PersonId
from routing.hours import local, open_names
from routing.outcomes import Absence
from routing.people import absence
from routing.presence import Duty
from routing.seats import Seats, TelephoneId, told
from web.calls import LegTold
from web.office import Office
from web.operations import Operation
from web.permissions import Asker, Right
from web.problems import not_there
from web.words import OfOne, shown

OFFERS = 20
"""So many of the last ones are told."""


class PersonTold(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works here, now."""

    id: PersonId
    name: str
    role: str
    departments: tuple[str, ...]
    languages: tuple[str, ...]
    extension: str | None
    telephone: TelephoneId | None
    """Where the person sits, and calls ring: the own one has the person's id; None: somebody else sits there."""
    state: str | None
    """`routing.presence.State`; None: no engine has seen the person yet."""
    since: dt.datetime | None
    call: str | None
    """The call that rings the person, or in which the person talks."""
    said: Duty
    """What the person said last about being at work."""


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody, by id."""

    people: tuple[PersonTold, ...]
    served: bool
    """Whether an engine serves now: else states are old ones."""


class WhyTold(msgspec.Struct, frozen=True, kw_only=True):
    """Why somebody gets calls, or none."""

    person: PersonTold
    verdict: str
    """In a line."""
    why: str | None
    """What brought the state about."""
    calendar: Absence | None
    """On leave or outside working hours; None: at work, as far as a calendar tells."""
    served: bool
    offers: tuple[LegTold, ...]
    """The last calls that were offered, the newest first, and what came of them."""


async def people(office: Office, asker: Asker) -> People:
    """Everybody in the directory, in which state and since when."""
    return People(people=await everybody(office), served=office.installation.is_announced())


async def why(office: Office, asker: Asker, path: OfOne) -> WhyTold:
    """Why somebody gets calls, or none, and what was offered last."""
    staff = await office.staff()
    person = somebody(staff, path.id)
    if not asker.may_for(Right.WHY, person.id):
        raise not_there("such person")
    rulebook, seats = await office.rulebook(), await office.ask(office.seating.now)
    known = Whereabouts(
        person=person.id,
        name=person.name,
        calendar=absence(person, local(rulebook, now()).date(), open_names(rulebook, now())),
        duty=(await office.duties_of(staff))[person.id],
        seat=told(seats, person.id),
        presence=await office.ask(lambda: office.presences.of(person.id)),
        served=office.installation.is_announced(),
        offers=await _offers(office, person.id),
    )
    return WhyTold(
        person=_told(person, known.presence, known.duty, seats),
        verdict=verdict(known),
        why=known.presence.why if known.presence else None,
        calendar=known.calendar,
        served=known.served,
        offers=tuple(shown(LegTold, leg) for leg in known.offers),
    )


async def _offers(office: Office, person: PersonId) -> tuple[LegRow, ...]:
    return await office.ask(lambda: office.presences.offers(person, OFFERS))


async def everybody(office: Office) -> tuple[PersonTold, ...]:
    """What may be known of each colleague, now."""
    staff = await office.staff()
    presences = await office.ask(office.presences.all)
    duties, seats = await office.duties_of(staff), await office.ask(office.seating.now)
    return tuple(_told(person, presences.get(person.id), duties[person.id], seats) for person in staff.people)


def somebody(staff: Staff, who: PersonId) -> Person:
    """The person of this id. Raises `Problem` 404."""
    found = next((person for person in staff.people if person.id == who), None)
    if found is None:
        raise not_there("such person")
    return found


def _told(person: Person, presence: PresenceRow | None, said: Duty, seats: Seats) -> PersonTold:
    return shown(
        PersonTold,
        person,
        telephone=seats.telephone_of(person.id),
        state=presence.state if presence else None,
        since=presence.since if presence else None,
        call=presence.call if presence else None,
        said=said,
    )


OPERATIONS = (
    Operation(method="GET", path="/people", do=people, right=Right.PEOPLE),
    Operation(method="GET", path="/people/{id}", do=why, right=Right.WHY),
)
