"""The engine's link to Asterisk: made again whenever it is lost; what others had, or have left, is taken over first."""

import asyncio
import contextlib
from collections.abc import Callable

from ari_app.adoption.succession import Succession
from ari_app.ari import Address, Link, links
from ari_app.ari.errors import LinkLost, TimedOut
from ari_app.engine import HEARD, Engine
from ari_app.people.telephones import Telephones


class Uplink:
    """One engine's. ``linked`` is told when there is another link."""

    def __init__(
        self, engine: Engine, telephones: Telephones, succession: Succession, linked: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._telephones = telephones
        self._succession = succession
        self._tell_linked = linked
        self._link: Link | None = None
        self.linked = asyncio.Event()
        """Set once there has been one."""

    def __call__(self) -> Link | None:
        """The link on which calls are served; None: there is none now."""
        return self._link if self._link is not None and self._link.lost is None else None

    def troubles(self) -> list[str]:
        """Why no calls can be taken; empty when they can."""
        return [] if self() is not None else ["no link to Asterisk"]

    async def keep(self, address: Address, app: str) -> None:
        """Be linked, until cancelled. Raises AriError where trying again is of no use: `Fenced`, `Refused`."""
        async with contextlib.aclosing(links(address, app, events=HEARD, watch=["deviceState:"])) as every:
            async for link in every:
                async with self._engine.on(link):
                    link.deliver(self._engine.hear)
                    with contextlib.suppress(LinkLost, TimedOut):  # the next link will do
                        await self._begin(link)
                    await link.ended()

    async def calls_there(self) -> list[str]:
        """All that Asterisk has now; waits for the first link. Raises `LinkLost` where there is no other one yet."""
        await self.linked.wait()
        return [channel.id for channel in await self._link.channels.list()] if self._link else []

    async def _begin(self, link: Link) -> None:
        await self._telephones.look(link)
        await self._succession.begin(link)
        self._link = link
        self.linked.set()
        self._tell_linked()
