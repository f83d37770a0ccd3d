"""Headsets that others wrote: baresip 4 in this process, over UDP, TCP or TLS, with transfers of its own.

Debian's baresip (`tests.asterisk.baresip`) is older, and knows no attended transfer. One process has one baresip, with
as many accounts as people are at their headsets.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Literal

from baresip import Account, AudioNotActive, AudioRestarted, BaresipError, Call, Config, Runtime, UserAgent

from demo import tones
from dialplan.plan import LOOPBACK
from premises import ports
from premises.installation import Installation

Transport = Literal["udp", "tcp", "tls"]

LOOK = 0.02
"""Seconds between two looks at what was said and heard."""
AHEAD = 3200
"""Bytes of sound that are kept ready: 200 ms, so that a busy machine leaves no gap."""
HAPPENS = 15.0
"""Seconds for anything."""
CONFIG = """\
sip_listen {host}:{ports.sip}
sip_cafile {certificate}
sip_verify_server yes
rtp_ports {ports.rtp_first}-{ports.rtp_last}
"""
"""It trusts this installation's certificate, and no server that has another."""


class Headset:
    """Somebody's headset: registered, takes every call, and hums its person's tone; use `headsets`."""

    def __init__(self, person: str, server: str, agent: UserAgent) -> None:
        self.calls: list[Call] = []
        """The newest last."""
        self._tone = tones.tone(tones.tone_of(person)).tobytes()
        self._server, self._agent = server, agent
        self._heard = bytearray()
        self._tasks: set[asyncio.Task[None]] = set()
        agent.on_incoming(self._came)

    async def dial(self, number: str) -> Call:
        """Call a number, beside the other calls; done when it is answered."""
        call = await self._agent.dial(self._address(number))
        await call.wait_established(HAPPENS)
        self._speak(call)
        return call

    async def hand_over(self, to: str) -> None:
        """Transfer the caller without asking; done when the call is over, `baresip.TransferFailed` if refused."""
        await self.calls[-1].transfer(self._address(to), timeout=HAPPENS)

    async def join(self, asked: Call) -> None:
        """Transfer the caller to whom this call has asked before; likewise."""
        await self.calls[0].attended_transfer(asked, timeout=HAPPENS)

    async def hears(self, name: str) -> bool:
        """Whether this one's tone is heard from now on."""
        begin = len(self._heard)
        with suppress(TimeoutError):
            async with asyncio.timeout(HAPPENS):
                while not tones.spans(bytes(self._heard[begin:]), tones.tone_of(name)):  # noqa: ASYNC110 - sound
                    await asyncio.sleep(LOOK)
                return True
        return False

    async def close(self) -> None:
        """Say goodbye."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._agent.unregister()

    def _came(self, call: Call) -> None:
        self.calls.append(call)
        self._spawn(self._take(call))

    async def _take(self, call: Call) -> None:
        with suppress(BaresipError):  # the caller may leave at any moment
            await call.answer()
            await call.wait_established(HAPPENS)
            self._speak(call)

    def _speak(self, call: Call) -> None:
        self._spawn(self._talk(call))

    async def _talk(self, call: Call) -> None:
        """Hum and listen until the call is over; a hold and its end give it other streams."""
        while True:
            with suppress(AudioNotActive, AudioRestarted):
                self._heard += call.audio.read(1 << 16)
                if call.audio.info().tx_buffered < AHEAD:
                    call.audio.write(self._tone)
            await asyncio.sleep(LOOK)

    def _address(self, number: str) -> str:
        return f"sip:{number}@{self._server}"

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@asynccontextmanager
async def headsets(
    installation: Installation, transports: Mapping[str, Transport]
) -> AsyncIterator[dict[str, Headset]]:
    """These people at their headsets, each by this transport (TLS: with SRTP), until the block ends."""
    listens, runtime = ports.pick(), Runtime()
    certificate = installation.pbx / "etc" / "certificate.pem"
    text = CONFIG.format(host=LOOPBACK, ports=listens, certificate=certificate)
    await runtime.start(Config(net_interface=LOOPBACK, max_concurrent_calls=None, extra_config_text=text))
    try:
        async with AsyncExitStack() as stack:
            found = {}
            for person, transport in transports.items():
                found[person] = await _registered(installation, runtime, person, transport)
                stack.push_async_callback(found[person].close)
            yield found
    finally:
        await runtime.close()


async def _registered(installation: Installation, runtime: Runtime, person: str, transport: Transport) -> Headset:
    endpoints = installation.endpoints()
    server = f"{LOOPBACK}:{endpoints.sip[transport]}"
    account = Account(
        user=person,
        domain=server,
        password=endpoints.phones[person].secret,
        transport=transport,
        extra_params=("mediaenc=srtp",) if transport == "tls" else (),
    )
    agent = await UserAgent.create(runtime, account)
    await agent.register()
    return Headset(person, server, agent)
