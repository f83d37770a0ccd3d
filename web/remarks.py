"""What a call was about, noted after it or in its talk as by `*49N` at the telephone; in words, too, and as a task."""

import http
from collections.abc import Mapping
from typing import Annotated

import msgspec
import structlog

from db.records import RemarkRow, TaskRow
from db.stories import CallStory
from premises.clock import now
from premises.remarks import noted
from routing.people import owners
from routing.rules.company import Reason
from web.calls import RemarkTold, story_within
from web.office import Office
from web.operations import Operation
from web.permissions import Asker, Right
from web.problems import Problem, not_there
from web.words import OfOne, Text, shown

Note = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]

log = structlog.get_logger()


class Remark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is noted: a reason, words, or both."""

    reason: Text | None = None
    """One of the ``talks`` of `GET /reasons`; its departments are told of it at once, and of the note."""
    note: Note | None = None
    task: Text | None = None
    """Whose task it is: a person, a group, or ``head of`` a department; None: as the reason has it in the rules."""


async def note_remark(office: Office, asker: Asker, path: OfOne, body: Remark) -> RemarkTold:
    """Note what a call was about.

    It is safe on disk when this is answered, and the departments that the reason names will be told of it; whoever has
    the task of it, by the reason or by name, finds it among the tasks. Who says the same again about the same call has
    said it once.
    """
    story = await story_within(office, asker, path.id)
    _refuse_who_has_not_talked(asker, story)
    if story.call.erased is not None:
        raise Problem(http.HTTPStatus.CONFLICT, "the caller was erased: nothing is noted about it any more")
    reason = _named(body, (await office.rulebook()).reasons)
    if body.task is not None:
        await _refuse_nobody(office, body.task)
    rows = await _rows(office, story, reason, asker, body)
    await office.keep(*rows)
    log.info("noted", account=asker.account.name, call=path.id, reason=body.reason, tell=rows[0].tell, task=body.task)
    return shown(RemarkTold, rows[0])


def _refuse_who_has_not_talked(asker: Asker, story: CallStory) -> None:
    within = asker.within(Right.NOTE)
    if within is not None and not any(leg.answered and leg.person in within.people for leg in story.legs):
        raise not_there("such call in which you talked")


def _named(body: Remark, reasons: Mapping[str, Reason]) -> tuple[str, Reason] | None:
    if body.reason is None and not (body.note or "").split():
        raise Problem(http.HTTPStatus.CONFLICT, "there is nothing to note: give a reason, a note, or both")
    if body.reason is None:
        return None
    if body.reason not in reasons:
        known = f"one of {', '.join(reasons)}" if reasons else "none: they list none (reasons: {order: {key: 1}})"
        raise Problem(http.HTTPStatus.CONFLICT, f"reason: by the rules in force {known}")
    return body.reason, reasons[body.reason]


async def _refuse_nobody(office: Office, task: str) -> None:
    if not owners(task, await office.rulebook(), (await office.staff()).people):
        why = f"task: `{task}` is nobody of ours: a person, a group of the rules, or `head of` a department"
        raise Problem(http.HTTPStatus.CONFLICT, why)


async def _rows(
    office: Office, story: CallStory, reason: tuple[str, Reason] | None, asker: Asker, body: Remark
) -> tuple[RemarkRow] | tuple[RemarkRow, TaskRow]:
    version = story.call.rules
    kept = await office.ask(lambda: office.rulebooks.of(version)) if version else None
    by, text = asker.account.person or asker.account.name, " ".join((body.note or "").split()) or None
    return noted(story.call, kept, reason, by=by, at=now(), text=text, task=body.task)


OPERATIONS = (
    Operation(method="POST", path="/calls/{id}/remarks", do=note_remark, right=Right.NOTE, status=201, problems=(409,)),
)
