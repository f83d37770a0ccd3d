"""Headsets of another make hand callers over by their own transfers, over UDP, TCP and TLS."""

import datetime as dt

import pytest

from ari_app.demonstration import RunningSwitchboard
from db.database import Database
from demo.endpoints import read
from demo.phone import Phone
from demo.scenarios.cast import COMPLAINTS, OUTLET
from demo.tones import tone_of
from premises.installation import Installation
from tests.asterisk.headsets import Transport, headsets
from tests.asterisk.registered import registered
from tests.asterisk.test_transfers import shares

HEARD = 10.0
"""Seconds within which one hears the other."""
PEOPLE = ("mark", "nina", "boris")


@pytest.mark.parametrize("transports", [("udp", "tcp", "tls"), ("tcp", "tls", "udp"), ("tls", "udp", "tcp")])
async def test_a_caller_is_handed_over_blindly_and_then_after_asking(
    installation: Installation, database: Database, transports: tuple[Transport, ...]
) -> None:
    endpoints, began = read(installation.endpoints_file), dt.datetime.now(dt.UTC)
    switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
    async with headsets(installation, dict(zip(PEOPLE, transports, strict=True))) as desks:
        await switchboard.until_seen(dict.fromkeys(PEOPLE))
        async with Phone(OUTLET, server=endpoints.server, at=(endpoints.trunk, 0)) as outside:
            call = await outside.dial(COMPLAINTS)
            await call.answered()
            call.play_tone(tone_of(OUTLET))
            assert await call.who(PEOPLE, 2 * HEARD) == "mark"
            assert await desks["mark"].hears(OUTLET)
            await desks["mark"].hand_over("nina")
            assert await call.who(PEOPLE, HEARD) == "nina"
            assert await desks["nina"].hears(OUTLET)
            asked = await desks["nina"].dial("boris")
            assert await desks["boris"].hears("nina")
            await desks["nina"].join(asked)
            assert await call.who(PEOPLE, HEARD) == "boris"
            assert await desks["boris"].hears(OUTLET)
            await switchboard.until_seen({"mark": None, "nina": None, "boris": "busy"})
            await call.hang_up()
    inside, outer = await registered(database, began, 2)
    assert shares(outer) == [("mark", True), ("nina", True), ("boris", True)]
    assert (inside.call.number, inside.call.dialled) == ("405", "@boris")
