"""Somebody who guesses passwords, at an address of his own: SIP written byte by byte, over UDP."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dialplan.plan import LOOPBACK

ANSWER_SECONDS = 2.0


class Guesser(asyncio.DatagramProtocol):
    """One socket, bound to the attacker's address."""

    def __init__(self, address: str, port: int) -> None:
        self._address, self._port = address, port
        self._answers: asyncio.Queue[bytes] = asyncio.Queue()
        self._sent = 0

    def speak(self, transport: asyncio.DatagramTransport) -> None:
        """Send by this socket."""
        self._transport = transport
        self._own: int = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._answers.put_nowait(data)

    async def guess(self, user: str) -> int:
        """One wrong password for this account; gives the last answer's status."""
        challenge = await self.register(user)
        nonce = re.search(rb'nonce="([^"]*)"', challenge)
        if nonce is None:
            return int(challenge[8:11])
        digest = (
            f'Digest username="{user}",realm="switchboard",nonce="{nonce[1].decode()}",uri="sip:{LOOPBACK}",'
            f'response="{"0" * 32}",algorithm=MD5,cnonce="a",qop=auth,nc=00000001'
        )
        return int((await self.register(user, f"Authorization: {digest}\r\n"))[8:11])

    async def register(self, user: str, more: str = "") -> bytes:
        """A REGISTER as this user, and its answer."""
        self._sent += 1
        here = f"{self._address}:{self._own}"
        request = (
            f"REGISTER sip:{LOOPBACK}:{self._port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{self._own}{self._sent};rport\r\n"
            f"From: <sip:{user}@{LOOPBACK}>;tag={self._sent}\r\nTo: <sip:{user}@{LOOPBACK}>\r\n"
            f"Call-ID: {self._own}-{self._sent}\r\nCSeq: {self._sent} REGISTER\r\n"
            f"Contact: <sip:x@{here}>\r\nMax-Forwards: 70\r\n{more}Content-Length: 0\r\n\r\n"
        )
        self._transport.sendto(request.encode())
        return await asyncio.wait_for(self._answers.get(), ANSWER_SECONDS)


@asynccontextmanager
async def guesser(address: str, port: int) -> AsyncIterator[Guesser]:
    """An attacker at this address of the loopback interface."""
    loop = asyncio.get_running_loop()
    transport, one = await loop.create_datagram_endpoint(
        lambda: Guesser(address, port), local_addr=(address, 0), remote_addr=(LOOPBACK, port)
    )
    one.speak(transport)
    try:
        yield one
    finally:
        transport.close()
