"""Headsets of another make hand callers over by their own transfers, over UDP, TCP and TLS."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from baresip import TransferFailed

from ari_app.demonstration import RunningSwitchboard
from db.database import Database
from demo.endpoints import read
from demo.outgoing import Outgoing
from demo.phone import Phone
from demo.scenarios.cast import COMPLAINTS, OUTLET
from demo.tones import tone_of
from premises.installation import Installation
from tests.asterisk.headsets import Headset, Transport, headsets
from tests.asterisk.registered import registered
from tests.asterisk.test_baresip import is_encrypted
from tests.asterisk.test_transfers import shares

HEARD = 10.0
"""Seconds within which one hears the other."""
PEOPLE = ("mark", "nina", "boris")


class Talk:
    """A caller who wanted mark, and everybody's headset."""

    def __init__(self, installation: Installation, call: Outgoing, desks: Mapping[str, Headset]) -> None:
        self._installation, self._call, self.desks = installation, call, desks

    async def is_with(self, person: str) -> None:
        """The caller and this person hear each other."""
        assert await self._call.who(PEOPLE, 2 * HEARD) == person
        assert await self.desks[person].hears(OUTLET)

    def is_encrypted(self, person: str) -> bool:
        """Whether the sound to this person is."""
        return is_encrypted(self._installation, person)


@asynccontextmanager
async def talk(
    installation: Installation, database: Database, transports: Mapping[str, Transport]
) -> AsyncIterator[Talk]:
    endpoints = read(installation.endpoints_file)
    switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
    async with headsets(installation, transports) as desks:
        await switchboard.until_seen(dict.fromkeys(transports))
        async with Phone(OUTLET, server=endpoints.server, at=(endpoints.trunk, 0)) as outside:
            call = await outside.dial(COMPLAINTS)
            await call.answered()
            call.play_tone(tone_of(OUTLET))
            one = Talk(installation, call, desks)
            await one.is_with("mark")
            yield one
            await call.hang_up()


@pytest.mark.parametrize("transports", [("udp", "tcp", "tls"), ("tcp", "tls", "udp"), ("tls", "udp", "tcp")])
async def test_a_caller_is_handed_over_blindly_and_then_after_asking(
    installation: Installation, database: Database, transports: tuple[Transport, ...]
) -> None:
    began, by = dt.datetime.now(dt.UTC), dict(zip(PEOPLE, transports, strict=True))
    encrypted = {}
    async with talk(installation, database, by) as one:
        encrypted["mark"] = one.is_encrypted("mark")
        await one.desks["mark"].hand_over("nina")
        await one.is_with("nina")
        encrypted["nina"] = one.is_encrypted("nina")
        asked = await one.desks["nina"].dial("boris")
        assert await one.desks["boris"].hears("nina")
        await one.desks["nina"].join(asked)
        await one.is_with("boris")
        encrypted["boris"] = one.is_encrypted("boris")
    inside, outer = await registered(database, began, 2)
    assert shares(outer) == [("mark", True), ("nina", True), ("boris", True)]
    assert (inside.call.number, inside.call.dialled) == ("405", "@boris")
    assert encrypted == {person: transport == "tls" for person, transport in by.items()}


async def test_a_transfer_that_is_refused_and_a_question_leave_the_talk_as_it_was(
    installation: Installation, database: Database
) -> None:
    began = dt.datetime.now(dt.UTC)
    async with talk(installation, database, {"mark": "tls", "nina": "tcp"}) as one:
        mark = one.desks["mark"]
        with pytest.raises(TransferFailed, match="404"):
            await mark.hand_over("999")
        await one.is_with("mark")
        await mark.calls[0].hold()
        asked = await mark.dial("nina")
        assert await one.desks["nina"].hears("mark")
        await asked.hangup()
        await mark.calls[0].resume()
        await one.is_with("mark")
    _inside, outer = await registered(database, began, 2)
    assert shares(outer) == [("mark", True)]
