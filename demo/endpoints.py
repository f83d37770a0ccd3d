"""Where a running switchboard can be called: what the demo needs of its ``endpoints.json``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.arrival import Place


@dataclass(frozen=True, slots=True)
class Endpoints:
    """A switchboard's addresses and accounts."""

    server: Place
    """SIP over UDP."""
    trunk: str
    """The address from which the outside world calls."""
    secrets: Mapping[str, str]
    """Each person's SIP secret; the user name is the person's id."""

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"Endpoints({self.server}, {', '.join(self.secrets)})"


def read(path: Path) -> Endpoints:
    """What a running ``switchboard up`` wrote.

    Raises:
        FileNotFoundError: none serves.
    """
    return from_json(json.loads(path.read_text(encoding="utf-8")))


def from_json(content: Mapping[str, Any]) -> Endpoints:
    """The same from the file's content."""
    sip, phones = content["sip"], content["phones"]
    secrets = {person: str(phone["secret"]) for person, phone in phones.items()}
    return Endpoints((str(sip["address"]), int(sip["udp"])), str(content["trunk"]["address"]), secrets)
