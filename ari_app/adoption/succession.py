"""Succession: no call stays behind without an engine, and no row stays open for a call that is gone (T4, D14)."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Collection, Iterable
from typing import NoReturn

import structlog

from ari_app.adoption.adopting import Adoption, Books
from ari_app.adoption.closing import closed, without_legs
from ari_app.adoption.roll import PREFIX, Roll
from ari_app.ari.connecting import WATCH
from ari_app.ari.errors import AriError, CommandFailed
from ari_app.ari.link import Link
from ari_app.ari.resources import Application
from ari_app.engine import Engine
from ari_app.people.telephones import Telephones
from ari_app.witness.cdr import Cdr
from db.records import CallRow
from premises.clock import now

LOOK_SECONDS = 1.0
"""Between two looks whether another engine has died."""
CLOSE_EVERY = 10
"""Looks, between two searches for rows that nobody will close."""
SURE_SECONDS = 1.0
"""A row is closed if its call is gone, and the row still open so much later: another engine may just be writing it."""

log = structlog.get_logger()


class Succession:
    """One engine's part in it."""

    def __init__(self, engine: Engine, roll: Roll, telephones: Telephones, books: Books) -> None:
        self._engine = engine
        self._roll = roll
        self._telephones = telephones
        self._books = books

    async def begin(self, link: Link) -> None:
        """Take over what was ours before the link was lost, and what dead engines have left."""
        await self._adoption(link).of(link.app)
        await self._take_over(link)

    async def adopt(self, link: Link, calls: Collection[str]) -> int:
        """Take over these calls of our own application, which nobody serves; gives how many go on."""
        return await self._adoption(link).of(link.app, among=calls)

    async def go_on(self, link: Callable[[], Link | None]) -> NoReturn:
        """Look again and again, for ever; ``link`` gives the one that is up, if one is."""
        looks, looked = 0, None
        while True:
            up = link()
            if up is not None:
                looks = looks + 1 if up is looked else 0  # at a new link Asterisk may be a new one, too
                looked = up
                with contextlib.suppress(AriError):  # the next look will do
                    await self._take_over(up)
                    if looks % CLOSE_EVERY == 0:
                        await self._close_lost(up)
            await asyncio.sleep(LOOK_SECONDS)

    async def _take_over(self, link: Link) -> None:
        for application in await link.applications.list():
            name = application.name.removeprefix(WATCH)
            if name.startswith(PREFIX) and name != link.app:
                with self._roll.buried(name) as dead:
                    if dead and application.name == name:
                        await self._adoption(link).of(name)
                    elif dead:
                        await _unsubscribe(link, application)

    def _adoption(self, link: Link) -> Adoption:
        return Adoption(self._engine, link, self._telephones, self._books)

    async def _close_lost(self, link: Link) -> None:
        lost = await self._lost(link)
        if not lost:
            return
        await asyncio.sleep(SURE_SECONDS)
        if not await asyncio.to_thread(self._books.has_delivered):
            return  # calls that this engine itself has closed are still open in a database that lags
        sure = await self._lost(link)
        began = dt.datetime.fromisoformat((await link.asterisk.info()).status.startup_time)
        gone = [sure[call] for call in lost.keys() & sure.keys()]
        listed = await self._books.listed(min(row.arrived for row in gone)) if gone else {}
        for row in gone:
            await self._close(row, listed.get(row.id), began)

    async def _lost(self, link: Link) -> dict[str, CallRow]:
        """Rows that are open, and whose calls are not there any more."""
        rows = await self._books.open_calls()
        there = {channel.id for channel in await link.channels.list()}
        return {row.id: row for row in rows if row.id not in there and not self._engine.has(row.id)}

    async def _close(self, row: CallRow, cdr: Cdr | None, asterisk_began: dt.datetime) -> None:
        rows = closed(
            await self._books.story(row.id) or without_legs(row),
            cdr=cdr,
            last_sound=self._books.last_sound(row.id),
            asterisk_ended=asterisk_began if row.arrived < asterisk_began else None,
            now=now(),
        )
        self._books.register.put(*rows)
        self._books.call_lost(row.id)
        log.warning("call closed, whose end nobody saw", call=row.id, end=_end(rows))


async def _unsubscribe(link: Link, application: Application) -> None:
    """Take a dead engine's telephones from it: while it has any, Asterisk restarts ten seconds later (22.10.1)."""
    with contextlib.suppress(CommandFailed):  # another Asterisk than it was
        while application.endpoint_ids:  # as often as it had subscribed
            source = f"endpoint:{application.endpoint_ids[0]}"
            application = await link.applications.unsubscribe(application.name, source)


def _end(rows: Iterable[object]) -> str | None:
    return next((row.end for row in rows if isinstance(row, CallRow)), None)
