"""The stream of what happens: a WebSocket that tells changes from a number on, so that nothing is missed.

=================  =================================================================================================
``GET /events``    what happens from now on; the first thing told is the number where it begins
``?since=17``      what happened after 17, and then what happens; 410 if that is too long ago: then read the lists anew
=================  =================================================================================================

Whoever begins connects first, then reads `/people`, `/calls/live` and `/tasks`, and takes in what the stream tells
meanwhile: what is told of a call, a person, a task or a queue replaces what was known of it, so it does no harm to be
told twice.
"""

import asyncio
import http
from collections import Counter
from collections.abc import Collection
from typing import Annotated

import msgspec
import structlog
from msgspec import UNSET, UnsetType
from starlette.websockets import WebSocket, WebSocketDisconnect

from db.changes import Forgotten
from web.asking import converted
from web.calls import is_within
from web.entrance import Entrance, comes_from_here
from web.feed import Feed, Happened, Happening
from web.office import Office
from web.owning import is_for, owners_within
from web.permissions import Asker, Right
from web.problems import Problem, answer, later

QUIET_SECONDS = 15.0
"""After which the number is told even if nothing happened that one may see; then it is also looked who asks."""
MOST_STREAMS = 200
MOST_OF_ONE = 20
"""Of one account: a desk that connects again and again, and never goes, keeps nobody else out."""
NOBODY_ANY_MORE = 4401
"""The close code for a session that has ended: sign in again."""
LATER = 1013
"""The close code for a database that is away (RFC 6455 registry: try again later); resume then."""

log = structlog.get_logger()


class Since(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to begin."""

    since: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | UnsetType = UNSET


class Stream:
    """The endpoint."""

    def __init__(self, office: Office, entrance: Entrance) -> None:
        self._office = office
        self._entrance = entrance
        self._feed = Feed(office)
        self._streams = Counter[str]()
        """How many each account has."""

    async def tell(self, socket: WebSocket) -> None:
        """Let somebody in, or answer why not, and tell what happens until one of both goes."""
        try:
            asker, sequence = await self._let_in(socket)
        except Problem as why:
            await socket.send_denial_response(answer(why))
            return
        await socket.accept()
        account = asker.account.name
        self._streams[account] += 1
        try:
            async with self._feed.followed():
                await self._tell_until_gone(socket, asker, sequence)
        finally:
            self._streams[account] -= 1

    async def _let_in(self, socket: WebSocket) -> tuple[Asker, int]:
        """Who follows, and from where on. Raises `Problem`."""
        if not comes_from_here(socket):  # a browser lets any page open a WebSocket to anywhere, with our cookie
            raise Problem(http.HTTPStatus.FORBIDDEN, "a page of another site asks for this: only pages of this one may")
        asker = await self._entrance.let_in(socket)
        self._refuse_too_many(asker.account.name)
        since = converted(dict(socket.query_params), Since, "the parameters").since
        if since is UNSET:
            return asker, await self._office.ask(self._office.changes.last)
        try:
            await self._office.ask(lambda: self._office.changes.after(since, 1))
        except Forgotten:
            gone = f"what came after {since} is not kept any more: connect without `since`, then read the lists anew"
            raise Problem(http.HTTPStatus.GONE, gone) from None
        return asker, since

    def _refuse_too_many(self, account: str) -> None:
        if self._streams.total() >= MOST_STREAMS:
            raise later(f"{MOST_STREAMS} follow already", 60)
        if self._streams[account] >= MOST_OF_ONE:
            raise later(f"this account follows {MOST_OF_ONE} times already", 60)

    async def _tell_until_gone(self, socket: WebSocket, asker: Asker, sequence: int) -> None:
        telling = asyncio.create_task(self._tell(socket, asker, sequence))
        leaving = asyncio.create_task(_until_left(socket))
        await asyncio.wait((telling, leaving), return_when=asyncio.FIRST_COMPLETED)
        for task in (telling, leaving):
            task.cancel()
        for result in await asyncio.gather(telling, leaving, return_exceptions=True):
            if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                log.error("stream ended by a fault", exc_info=result)

    async def _tell(self, socket: WebSocket, asker: Asker, sequence: int) -> None:
        try:
            await _send(socket, Happening(sequence=sequence))
            queues_seen = 0
            while True:
                sequence, queues_seen = await self._tell_for_a_while(socket, asker, sequence, queues_seen)
                await _send(socket, Happening(sequence=sequence))
                asker = await self._entrance.let_in(socket)
        except Forgotten:
            await socket.close(LATER, "too far behind")
        except Problem as why:
            unknown = why.status is http.HTTPStatus.UNAUTHORIZED
            await socket.close(NOBODY_ANY_MORE if unknown else LATER, why.detail[:100])

    async def _tell_for_a_while(
        self, socket: WebSocket, asker: Asker, sequence: int, queues_seen: int
    ) -> tuple[int, int]:
        """Gives how far it came."""
        until = asyncio.get_running_loop().time() + QUIET_SECONDS
        while True:
            try:
                async with asyncio.timeout_at(until):
                    happened = await self._feed.after(sequence, queues_seen)
            except TimeoutError:
                return sequence, queues_seen
            sequence = happened.all.sequence
            queues_seen = queues_seen if happened.queues_seen is None else happened.queues_seen
            seen = await self._seen_by(asker, happened)
            if seen != Happening(sequence=sequence):
                await _send(socket, seen)

    async def _seen_by(self, asker: Asker, happened: Happened) -> Happening:
        if not (happened.all.tasks or happened.had):
            return seen_by(asker, happened, frozenset())
        return seen_by(asker, happened, await owners_within(self._office, asker, Right.TASKS))


def seen_by(asker: Asker, happened: Happened, owners: Collection[str] | None) -> Happening:
    """What of it is for somebody to see. ``owners``: whose tasks; None: everybody's."""
    within = asker.within(Right.CALLS)
    calls = tuple(call for call in happened.all.calls if is_within(call, within))
    tasks = tuple(task for task in happened.all.tasks if is_for(task.owner, owners) or task.taken_by in (owners or ()))
    had = {one.task for one in happened.had if is_for(one.owner, owners)}
    gone = tuple(sorted(had - {task.id for task in tasks}))
    queues = happened.all.queues if asker.may(Right.QUEUES) else ()
    return msgspec.structs.replace(happened.all, calls=calls, tasks=tasks, gone=gone, queues=queues)


async def _send(socket: WebSocket, happening: Happening) -> None:
    await socket.send_text(msgspec.json.encode(happening).decode())


async def _until_left(socket: WebSocket) -> None:
    """Whatever is sent to us means nothing; what counts is that somebody is there."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
