"""Saying that somebody is at work, away or not: oneself, or somebody whom one leads (T3).

It is said as at a telephone (`*45`, `*46`, `*471`, `*48`): into a file that all processes of the installation see, so
that engines and the stand-in know within half a second, with or without a database.
"""

import http

import msgspec
import structlog

from premises.clock import now
from routing.presence import Duty
from web.office import Office
from web.operations import Operation
from web.people import somebody
from web.permissions import Asker, Right
from web.problems import Problem, not_there
from web.words import OfOne, Text

log = structlog.get_logger()


class In(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="in"):
    """At work, or back."""


class Away(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="away"):
    """At work, and not at the telephone."""

    reason: Text
    """One of the rules' reasons."""


class Out(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="out"):
    """Not at work."""


Saying = In | Away | Out


class Reasons(msgspec.Struct, frozen=True, kw_only=True):
    """The rules' words, of which one is to be sent."""

    away: tuple[str, ...]
    """Why people may be away, in the order of the keys that tell it at a telephone."""
    talks: tuple[str, ...]
    """What talks may have been about."""
    pauses: tuple[str, ...]
    """Why a recording may be paused; the first is meant by the key."""


async def reasons(office: Office, asker: Asker) -> Reasons:
    """Why people may be away, what talks may have been about, why recordings may be paused: by the rules in force."""
    rulebook = await office.rulebook()
    return Reasons(away=rulebook.duty.away, talks=tuple(rulebook.reasons), pauses=rulebook.supervision.pauses)


async def say_duty(office: Office, asker: Asker, path: OfOne, body: Saying) -> Duty:
    """Say that somebody is at work, away for a reason, back, or not at work.

    A talk under way goes on; it counts once that is over.
    """
    person = somebody(await office.staff(), path.id)
    if not asker.may_for(Right.PRESENCE, person.id):
        raise not_there("such person")
    said = _said(body, (await office.rulebook()).duty.away)
    await office.ask(lambda: office.duties.say(person.id, said))
    if said.kind == "out":
        await office.ask(lambda: office.seating.leave(person.id))
    log.info("said for somebody", account=asker.account.name, person=person.id, kind=said.kind)
    return said


def _said(saying: Saying, reasons: tuple[str, ...]) -> Duty:
    match saying:
        case In():
            return Duty("in", None, now())
        case Out():
            return Duty("out", None, now())
        case Away(reason) if reason in reasons:
            return Duty("away", reason, now())
    known = f"one of {', '.join(reasons)}" if reasons else "none: they list none (duty: {away: [lunch, …]})"
    raise Problem(http.HTTPStatus.CONFLICT, f"reason: by the rules in force {known}")


OPERATIONS = (
    Operation(method="GET", path="/reasons", do=reasons, right=Right.PRESENCE),
    Operation(method="PUT", path="/people/{id}/duty", do=say_duty, right=Right.PRESENCE, problems=(409,)),
)
