"""What callers said: recordings and messages. Each time one is handed out that is noted first (`premises.access`)."""

import http
import re
from collections import deque
from pathlib import Path
from typing import Literal

import msgspec
import structlog
from msgspec import UNSET, UnsetType
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse

from db.records import LegRow, MessageRow, RecordingRow
from premises.access import Access, What
from web.calls import MessageTold, story_within
from web.office import Office
from web.operations import Operation
from web.owning import owners_within
from web.permissions import Asker, Right
from web.problems import Problem, later, not_there
from web.words import After, Id, Limit, Moment, OfOne, page_begin, page_end, shown

_WAV = "audio/wav"
_RANGE = re.compile(r"bytes=(?:(?P<first>\d{1,18})-(?P<last>\d{0,18})|-(?P<suffix>\d{1,18}))")

log = structlog.get_logger()


class Accesses(msgspec.Struct, frozen=True, kw_only=True):
    """Who heard and took what, the newest first."""

    accesses: tuple[Access, ...]


class HowMany(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a list."""

    limit: Limit = 50


class Messages(msgspec.Struct, frozen=True, kw_only=True):
    """Messages that callers left, the newest first."""

    messages: tuple[MessageTold, ...]
    next: str | None = None
    """What ``after`` must be to get the page behind this one; None: there is none."""


class WhichMessages(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which messages are meant."""

    heard: Literal["yes", "no"] | UnsetType = UNSET
    limit: Limit = 50
    after: After | UnsetType = UNSET


async def recording(office: Office, asker: Asker, request: Request, path: OfOne) -> FileResponse:
    """The recording of a call, as WAV; a range of it, if one is asked for (RFC 9110)."""
    story = await story_within(office, asker, path.id)
    if story.recording is None or not _talked(asker, story.legs):
        raise not_there("recording of this call")
    return await _handed_out(office, asker, request, "recording heard", story.recording)


async def messages(office: Office, asker: Asker, query: WhichMessages) -> Messages:
    """Messages that callers left, in pages; who has heard one says so by its task, which has its id."""
    owners = await owners_within(office, asker, Right.SOUND)
    rows = await office.ask(
        lambda: office.stories.sounds.messages(
            heard=query.heard == "yes" if query.heard else None,
            owners=owners,
            limit=query.limit + 1,
            beyond=page_begin(query.after, tuple[Moment, Id]) if query.after else None,
        )
    )
    page = rows[: query.limit]
    more = page_end(page[-1].left, page[-1].id) if len(rows) > len(page) else None
    return Messages(messages=tuple(shown(MessageTold, row) for row in page), next=more)


async def message(office: Office, asker: Asker, request: Request, path: OfOne) -> FileResponse:
    """A message that a caller left, as WAV; a range of it, if one is asked for (RFC 9110)."""
    row = await office.ask(lambda: office.stories.sounds.message(path.id))
    if row is None or not await _is_for(office, asker, row):
        raise not_there("such message")
    return await _handed_out(office, asker, request, "message heard", row)


async def accesses(office: Office, asker: Asker, query: HowMany) -> Accesses:
    """Who heard and took recordings, messages and customers' data."""
    latest = await office.ask(lambda: deque(office.access.entries(), query.limit))
    return Accesses(accesses=tuple(reversed(latest)))


def _talked(asker: Asker, legs: tuple[LegRow, ...]) -> bool:
    """Whether somebody whose talks may be heard talked in it."""
    within = asker.within(Right.SOUND)
    return within is None or any(leg.answered and leg.person in within.people for leg in legs)


async def _is_for(office: Office, asker: Asker, row: MessageRow) -> bool:
    """Whether it is for somebody whose messages may be heard, or for anybody."""
    owners = await owners_within(office, asker, Right.SOUND)
    return owners is None or row.owner is None or row.owner in owners


async def _handed_out(
    office: Office, asker: Asker, request: Request, what: What, row: RecordingRow | MessageRow
) -> FileResponse:
    key, folder = (
        (row.call, office.installation.recordings)
        if isinstance(row, RecordingRow)
        else (row.id, office.installation.messages)
    )
    if row.removed is not None:
        raise Problem(http.HTTPStatus.GONE, f"it was deleted on {row.removed:%Y-%m-%d}, because its time was over")
    file = folder / row.file
    size = await office.ask(lambda: _size(file))
    if size is None:
        log.error("sound not there", file=str(file))
        raise not_there("file any more; `switchboard recordings verify` tells more")
    _settle_range(request, size)
    if request.method != "HEAD":
        await _note(office, what, key, asker)
    return FileResponse(file, media_type=_WAV, filename=f"{key}.wav", content_disposition_type="inline")


async def _note(office: Office, what: What, key: str, asker: Asker) -> None:
    """What cannot be noted is not handed out. Raises `Problem` 503."""
    try:
        await office.ask(lambda: office.access.note(what, key, who=f"account {asker.account.name}"))
    except OSError as error:
        log.exception("access not noted", of=key)
        raise later(f"this cannot be noted in the access log ({error.strerror}), so it is not handed out", 60) from None


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return None


def _settle_range(request: Request, size: int) -> None:
    """Leave one range that can be given. Others are ignored, as a server may (RFC 9110, 14.2): all of it is sent then.

    Raises `Problem` 416.
    """
    asked = request.headers.get("range")
    if asked is None:
        return
    match = _RANGE.fullmatch(asked.strip())
    if match is None or (match["last"] and int(match["last"]) < int(match["first"])):
        del MutableHeaders(scope=request.scope)["range"]
    elif int(match["first"] or 0) >= size or match["suffix"] == "0":
        there = {"Content-Range": f"bytes */{size}"}
        raise Problem(
            http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, f"it has {size} bytes: ask within", headers=there
        )


_GONE, _BEYOND = 410, 416
OPERATIONS = (
    *(
        Operation(method="GET", path=path, do=do, right=Right.SOUND, media=_WAV, problems=(_GONE, _BEYOND))
        for path, do in (("/calls/{id}/recording", recording), ("/messages/{id}/sound", message))
    ),
    Operation(method="GET", path="/messages", do=messages, right=Right.SOUND, problems=(404,)),
    Operation(method="GET", path="/accesses", do=accesses, right=Right.ACCESS),
)
