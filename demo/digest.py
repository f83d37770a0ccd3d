"""Proving who we are to a SIP server: digest authentication, MD5 and SHA-256 (RFC 2617, RFC 7616, RFC 8760)."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

HASHES = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}
"""What we can answer with, the strongest first."""

_PAIR = re.compile(r'([A-Za-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks for in WWW-Authenticate or Proxy-Authenticate."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    qop: bool = False
    opaque: str | None = None


def read_challenge(value: str) -> Challenge | None:
    """The challenge in a header's value; None when it is none that we can answer."""
    scheme, _, rest = value.strip().partition(" ")
    pairs = {name.lower(): quoted or bare for name, quoted, bare in _PAIR.findall(rest)}
    algorithm = pairs.get("algorithm", "MD5").upper()
    if scheme.lower() != "digest" or "nonce" not in pairs or algorithm not in HASHES:
        return None
    qop = "auth" in re.split(r"[\s,]+", pairs.get("qop", ""))
    return Challenge(pairs.get("realm", ""), pairs["nonce"], algorithm, qop, pairs.get("opaque"))


def strongest(values: Iterable[str]) -> Challenge | None:
    """The best challenge that we can answer, of those a server offers."""
    readable = [challenge for value in values if (challenge := read_challenge(value))]
    return min(readable, key=lambda challenge: list(HASHES).index(challenge.algorithm), default=None)


def credentials(challenge: Challenge, *, user: str, secret: str, method: str, uri: str, cnonce: str) -> str:
    """The value of Authorization (or Proxy-Authorization) that answers a challenge for one request."""
    digest = _hasher(challenge.algorithm)
    who = digest(f"{user}:{challenge.realm}:{secret}")
    what = digest(f"{method}:{uri}")
    fields = {"username": user, "realm": challenge.realm, "nonce": challenge.nonce, "uri": uri}
    if challenge.qop:
        proof = digest(f"{who}:{challenge.nonce}:00000001:{cnonce}:auth:{what}")
        fields |= {"response": proof, "cnonce": cnonce}
    else:
        fields["response"] = digest(f"{who}:{challenge.nonce}:{what}")
    if challenge.opaque is not None:
        fields["opaque"] = challenge.opaque
    quoted = [f'{name}="{value}"' for name, value in fields.items()]
    bare = [f"algorithm={challenge.algorithm}", *(["qop=auth", "nc=00000001"] if challenge.qop else [])]
    return "Digest " + ", ".join(quoted + bare)


def _hasher(algorithm: str) -> Callable[[str], str]:
    return lambda text: HASHES[algorithm](text.encode("utf-8", "surrogateescape")).hexdigest()
