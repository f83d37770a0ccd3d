"""Who is never shut out: a stranger can write any address over a UDP packet, the trunk's and our phones' too.

So an attacker who sits behind a protected address is counted and not stopped; what he meets are secrets of 142 bits.
"""

import ipaddress
from collections.abc import Iterable

from ari_app.bans.failures import Ip

TRUSTED = 3600.0
"""Seconds that a proper login protects an address: a phone registers every five minutes."""


class Protected:
    """The trunk's addresses, this machine's, and those from which a phone has logged in with its secret."""

    def __init__(self, networks: Iterable[str], own: str) -> None:
        self._networks = [ipaddress.ip_network(network, strict=False) for network in (*_addresses(networks), own)]
        self._logged_in: dict[Ip, float] = {}

    def logged_in(self, address: Ip, at: float) -> None:
        """Somebody proved to be one of ours there."""
        self._logged_in = {one: time for one, time in self._logged_in.items() if time > at - TRUSTED} | {address: at}

    def covers(self, address: Ip, at: float) -> bool:
        """Whether this address is never shut out."""
        if any(address in network for network in self._networks):
            return True
        return self._logged_in.get(address, float("-inf")) > at - TRUSTED


def _addresses(given: Iterable[str]) -> list[str]:
    """Those that are addresses or networks; a trunk may also be named, which only Asterisk resolves."""
    found = []
    for text in given:
        try:
            ipaddress.ip_network(text, strict=False)
        except ValueError:
            continue
        found.append(text)
    return found
