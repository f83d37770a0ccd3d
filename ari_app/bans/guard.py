"""Watches who fails to log in, and keeps Asterisk's ACL as the ban list says."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog

from ari_app.ami import AmiEvent
from ari_app.bans.ban_list import BanList
from ari_app.bans.counting import Counting, Policy
from ari_app.bans.failures import FAILURES, SUCCESS, Ip, Source, source
from ari_app.bans.protected import Protected
from db.alarm import Alarm

LOOK_SECONDS = 1.0
"""So often the list is looked at: for bans that are over, and for those that were lifted on the command line."""
AGAIN_SECONDS = 5.0
"""After an ACL that Asterisk did not take, or a list that the disk did not."""

log = structlog.get_logger()
Apply = Callable[[Sequence[str]], Awaitable[None]]


class Count(Protocol):
    """Who counts: `ari_app.metrics.Metrics`."""

    def login_failed(self, *, protected: bool) -> None:
        """Somebody failed to log in by SIP."""

    def address_banned(self) -> None:
        """An address was shut out."""


class Guard:
    """`hear` takes events and never waits; `keep` applies the list, and is a task of its own."""

    def __init__(self, bans: BanList, protected: Protected, count: Count, policy: Policy | None = None) -> None:
        self._bans = bans
        self._protected = protected
        self._count = count
        self._policy = policy or Policy()
        self._counting = Counting(self._policy)
        self._new: list[tuple[Ip, float]] = []
        self._changed = asyncio.Event()
        self._unkept = Alarm("ban list not kept", "ban list kept again")
        self._unapplied = Alarm("ban list not applied", "ban list applied again")

    def hear(self, event: AmiEvent) -> None:
        """Take one of Asterisk's security events; others are none of its business."""
        if event.name not in FAILURES and event.name != SUCCESS:
            return
        sender = source(event)
        if sender is None:
            return
        if event.name == SUCCESS:
            self._protected.logged_in(sender.address, time.time())
        else:
            self._failed(sender, time.time())

    async def keep(self, apply: Apply) -> None:
        """Have ``apply`` set Asterisk's ACL to the addresses of the list whenever they change. Never returns."""
        applied: set[str] | None = None
        while True:
            try:
                wanted = await asyncio.to_thread(self._on_the_list)
            except OSError as why:  # a full disk, say: calls do not end because of it
                self._unkept.begin(why)
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            self._unkept.end()
            if wanted != applied and await self._applied(apply, sorted(wanted)):
                _tell_of_lifted((applied or set()) - wanted)
                applied = wanted
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), AGAIN_SECONDS if wanted != applied else LOOK_SECONDS)
            except TimeoutError:
                continue

    def _failed(self, sender: Source, now: float) -> None:
        protected = self._protected.covers(sender.address, now)
        self._count.login_failed(protected=protected)
        seconds = self._counting.failed(sender, now)
        if seconds is None:
            return
        if protected:
            log.warning("attack from an address that is never shut out", address=str(sender.address))
            return
        self._new.append((sender.address, seconds))
        self._count.address_banned()
        log.warning("address shut out", address=str(sender.address), seconds=seconds)
        self._changed.set()

    def _on_the_list(self) -> set[str]:
        """All addresses of the list, the new ones among them. The file may be locked: not for the loop's thread."""
        now = time.time()
        while self._new:
            address, seconds = self._new[0]
            self._bans.add(address, now, seconds, self._policy.bans)
            del self._new[0]
        return set(self._bans.read(now))

    async def _applied(self, apply: Apply, addresses: Sequence[str]) -> bool:
        try:
            await apply(addresses)
        except Exception as error:  # tried again; calls must not end because of it
            self._unapplied.begin(error)
            return False
        self._unapplied.end()
        return True


def _tell_of_lifted(addresses: set[str]) -> None:
    for address in sorted(addresses):
        log.info("address let in again", address=address)
