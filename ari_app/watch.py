"""Who watches beside the calls: the guard, on a second connection to Asterisk (AMI), and the second witness."""

import asyncio

from ari_app.ami import Ami, AmiAddress
from ari_app.bans.ban_list import BanList
from ari_app.bans.guard import Guard
from ari_app.bans.protected import Protected
from ari_app.metrics import Metrics
from ari_app.pbx.asterisk import Asterisk
from ari_app.witness import auditing
from ari_app.witness.catching_up import catch_up
from ari_app.witness.watching import Witness
from db.records import CallRow
from db.register import Register
from db.stories import Stories
from dialplan.plan import Pbx
from premises.installation import Installation


class Watch:
    """Made once for an engine; `keep` is a task of its own, and ``ami`` can be used by everybody while it runs."""

    def __init__(
        self, installation: Installation, pbx: Pbx, stories: Stories, register: Register, metrics: Metrics
    ) -> None:
        self._installation = installation
        self._stories = stories
        self._register = register
        self._metrics = metrics
        networks = [network for trunk in pbx.trunks for network in trunk.match]
        self._guard = Guard(BanList(installation.bans), Protected(networks, pbx.address), metrics)
        self._witness = Witness(
            auditing.folder_of(installation), stories.known, self._refused, self._is_delivering, metrics
        )
        self.ami = Ami(AmiAddress(port=pbx.ports.ami, user=pbx.ami.user, secret=pbx.ami.secret), self._guard.hear)

    async def keep(self, asterisk: Asterisk) -> None:
        """Watch until cancelled. Raises `AmiNotAdmitted`, before anything else, if Asterisk does not let us in."""
        async with self.ami:
            await asyncio.gather(
                self._guard.keep(asterisk.refuse),
                self._witness.keep(),
                catch_up(self._installation, self._stories, self._register),
            )

    def _refused(self, row: CallRow) -> None:
        self._register.put(row)
        self._metrics.note(row)

    def _is_delivering(self) -> bool:
        return self._register.backlog().away_since is not None
