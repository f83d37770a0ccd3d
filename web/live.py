"""What is done in a call that goes on: an engine is asked to do it, and this says what came of it.

Another one is an operation here that has `have_done` ask an engine for it (`premises.asks`).
"""

import datetime as dt
import http
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypedDict

import msgspec
import structlog

from db.stories import CallStory
from premises.asking import NoAnswer, NoCall, NotAsked, ask
from premises.asks import Ask, Done, LeaveTalk, PauseRecording, RaiseHand, Refused, ResumeRecording, Supervise
from premises.clock import now
from routing.facts import PersonId
from routing.outgoing import who_calls
from routing.supervision import Manner
from web.calls import story_within
from web.office import Office
from web.operations import Operation
from web.permissions import Asker, Right
from web.problems import Problem, later, not_there
from web.words import OfOne, Text

ANSWER_SECONDS = 3.0
"""For an engine to answer; it takes milliseconds."""

Asked = Callable[[Path, Ask, float], Awaitable[Done | Refused]]
log = structlog.get_logger()


class Pause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must not be recorded."""

    reason: Text | None = None
    """One of the rules' ``pauses``; the first where it is not told."""


class Supervision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How somebody wants to hear a talk along."""

    manner: Manner


class Meant(TypedDict):
    """What every ask has, see `premises.asks.OfCall`."""

    call: str
    by: str
    talking: PersonId
    until: dt.datetime


async def pause_recording(office: Office, asker: Asker, path: OfOne, body: Pause) -> None:
    """Have silence recorded instead of the talk, until it is resumed or the talk ends."""
    await have_done(office, PauseRecording(reason=body.reason, **await meant(office, asker, path.id, Right.TALK)))


async def resume_recording(office: Office, asker: Asker, path: OfOne) -> None:
    """Record the talk again."""
    await have_done(office, ResumeRecording(**await meant(office, asker, path.id, Right.TALK)))


async def raise_hand(office: Office, asker: Asker, path: OfOne) -> None:
    """Call for help: the supervisors of whoever talks are rung one after another, until one comes."""
    await have_done(office, RaiseHand(**await meant(office, asker, path.id, Right.TALK)))


async def supervise(office: Office, asker: Asker, path: OfOne, body: Supervision) -> None:
    """Hear a talk along: one's own telephone rings. Who hears it along already does so in this manner from now on."""
    _has_telephone(asker)
    await have_done(office, Supervise(manner=body.manner, **await meant(office, asker, path.id, Right.SUPERVISE)))


async def leave_talk(office: Office, asker: Asker, path: OfOne) -> None:
    """Hear the talk along no more; it goes on."""
    await have_done(office, LeaveTalk(**await meant(office, asker, path.id, Right.SUPERVISE)))


def _has_telephone(asker: Asker) -> None:
    if asker.account.person is None:
        raise Problem(http.HTTPStatus.CONFLICT, "this account is no person's, and so has no telephone")


async def meant(office: Office, asker: Asker, call: str, right: Right) -> Meant:
    """The talk that goes on in this call, in which the one who asks may act. Raises `Problem`: 404, 409."""
    talking = _talking(await story_within(office, asker, call))
    if not asker.may_for(right, talking):
        raise not_there("such call")
    by = asker.account.person or asker.account.name
    return Meant(call=call, by=by, talking=talking, until=now() + dt.timedelta(seconds=ANSWER_SECONDS))


async def have_done(office: Office, question: Ask, asked: Asked = ask) -> None:
    """Have the engine that has the call do it. Raises `Problem`: 409 with what it says, 503.

    ``asked``: how the engines are asked.
    """
    try:
        answer = await asked(office.installation.asks, question, ANSWER_SECONDS)
    except NotAsked as why:
        raise no_answer(why) from None
    log.info("asked an engine", by=question.by, call=question.call, what=type(question).__name__, answer=answer)
    if isinstance(answer, Refused):
        raise Problem(http.HTTPStatus.CONFLICT, answer.why)


def _talking(story: CallStory) -> PersonId:
    """Who talks with the caller now, or with whom he or she has called outside, as the register has it."""
    talking = [leg.person for leg in story.legs if leg.answered and not leg.ended]
    if story.call.ended or not talking:
        raise Problem(http.HTTPStatus.CONFLICT, "nobody talks in this call now")
    return who_calls(story.call.dialled) or talking[0]  # a colleague who is asked meanwhile has answered later


def no_answer(why: NotAsked) -> Problem:
    """What is told where no engine has done it."""
    match why:
        case NoCall():
            detail = "the call is over, or the stand-in serves it, which does none of this"
            return Problem(http.HTTPStatus.CONFLICT, detail)
        case NoAnswer():
            return later("the engine that has the call does not answer; another one takes it over within seconds", 5)
        case _:
            return later("no engine serves now", 5)


_PAUSE, _SUPERVISION = "/calls/{id}/pause", "/calls/{id}/supervision"
_TALK, _SUPERVISE, _OK = Right.TALK, Right.SUPERVISE, http.HTTPStatus.NO_CONTENT
OPERATIONS = (
    Operation(method="PUT", path=_PAUSE, do=pause_recording, right=_TALK, status=_OK, problems=(409,)),
    Operation(method="DELETE", path=_PAUSE, do=resume_recording, right=_TALK, status=_OK, problems=(409,)),
    Operation(method="POST", path="/calls/{id}/help", do=raise_hand, right=_TALK, status=_OK, problems=(409,)),
    Operation(method="PUT", path=_SUPERVISION, do=supervise, right=_SUPERVISE, status=_OK, problems=(409,)),
    Operation(method="DELETE", path=_SUPERVISION, do=leave_talk, right=_SUPERVISE, status=_OK, problems=(409,)),
)
