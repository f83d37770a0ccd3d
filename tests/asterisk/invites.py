"""SIP INVITEs written byte by byte, since no proper user agent would send what a hostile one does."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dialplan.plan import LOOPBACK

ANSWER_SECONDS = 5.0
_NUMBERS = itertools.count(1)


class Caller(asyncio.DatagramProtocol):
    """One caller at a UDP port of its own."""

    def __init__(self) -> None:
        self._answers: asyncio.Queue[bytes] = asyncio.Queue()
        self.number = next(_NUMBERS)

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._answers.put_nowait(data)

    async def status(self) -> int:
        """The first answer that is more than "100 Trying"."""
        async with asyncio.timeout(ANSWER_SECONDS):
            while (status := _status(await self._answers.get())) <= 100:
                pass
        return status


def _status(answer: bytes) -> int:
    found = re.match(rb"SIP/2\.0 (\d{3})", answer)
    return int(found[1]) if found else 0


@asynccontextmanager
async def invite(port: int, *, user: bytes, caller: bytes, extra: bytes = b"") -> AsyncIterator[Caller]:
    """Send one INVITE for ``sip:USER@…`` with ``From: CALLER`` to a PBX; gives the one who sent it."""
    loop = asyncio.get_running_loop()
    transport, sender = await loop.create_datagram_endpoint(Caller, remote_addr=(LOOPBACK, port))
    own = transport.get_extra_info("sockname")[1]
    transport.sendto(_invite(own, sender.number, port, user, caller, extra))
    try:
        yield sender
    finally:
        transport.close()


def _invite(own: int, number: int, port: int, user: bytes, caller: bytes, extra: bytes) -> bytes:
    sdp = (
        f"v=0\r\no=- 1 1 IN IP4 {LOOPBACK}\r\ns=-\r\nc=IN IP4 {LOOPBACK}\r\nt=0 0\r\n"
        f"m=audio {own} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
    ).encode()
    lines = [
        b"INVITE sip:%b@%b:%d SIP/2.0" % (user, LOOPBACK.encode(), port),
        b"Via: SIP/2.0/UDP %b:%d;branch=z9hG4bK%d;rport" % (LOOPBACK.encode(), own, number),
        b"From: %b;tag=%d" % (caller, number),
        b"To: <sip:%b@%b>" % (user, LOOPBACK.encode()),
        b"Call-ID: hostile-%d-%d" % (own, number),
        b"CSeq: 1 INVITE",
        b"Contact: <sip:x@%b:%d>" % (LOOPBACK.encode(), own),
        b"Max-Forwards: 70",
        *([extra] if extra else []),
        b"Content-Type: application/sdp",
        b"Content-Length: %d" % len(sdp),
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + sdp
