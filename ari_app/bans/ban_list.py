"""The addresses that are shut out, in one file that the engine and the command line share."""

import fcntl
import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ari_app.bans.failures import Ip
from dialplan import private


class Ban(msgspec.Struct, frozen=True, kw_only=True):
    """One address that is shut out. Times are seconds since 1970."""

    address: str
    since: float
    until: float


class BanList:
    """The file; its folder is locked while somebody changes it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, now: float) -> dict[str, Ban]:
        """Those that are in force. A file that cannot be read is an empty list: nobody is shut out by a mistake."""
        try:
            kept = msgspec.json.decode(self._file.read_bytes(), type=list[Ban])
        except (FileNotFoundError, ValueError):
            return {}
        return {ban.address: ban for ban in kept if ban.until > now and _is_address(ban.address)}

    def add(self, address: Ip, now: float, seconds: float, most: int) -> Ban:
        """Shut an address out; beyond ``most`` the oldest bans are lifted."""
        ban = Ban(address=str(address), since=now, until=now + seconds)
        with self._changing(now) as bans:
            bans.pop(ban.address, None)
            bans[ban.address] = ban
            while len(bans) > most:
                del bans[next(iter(bans))]
        return ban

    def lift(self, address: str, now: float) -> bool:
        """Let an address in again; False: it was not shut out."""
        with self._changing(now) as bans:
            return bans.pop(address, None) is not None

    @contextmanager
    def _changing(self, now: float) -> Iterator[dict[str, Ban]]:
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            bans = self.read(now)
            yield bans
            private.write(self._file, msgspec.json.format(msgspec.json.encode(list(bans.values()))) + b"\n")
        finally:
            os.close(folder)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
