"""What the engine does with events that belong to no call any more."""

import asyncio
from typing import Any, cast

import pytest

from ari_app.ari import connect
from ari_app.ari.events import BridgeAttendedTransfer, BridgeBlindTransfer, Channel
from ari_app.engine import Engine
from tests.unit.ari_peer import QUICK, peer

LEG, OWN, INSTEAD = (Channel(id=name) for name in ("leg-1.1-1", "3.3", "2.2"))


@pytest.mark.parametrize(
    "transfer",
    [
        BridgeBlindTransfer(channel=LEG, exten="nina", result="Success", replace_channel=INSTEAD),
        BridgeAttendedTransfer(
            transferer_first_leg=LEG, transferer_second_leg=OWN, result="Success", replace_channel=INSTEAD
        ),
    ],
    ids=["blind", "asked first"],
)
async def test_what_is_put_in_place_of_who_hands_over_a_caller_that_has_just_left_is_taken_away(
    transfer: BridgeBlindTransfer | BridgeAttendedTransfer,
) -> None:
    engine = Engine(cast("Any", None), cast("Any", None), lambda _: None)
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link, engine.on(link):
        engine.hear(transfer)
        await asyncio.sleep(0.05)
        assert [request["uri"] for request in asterisk.requests if request["method"] == "DELETE"] == ["channels/2.2"]


async def test_an_engine_that_hands_over_leaves_it_to_the_next_one() -> None:
    engine = Engine(cast("Any", None), cast("Any", None), lambda _: None)
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link, engine.on(link):
        await engine.hand_over()
        engine.hear(BridgeBlindTransfer(channel=LEG, exten="nina", result="Success", replace_channel=INSTEAD))
        await asyncio.sleep(0.05)
        assert [request for request in asterisk.requests if request["method"] == "DELETE"] == []
