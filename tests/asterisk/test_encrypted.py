"""A company whose phones must encrypt: one that does is served, one that does not is nobody, the trunk goes on."""

import asyncio
import os
from pathlib import Path

import msgspec
import pytest

from ari_app.pbx.asterisk import Asterisk, program
from demo.errors import Refused
from demo.phone import Phone
from demo.tones import tone_of
from dialplan.plan import LOOPBACK, Trunk
from tests.asterisk.bare import plan
from tests.asterisk.baresip import baresip

CALLER, OUTSIDE = "+79161234567", "127.0.0.2"
LINE, ECHO = "+74950000001", "*43"
REFUSED_SECONDS = 2.0
"""In which who is not refused is answered: it takes milliseconds."""


async def test_phones_that_must_encrypt(tmp_path: Path) -> None:
    trunk = Trunk(name="trunk", match=(OUTSIDE,))
    pbx = msgspec.structs.replace(plan(tmp_path), encrypted=True, trunks=(trunk,))
    account = ("anna", pbx.phones[0].secret)
    plain, tls = (LOOPBACK, pbx.ports.sip), (LOOPBACK, pbx.ports.sip_tls)
    certificate = tmp_path / "pbx" / "etc" / "certificate.pem"
    async with Asterisk(program(os.environ), pbx, tmp_path / "pbx"):
        async with Phone(*account, server=plain) as phone:
            with pytest.raises(Refused):
                await phone.register()
        async with baresip(tmp_path / "1", tls, *account, certificate=certificate, sound="") as careless:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(careless.dial(ECHO), REFUSED_SECONDS)
        async with baresip(tmp_path / "2", tls, *account, certificate=certificate, sound="mediaenc=srtp-mand") as desk:
            await desk.dial(ECHO)
            await desk.hang_up()
            async with Phone(CALLER, server=plain, at=(OUTSIDE, 0)) as caller:
                call = await caller.dial(LINE)  # no engine is here: the dialplan rings who is there
                assert await call.hears(tone_of("anna"), 20)
                call.play_tone(tone_of(CALLER))
                await desk.hears(CALLER)
                await call.hang_up()
