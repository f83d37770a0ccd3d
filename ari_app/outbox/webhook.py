"""Letters by webhook, signed as Standard Webhooks 1.0 has it: HMAC-SHA256 over ``ID.TIMESTAMP.BODY``."""

import base64
import datetime as dt
import hashlib
import hmac

import aiohttp

from ari_app.outbox.errors import NotTaken

SECONDS = 20.0
"""For all of it, from the look-up of the name to the answer; 15 to 30 are recommended."""
_TIMEOUT = aiohttp.ClientTimeout(total=SECONDS)
_OK = range(200, 300)


async def post(url: str, key: bytes, letter: str, body: bytes, at: dt.datetime) -> None:
    """Send it, once. Raises `NotTaken`, TimeoutError, and aiohttp's errors.

    Whatever answers, no other address is asked: neither by a redirect nor through a proxy of the environment.
    """
    async with (
        aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=False) as session,
        session.post(url, data=body, headers=headers(key, letter, body, at), allow_redirects=False) as answer,
    ):
        if answer.status not in _OK:
            raise NotTaken(f"its receiver answered {answer.status}")


def headers(key: bytes, letter: str, body: bytes, at: dt.datetime) -> dict[str, str]:
    """What a receiver checks. The time is the attempt's, the id stays the same at each."""
    timestamp = str(int(at.timestamp()))
    signed = hmac.digest(key, b".".join((letter.encode(), timestamp.encode(), body)), hashlib.sha256)
    return {
        "content-type": "application/json",
        "user-agent": "switchboard",
        "webhook-id": letter,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
