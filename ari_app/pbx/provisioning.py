"""Provisioning: Asterisk is told of other people, and of other words to hand over by, while calls go on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import msgspec
import structlog

from ari_app.pbx.asterisk import PbxError
from ari_app.pbx.planning import plan
from dialplan.plan import Pbx
from premises.installation import Installation
from premises.settings import BadSettings
from routing.facts import Person
from routing.rulebook import Rulebook

AGAIN_SECONDS = 5.0
"""Until Asterisk is told again what it did not take: it may just be starting."""

log = structlog.get_logger()


class Provisioning:
    """One engine's; `keep` is a task of its own.

    ``pbx``: as Asterisk knows it. ``change`` tells it of another one, and raises `PbxError` where it does not answer.
    ``changed`` is told what Asterisk knows from then on.
    """

    def __init__(
        self,
        installation: Installation,
        pbx: Pbx,
        change: Callable[[Pbx], Awaitable[None]],
        changed: Callable[[Pbx], None],
    ) -> None:
        self._installation = installation
        self._pbx = pbx
        self._change = change
        self._tell_changed = changed
        self._due = asyncio.Event()

    def plan(self, staff: tuple[Person, ...], rulebook: Rulebook) -> None:
        """Have Asterisk know these people, and what they can key in by these rules. Returns at once, never raises."""
        try:
            pbx = plan(self._installation, staff, rulebook, self._pbx.ports)
        except (BadSettings, OSError, msgspec.MsgspecError) as why:  # a file that somebody has just edited, say
            log.error("people and rules not told to Asterisk", why=str(why))  # noqa: TRY400 - the reason is all
            return
        if (pbx.phones, pbx.transfers) != (self._pbx.phones, self._pbx.transfers):
            self._pbx = pbx
            self._due.set()

    async def keep(self) -> NoReturn:
        """Tell Asterisk whatever was planned last until it has taken it, for ever."""
        while True:
            await self._due.wait()
            self._due.clear()
            pbx = self._pbx
            try:
                await self._change(pbx)
            except (PbxError, OSError) as why:
                log.error("Asterisk has not taken other people, it is told again", why=str(why))  # noqa: TRY400
                self._due.set()
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self._tell_changed(pbx)
