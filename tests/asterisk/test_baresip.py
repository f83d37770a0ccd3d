"""Calls with a softphone that others wrote, so that our own telephones and the switchboard do not err alike."""

import datetime as dt
import urllib.request
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from ari_app.demonstration import RunningSwitchboard
from ari_app.pbx.accounts import Accounts
from db.database import Database
from demo.desk import Staff
from demo.endpoints import read
from demo.phone import Phone
from demo.scenarios.cast import COMPLAINTS, KEY, MAIN, OUTLET
from demo.tones import spans, tone_of
from dialplan.plan import LOOPBACK
from premises.installation import Installation
from tests.asterisk.baresip import Baresip, baresip
from tests.asterisk.registered import registered

HEARD = 10.0
"""Seconds within which one hears the other."""


async def test_a_caller_with_baresip_presses_a_key_and_talks_with_its_manager(
    installation: Installation, database: Database, tmp_path: Path
) -> None:
    endpoints, began = read(installation.endpoints_file), dt.datetime.now(dt.UTC)
    switchboard = RunningSwitchboard(installation.endpoints().api["people"], database)
    async with Staff(endpoints) as staff, baresip(tmp_path / "baresip", endpoints.server, KEY) as phone:
        await switchboard.until_seen({"anna": None})
        await phone.dial(MAIN)
        await phone.press("1")
        await phone.hears("anna")
        (desk,) = staff.desks(["anna"])
        assert await desk.calls[-1].hears(tone_of(KEY), HEARD)
        await phone.hang_up()
        (story,) = await registered(database, began, 1)
        assert spans(phone.heard, tone_of("anna"))
    assert (story.call.number, story.call.intent, story.call.end) == (KEY, "order", "talk")
    assert [leg.person for leg in story.legs] == ["anna"]


@asynccontextmanager
async def talking(installation: Installation, database: Database, phone: Baresip) -> AsyncIterator[None]:
    """A caller and mark, whose telephone this is, hear each other until the block ends."""
    endpoints = read(installation.endpoints_file)
    await RunningSwitchboard(installation.endpoints().api["people"], database).until_seen({"mark": None})
    async with Phone(OUTLET, server=endpoints.server, at=(endpoints.trunk, 0)) as outside:
        call = await outside.dial(COMPLAINTS)
        await call.answered()
        assert await call.hears(tone_of("mark"), 2 * HEARD)
        call.play_tone(tone_of(OUTLET))
        await phone.hears(OUTLET)
        yield
        await call.hang_up()
    await phone.happens("CALL_CLOSED")


async def test_a_person_whose_phone_is_baresip_is_reached(
    installation: Installation, database: Database, tmp_path: Path
) -> None:
    endpoints, began = read(installation.endpoints_file), dt.datetime.now(dt.UTC)
    async with baresip(tmp_path / "baresip", endpoints.server, "mark", endpoints.secrets["mark"]) as phone:
        async with talking(installation, database, phone):
            pass
        (story,) = await registered(database, began, 1)
    assert [(leg.person, leg.why) for leg in story.legs] == [("mark", None)]
    assert (story.call.number, story.call.end) == (OUTLET, "talk")


async def test_a_person_is_reached_by_tls_and_srtp(
    installation: Installation, database: Database, tmp_path: Path
) -> None:
    endpoints, began = read(installation.endpoints_file), dt.datetime.now(dt.UTC)
    tls = endpoints.server[0], int(installation.endpoints().sip["tls"])
    certificate = installation.pbx / "etc" / "certificate.pem"
    async with baresip(tmp_path / "baresip", tls, "mark", endpoints.secrets["mark"], certificate=certificate) as phone:
        async with talking(installation, database, phone):
            encrypted = {name: is_encrypted(installation, name) for name in ("mark", "trunk")}
        (story,) = await registered(database, began, 1)
    assert [(leg.person, leg.why) for leg in story.legs] == [("mark", None)]
    assert encrypted == {"mark": True, "trunk": False}


def is_encrypted(installation: Installation, endpoint: str) -> bool:
    """Whether the sound of the only channel of this endpoint is, by Asterisk's own word."""
    (channel,) = (one["id"] for one in _ask(installation, "") if one["name"].startswith(f"PJSIP/{endpoint}-"))
    return bool(_ask(installation, f"/{channel}/variable?variable=CHANNEL(rtp,secure)")["value"] == "1")


def _ask(installation: Installation, what: str) -> Any:
    ari = msgspec.json.decode((installation.pbx / "accounts.json").read_bytes(), type=Accounts).ari
    token = b64encode(f"{ari.user}:{ari.secret}".encode()).decode()
    where = f"http://{LOOPBACK}:{installation.endpoints().ports['http']}/ari/channels{what}"
    request = urllib.request.Request(where, headers={"Authorization": f"Basic {token}"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return msgspec.json.decode(answer.read())
