"""Passwords of the HTTP API's accounts, kept by Argon2id (RFC 9106)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 1024
"""Characters of a password."""

# 64 MiB and three passes, as RFC 9106 recommends, but one thread: calls have the other processors.
_ARGON2 = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)


def wrong_with(password: str) -> str | None:
    """Why this is no password; None: it is one."""
    if len(password) < SHORTEST:
        return f"a password has at least {SHORTEST} characters"
    if len(password) > LONGEST:
        return f"a password has at most {LONGEST} characters"
    return None


def kept(password: str) -> str:
    """What is kept of it, other salt each time. Takes a tenth of a second, and 64 MiB."""
    return _ARGON2.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether it is the one that was kept; takes the same time where none was (None)."""
    nobodys = _nobodys()
    try:
        _ARGON2.verify(nobodys if kept is None else kept, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    """Is compared where none was kept. Made when it is first asked for, for whomever: no start waits for it."""
    return _ARGON2.hash("nobody's")
