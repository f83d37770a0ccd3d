"""Calling somebody outside from a program: one's own telephone is rung first, then it is as if dialled there (T1)."""

import datetime as dt
import http
import time

import msgspec

from db.numbers import both_ends
from premises.asking import ask_any
from premises.asks import CallOutside
from premises.clock import now
from premises.ids import dialled_id
from routing.facts import Person
from routing.outgoing import OUTGOING, is_emergency, may_call
from routing.rulebook import Rulebook
from web.live import ANSWER_SECONDS, have_done
from web.office import Office
from web.operations import Operation
from web.people import somebody
from web.permissions import Asker, Right
from web.problems import Problem
from web.words import Id, Text


class Dialled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to call."""

    number: Text
    """As it would be dialled at the telephone."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A call that begins."""

    call: Id
    """Its id, for `GET /calls/{id}` once the own telephone has been answered."""


async def call_outside(office: Office, asker: Asker, body: Dialled) -> Begun:
    """Call somebody outside: one's own telephone rings, and once it is answered the number is called.

    As if it had been dialled there: by the same rules and limits, recorded, and registered under the number.
    """
    if asker.account.person is None:
        raise Problem(http.HTTPStatus.CONFLICT, "this account is no person's, and so has no telephone")
    person = somebody(await office.staff(), asker.account.person)
    number = _allowed(await office.rulebook(), person, body.number)
    until = now() + dt.timedelta(seconds=ANSWER_SECONDS)
    question = CallOutside(call=dialled_id(time.time_ns()), by=person.id, number=number, until=until)
    await have_done(office, question, ask_any)
    return Begun(call=question.call)


def _allowed(rulebook: Rulebook, person: Person, keyed: str) -> str:
    """The number, whole, if the rules let this person call it. Raises `Problem`: 403, 409."""
    number, dialled = both_ends(
        None,
        OUTGOING + keyed,
        rulebook.company.country,
        lines=rulebook.lines,
        emergency=rulebook.outgoing.emergency,
        person=person.id,
    )
    if number is None:
        own = f"number: `{keyed}` is one of the company's own lines" if dialled else f"number: `{keyed}` is none"
        raise Problem(http.HTTPStatus.CONFLICT, own)
    if not (is_emergency(rulebook, dialled, number) or may_call(rulebook, person, number)):
        why = f"number: by the rules in force the role {person.role!r} may not call {number}: `outside: {{dial: …}}`"
        raise Problem(http.HTTPStatus.FORBIDDEN, why)
    return number


OPERATIONS = (
    Operation(
        method="POST",
        path="/calls",
        do=call_outside,
        right=Right.DIAL,
        status=http.HTTPStatus.ACCEPTED,
        problems=(404, 409),
    ),
)
