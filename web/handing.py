"""Handing callers over, and ending talks: what whoever talks can do at the telephone, done over the HTTP API (D22)."""

import http

import msgspec

from ari_app.live.asks import HandOver, HangUp
from routing.transfers import targets
from web.live import have_done, meant
from web.office import Office
from web.operations import Operation
from web.permissions import Asker, Right
from web.problems import Problem
from web.words import Id, OfOne


class ShortNumber(msgspec.Struct, frozen=True, kw_only=True):
    """What can be keyed in at a telephone to hand a caller over to."""

    number: str
    rings: tuple[str, ...]
    """Who is rung one after another, as in the rule file."""
    rule: str | None
    """The documented rule that it serves."""


class Transfers(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a caller can be handed over to beside people, who are reached by id or extension."""

    numbers: tuple[ShortNumber, ...]


class To(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom the caller is handed over to."""

    to: Id
    """A person's id or extension, or one of the short numbers of `GET /transfers`."""


async def transfers(office: Office, asker: Asker) -> Transfers:
    """The short numbers by which callers are handed over, by the rules in force."""
    known = (await office.rulebook()).transfers.values()
    return Transfers(
        numbers=tuple(
            ShortNumber(number=one.number, rings=tuple(link.text for link in one.chain), rule=one.rule) for one in known
        )
    )


async def hand_over(office: Office, asker: Asker, path: OfOne, body: To) -> None:
    """Hand the caller of a talk that goes on over, as the telephone's transfer key does.

    The one who talked is free at once. If nobody is reached, the caller is put through to that person again.
    """
    if body.to not in targets(await office.rulebook(), (await office.staff()).people):
        why = f"to: `{body.to}` is nobody of ours: GET /people and GET /transfers list who is"
        raise Problem(http.HTTPStatus.CONFLICT, why)
    await have_done(office, HandOver(to=body.to, **await meant(office, asker, path.id, Right.TALK)))


async def hang_up(office: Office, asker: Asker, path: OfOne) -> None:
    """End a talk that goes on, and the call, as the one who talks does by hanging up."""
    await have_done(office, HangUp(**await meant(office, asker, path.id, Right.TALK)))


_OK = http.HTTPStatus.NO_CONTENT
OPERATIONS = (
    Operation(method="GET", path="/transfers", do=transfers, right=Right.TALK),
    Operation(method="POST", path="/calls/{id}/transfer", do=hand_over, right=Right.TALK, status=_OK, problems=(409,)),
    Operation(method="DELETE", path="/calls/{id}/talk", do=hang_up, right=Right.TALK, status=_OK, problems=(409,)),
)
