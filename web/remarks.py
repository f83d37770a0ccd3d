"""What a call was about, noted after it or in its talk, as `*49N` does at the telephone, and in words as well (T5, D20)."""

import http
from collections.abc import Mapping
from typing import Annotated

import msgspec
import structlog

from db.records import RemarkRow
from db.stories import CallStory
from premises.clock import now
from premises.remarks import remark
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


async def note_remark(office: Office, asker: Asker, path: OfOne, body: Remark) -> RemarkTold:
    """Note what a call was about.

    It is safe on disk, and the departments that the reason names will be told of it, when this is answered. Who says
    the same again about the same call has said it once.
    """
    story = await story_within(office, asker, path.id)
    _refuse_who_has_not_talked(asker, story)
    if story.call.erased is not None:
        raise Problem(http.HTTPStatus.CONFLICT, "the caller was erased: nothing is noted about it any more")
    reason = _named(body, (await office.rulebook()).reasons)
    row = await _row(office, story, reason, asker, " ".join((body.note or "").split()) or None)
    await office.keep(row)
    log.info("noted", account=asker.account.name, call=path.id, reason=row.reason, tell=row.tell)
    return shown(RemarkTold, row)


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


async def _row(
    office: Office, story: CallStory, reason: tuple[str, Reason] | None, asker: Asker, text: str | None
) -> RemarkRow:
    version = story.call.rules
    kept = await office.ask(lambda: office.rulebooks.of(version)) if version else None
    return remark(story.call, kept, reason, by=asker.account.person or asker.account.name, at=now(), text=text)


OPERATIONS = (
    Operation(method="POST", path="/calls/{id}/remarks", do=note_remark, right=Right.NOTE, status=201, problems=(409,)),
)
