"""Handing callers over, asking colleagues, ending talks: what can be done at the telephone, done over the HTTP API."""

import http

import msgspec

from premises.asks import Consult, GoBack, HandOver, HangUp, JoinAll
from routing.facts import PersonId
from routing.transfers import named, targets
from web.live import have_done, meant
from web.office import Office
from web.operations import Do, Method, Operation
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


class Whom(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is asked."""

    person: Id
    """A person's id or extension, or one of the short numbers of `GET /transfers`, whose people are rung in turn."""


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
    await _must_be_somebody(office, "to", body.to)
    talk = await meant(office, asker, path.id, Right.TALK)
    await _must_be_another(office, "to", body.to, talk["talking"])
    await have_done(office, HandOver(to=body.to, **talk))


async def _must_be_somebody(office: Office, field: str, keyed: str) -> None:
    if keyed not in targets(await office.rulebook(), (await office.staff()).people):
        why = f"{field}: `{keyed}` is nobody of ours: GET /people and GET /transfers list who is"
        raise Problem(http.HTTPStatus.CONFLICT, why)


async def _must_be_another(office: Office, field: str, keyed: str, talking: PersonId) -> None:
    """A caller given to the one who talks would lose a talk that goes on, to be rung for again."""
    person = named(keyed, (await office.staff()).people)
    if person is not None and person.id == talking:
        why = f"{field}: {talking} talks with this caller already: choose somebody else"
        raise Problem(http.HTTPStatus.CONFLICT, why)


async def consult(office: Office, asker: Asker, path: OfOne, body: Whom) -> None:
    """Ring a colleague for the one who talks, while the caller waits with music.

    Then `POST /calls/{id}/conference` has all three talk together, `DELETE /calls/{id}/consultation` goes back to the
    caller, and `POST /calls/{id}/transfer` hands the caller over. It goes back by itself if the colleague does not
    answer, or hangs up. If the one who talks hangs up, the caller is put through to the colleague if all three talked
    together, else to the one who talked again.
    """
    await _must_be_somebody(office, "person", body.person)
    talk = await meant(office, asker, path.id, Right.TALK)
    await _must_be_another(office, "person", body.person, talk["talking"])
    await have_done(office, Consult(whom=body.person, **talk))


async def join_all(office: Office, asker: Asker, path: OfOne) -> None:
    """Have the caller, the one who talks and the colleague who is asked hear each other."""
    await have_done(office, JoinAll(**await meant(office, asker, path.id, Right.TALK)))


async def go_back(office: Office, asker: Asker, path: OfOne) -> None:
    """Let the colleague who is asked go, and have the one who asks be with the caller again."""
    await have_done(office, GoBack(**await meant(office, asker, path.id, Right.TALK)))


async def hang_up(office: Office, asker: Asker, path: OfOne) -> None:
    """End a talk that goes on, and the call, as the one who talks does by hanging up."""
    await have_done(office, HangUp(**await meant(office, asker, path.id, Right.TALK)))


_OK = http.HTTPStatus.NO_CONTENT
_ACTS: tuple[tuple[Method, str, Do], ...] = (
    ("POST", "transfer", hand_over),
    ("POST", "consultation", consult),
    ("DELETE", "consultation", go_back),
    ("POST", "conference", join_all),
    ("DELETE", "talk", hang_up),
)
OPERATIONS = (
    Operation(method="GET", path="/transfers", do=transfers, right=Right.TALK),
    *(
        Operation(method=method, path=f"/calls/{{id}}/{what}", do=act, right=Right.TALK, status=_OK, problems=(409,))
        for method, what, act in _ACTS
    ),
)
