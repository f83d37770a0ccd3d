"""``endpoints.json``: where this installation can be called, written by the engine that serves it, and kept true."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from ari_app.pbx.asterisk import Asterisk
from dialplan.plan import DESK, TRUNK, Pbx, Phone
from premises.installation import Endpoints, Installation, PhoneEntry

LOOK_SECONDS = 1.0
"""Between two looks whether anybody who wants to call learns where."""


class Announcement:
    """One engine's. The engine that came last is the one that is announced."""

    def __init__(self, installation: Installation, app: str, pbx: Pbx, asterisk: Asterisk) -> None:
        self._installation = installation
        self._app = app
        self._pbx = pbx
        self._asterisk = asterisk
        self._api: dict[str, str] | None = None

    @contextmanager
    def made(self, api: dict[str, str]) -> Iterator[None]:
        """Be announced until the block ends; ``api``: the addresses of the engine's own pages."""
        self._api = api
        try:
            with self._installation.announced(self._endpoints(api)):
                yield
        finally:
            self._api = None

    def change(self, pbx: Pbx) -> None:
        """Tell of other people."""
        self._pbx = pbx
        self.renew()

    def renew(self) -> None:
        """Tell anew what has changed, unless nothing was told yet, or another engine has come after us."""
        with suppress(FileNotFoundError):  # `stay` will see to it
            if self._api is not None and self._installation.endpoints().engine == os.getpid():
                self._installation.announce(self._endpoints(self._api))

    async def stay(self) -> NoReturn:
        """An engine that came after us and has gone took its announcement with it, or left it, if it was killed."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._api is not None and not self._installation.is_announced():
                with suppress(FileNotFoundError):  # no Asterisk runs at this moment: the next look will do
                    self._installation.announce(self._endpoints(self._api))

    def _endpoints(self, api: dict[str, str]) -> Endpoints:
        pbx, ports = self._pbx, self._pbx.ports
        return Endpoints(
            sip={"address": pbx.address, "udp": ports.sip, "tcp": ports.sip, "tls": ports.sip_tls},
            trunk={"name": TRUNK, "address": pbx.trunks[0].match[0]},
            phones={phone.person: _entry(phone) for phone in pbx.phones if not phone.person.startswith(DESK)},
            desks={phone.person: _entry(phone) for phone in pbx.phones if phone.person.startswith(DESK)},
            ports={"http": ports.http, "ami": ports.ami, "rtp_first": ports.rtp_first, "rtp_last": ports.rtp_last},
            api=api,
            app=self._app,
            engine=os.getpid(),
            pbx=self._asterisk.pid,
        )


def _entry(phone: Phone) -> PhoneEntry:
    return PhoneEntry(user=phone.person, secret=phone.secret, name=phone.name, extension=phone.number)
