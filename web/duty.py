"""Saying that somebody is at work, away or not: oneself, or somebody whom one leads (T3).

It is said as at a telephone (`*45`, `*46`, `*471`, `*48`): into a file that all processes of the installation see, so
that engines and the stand-in know within half a second, with or without a database.
"""

import http
from typing import Literal

import msgspec
import structlog
from msgspec import UNSET, UnsetType

from premises.clock import now
from routing.presence import Duty
from web.office import Office
from web.operations import Operation
from web.people import somebody
from web.permissions import Asker, Right
from web.problems import Problem, not_there
from web.words import OfOne, Text

log = structlog.get_logger()


class Saying(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said about being at work."""

    kind: Literal["in", "away", "out"]
    """``in`` also means back."""
    reason: Text | UnsetType = UNSET
    """Why away: one of the rules' reasons."""


class Reasons(msgspec.Struct, frozen=True, kw_only=True):
    """Why people may be away, in the order of the keys that tell it at a telephone."""

    away: tuple[str, ...]


async def reasons(office: Office, asker: Asker) -> Reasons:
    """Why people may be away, by the rules in force."""
    return Reasons(away=(await office.rulebook()).duty.away)


async def say_duty(office: Office, asker: Asker, path: OfOne, body: Saying) -> Duty:
    """Say that somebody is at work, away for a reason, back, or not at work.

    A talk under way goes on; it counts once that is over.
    """
    person = somebody(await office.staff(), path.id)
    if not asker.may_for(Right.PRESENCE, person.id):
        raise not_there("such person")
    _refuse_other_reasons(body, (await office.rulebook()).duty.away)
    said = Duty(body.kind, body.reason or None, now())
    await office.ask(lambda: office.duties.say(person.id, said))
    log.info("said for somebody", account=asker.account.name, person=person.id, kind=said.kind)
    return said


def _refuse_other_reasons(said: Saying, reasons: tuple[str, ...]) -> None:
    if said.kind == "away" and said.reason not in reasons:
        raise Problem(
            http.HTTPStatus.BAD_REQUEST, f"reason: one of {', '.join(reasons) or 'none: the rules list none'}"
        )
    if said.kind != "away" and said.reason is not UNSET:
        raise Problem(http.HTTPStatus.BAD_REQUEST, "reason: goes with `away` only")


OPERATIONS = (
    Operation(method="GET", path="/reasons", do=reasons, right=Right.PRESENCE),
    Operation(method="PUT", path="/people/{id}/duty", do=say_duty, right=Right.PRESENCE),
)
