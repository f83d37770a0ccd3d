"""What is done to Asterisk itself: killed, frozen, asked, restarted with other limits."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from ari_app.pbx import Asterisk, program
from ari_app.planning import kept_ports
from dialplan.plan import Account, Pbx
from premises.installation import Installation
from tests.asterisk.faults.scene import Scene, until

NOTICED_SECONDS = 3.0
BACK_SECONDS = 15.0
"""For another Asterisk to be linked; it takes one or two seconds, on a busy machine more."""


class Exchange:
    """The Asterisk of a scene, whichever it is by now."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        nobody = Account("", "")
        pbx = Pbx(ports=kept_ports(installation), ari=nobody, ami=nobody)
        self.cli = Asterisk(program(os.environ), pbx, installation.pbx).cli

    @property
    def pid(self) -> int:
        """As the engine announced it."""
        return self._installation.endpoints().pbx

    @property
    def etc(self) -> Path:
        """Its configuration."""
        return self._installation.pbx / "etc"
