"""The PIN by which somebody signs in at other telephones (`*44`): one's own, or, for whoever looks after the machine,
anybody's. It is told in, and never out (T3).
"""

import http
from typing import Annotated

import msgspec
import structlog

from premises import passwords
from premises.pins import wrong_with
from routing.facts import Person
from web.office import Office
from web.operations import Operation
from web.people import somebody
from web.permissions import Asker, Right
from web.problems import Problem, not_there
from web.words import OfOne

log = structlog.get_logger()


class NewPin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is keyed in from now on."""

    pin: Annotated[str, msgspec.Meta(min_length=4, max_length=12, pattern="^[0-9]+$")]

    def __repr__(self) -> str:
        """Without the PIN."""
        return "NewPin()"


async def set_pin(office: Office, asker: Asker, path: OfOne, body: NewPin) -> None:
    """Give somebody a PIN instead of the one before: with the extension it signs in at any telephone.

    Who has no extension cannot sign in by one (409), nor is one taken that anybody tries first, like 1234 (409).
    """
    person = await _meant(office, asker, path)
    if person.extension is None:
        raise Problem(http.HTTPStatus.CONFLICT, f"{person.id} has no extension, which is keyed in before the PIN")
    if why := wrong_with(body.pin):
        raise Problem(http.HTTPStatus.CONFLICT, f"pin: {why}")
    kept = await office.hashed(lambda: passwords.kept(body.pin))
    await office.ask(lambda: office.pins.set(person.id, kept))
    log.info("sets the PIN of somebody", account=asker.account.name, person=person.id)


async def remove_pin(office: Office, asker: Asker, path: OfOne) -> None:
    """Take somebody's PIN away: nobody signs in by it any more.

    Who sits elsewhere now stays there.
    """
    person = await _meant(office, asker, path)
    await office.ask(lambda: office.pins.set(person.id, None))
    log.info("removes the PIN of somebody", account=asker.account.name, person=person.id)


async def _meant(office: Office, asker: Asker, path: OfOne) -> Person:
    person = somebody(await office.staff(), path.id)
    if not asker.may_for(Right.PIN, person.id):
        raise not_there("such person")
    return person


OPERATIONS = (
    Operation(method="PUT", path="/people/{id}/pin", do=set_pin, right=Right.PIN, status=204, problems=(409,)),
    Operation(method="DELETE", path="/people/{id}/pin", do=remove_pin, right=Right.PIN, status=204),
)
