"""What Asterisk tells of telephones: an answer that is older than an event does not undo it."""

import asyncio
from typing import Any

import pytest

from ari_app.ari import connect
from ari_app.presence import Presence
from ari_app.telephones import Telephones
from routing.steps import Absence
from tests.unit.ari_peer import QUICK, Peer, peer

IDLE = [{"technology": "PJSIP", "resource": "anna", "state": "online", "channel_ids": []}]
PICKED_UP = {
    "type": "DeviceStateChanged",
    "application": "watch-sb-t",
    "device_state": {"name": "PJSIP/anna", "state": "INUSE"},
}


@pytest.mark.parametrize("answered_first", [True, False])
async def test_who_picks_up_the_telephone_while_asterisk_is_asked_is_not_taken_for_idle(
    *, answered_first: bool
) -> None:
    presence = Presence()
    telephones = Telephones(presence)

    async def answer(asterisk: Peer, request: dict[str, Any]) -> None:
        if not answered_first:
            await asterisk.say(PICKED_UP)
        await asterisk.answer(request, 200, IDLE)
        if answered_first:
            await asterisk.say(PICKED_UP)

    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK, watch=["deviceState:"]) as link:
        link.deliver(telephones.hear)
        asterisk.deeds["endpoints"] = answer
        await telephones.look(link)
        await asyncio.sleep(0.05)
        assert presence.absence("anna") is Absence.BUSY
        asterisk.deeds["endpoints"] = _idle
        await telephones.look(link)
        assert presence.absence("anna") is None, "the next look is newer than the event"


async def _idle(asterisk: Peer, request: dict[str, Any]) -> None:
    await asterisk.answer(request, 200, IDLE)
