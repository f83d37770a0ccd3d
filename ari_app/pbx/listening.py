"""Whether an Asterisk really listens where it was told to, found out by asking.

An open port alone proves little: it may be another installation's. So HTTP and AMI are asked with our own secrets, and
for SIP Asterisk's own command line tells which transports it could bind.
"""

import asyncio
import base64
import re

from dialplan.plan import LOOPBACK, Account, Pbx

ANSWER_SECONDS = 5.0


async def missing(pbx: Pbx, transports: str) -> list[str]:
    """What is not served, as words for people: ``SIP over UDP at 127.0.0.1:15060``; an empty list is good.

    ``transports``: what ``pjsip show transports`` printed.
    """
    bound = set(re.findall(r"^Transport: +\S+ +(udp|tcp|tls) .*:(\d+)\s*$", transports, re.MULTILINE))
    at, ports = pbx.address, pbx.ports
    found = {
        f"SIP over UDP at {at}:{ports.sip}": ("udp", str(ports.sip)) in bound,
        f"SIP over TCP at {at}:{ports.sip}": ("tcp", str(ports.sip)) in bound,
        f"SIP over TLS at {at}:{ports.sip_tls}": ("tls", str(ports.sip_tls)) in bound,
        f"HTTP at {LOOPBACK}:{ports.http}": await _http(ports.http, pbx.ari),
        f"AMI at {LOOPBACK}:{ports.ami}": await _ami(ports.ami, pbx.ami),
    }
    return [what for what, listens in found.items() if not listens]


async def _http(port: int, account: Account) -> bool:
    token = base64.b64encode(f"{account.user}:{account.secret}".encode()).decode()
    request = f"GET /ari/asterisk/info?only=status HTTP/1.1\r\nHost: {LOOPBACK}\r\nAuthorization: Basic {token}\r\n\r\n"
    return (await _ask(port, request)).startswith(b"HTTP/1.1 200")


async def _ami(port: int, account: Account) -> bool:
    request = f"Action: Login\r\nUsername: {account.user}\r\nSecret: {account.secret}\r\n\r\n"
    return b"Response: Success" in await _ask(port, request)


async def _ask(port: int, request: str) -> bytes:
    """The beginning of the answer (AMI's greeting and the answer to the login end with an empty line)."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            try:
                writer.write(request.encode())
                return await reader.readuntil(b"\r\n\r\n")
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return b""
