"""Provisioning: Asterisk is told of other people, and of other words to hand over by, while calls go on."""

import asyncio
from collections.abc import Callable
from typing import NoReturn, Protocol

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


class Asterisk(Protocol):
    """The side of `ari_app.pbx.asterisk.Asterisk` that is told."""

    def knows(self, pbx: Pbx) -> bool:
        """Whether it was configured last with these."""

    async def change(self, pbx: Pbx) -> None:
        """Take others. Raises `PbxError` if it does not answer."""


class Provisioning:
    """One engine's; `keep` is a task of its own.

    ``pbx``: as it is planned when the engine comes. ``changed`` is told what Asterisk has taken instead.
    """

    def __init__(
        self, installation: Installation, asterisk: Asterisk, pbx: Pbx, changed: Callable[[Pbx], None]
    ) -> None:
        self._installation = installation
        self._asterisk = asterisk
        self._pbx = pbx
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
        """Tell Asterisk whatever was planned last until it has taken it, for ever.

        Also what has changed while no engine was there, or with the version of this one.
        """
        if not self._asterisk.knows(self._pbx):
            self._due.set()
        while True:
            await self._due.wait()
            self._due.clear()
            pbx = self._pbx
            try:
                await self._asterisk.change(pbx)
            except (PbxError, OSError) as why:
                log.error("Asterisk has not taken other people, it is told again", why=str(why))  # noqa: TRY400
                self._due.set()
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self._tell_changed(pbx)
