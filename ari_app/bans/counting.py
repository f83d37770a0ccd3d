"""From failures to bans: pure, with the time handed in."""

from collections import deque

import msgspec

from ari_app.bans.failures import Ip, Source


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody is shut out, and for how long. Times are seconds."""

    failures: int = 10
    """So many …"""
    within: float = 60.0
    """… in so long a time are an attack. A phone with a wrong password tries twice a minute."""
    ban: float = 3600.0
    """For an address that is proved by a connection (TCP, TLS)."""
    unproved_ban: float = 600.0
    """Over UDP: short, since the address may be that of somebody whom the sender wants to be shut out."""
    addresses: int = 10_000
    """Whose failures are remembered; beyond it those whose last failure is longest ago are forgotten."""
    bans: int = 1000
    """Bans at a time; beyond it the oldest are lifted."""


class Counting:
    """The failures of each address."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._failed: dict[Ip, deque[float]] = {}

    def failed(self, source: Source, at: float) -> float | None:
        """Note a failure; gives for how many seconds the address is to be shut out, if it is."""
        times = self._failed.pop(source.address, deque())
        times.append(at)
        while times[0] <= at - self._policy.within:
            times.popleft()
        if len(times) >= self._policy.failures:
            return self._policy.ban if source.proved else self._policy.unproved_ban
        self._failed[source.address] = times  # the newest is the last
        if len(self._failed) > self._policy.addresses:
            del self._failed[next(iter(self._failed))]
        return None
