"""One installation: a data folder and everything that lies in it. Two of them side by side never touch each other."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ari_app.settings import Settings, read_settings
from dialplan import private


class AlreadyRunning(Exception):  # noqa: N818 - it is a fact
    """Another `up` serves from this data folder."""


class PhoneEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A person's SIP account, as scripts read it."""

    user: str
    secret: str
    name: str
    extension: str


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """``endpoints.json``: what a script needs to place calls. It holds secrets: mode 0600."""

    sip: dict[str, str | int]
    """``address`` and the ports ``udp``, ``tcp``, ``tls``."""
    trunk: dict[str, str]
    phones: dict[str, PhoneEntry]
    ports: dict[str, int]
    api: dict[str, str]
    """Addresses of ``health``, ``ready`` and ``metrics``."""
    app: str
    engine: int
    """The engine's process id."""
    pbx: int
    """Asterisk's process id."""


class Installation:
    """The data folder. Everything in it is readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def prepare(self) -> None:
        """Make the folder and what is in it."""
        for folder in (self.folder, self.recordings, self.messages, self.voice, self.rules, self.pbx, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def settings(self) -> Settings:
        """Read afresh from ``settings.yaml``; raises `BadSettings`."""
        return read_settings(self.folder)

    @property
    def rule_file(self) -> Path:
        """The rules that are in force here; raises `BadSettings`."""
        return Path(self.settings.rules)

    @property
    def recordings(self) -> Path:
        """Sealed recordings, a folder a day."""
        return self.folder / "recordings"

    @property
    def messages(self) -> Path:
        """What callers left in message boxes."""
        return self.folder / "messages"

    @property
    def voice(self) -> Path:
        """Spoken prompts, made once."""
        return self.folder / "voice"

    @property
    def rules(self) -> Path:
        """Every version of the rules that a call was served by."""
        return self.folder / "rules"

    @property
    def pbx(self) -> Path:
        """Asterisk's configuration, spool and logs."""
        return self.folder / "pbx"

    @property
    def bans(self) -> Path:
        """The addresses that are shut out."""
        return self.pbx / "bans.json"

    @property
    def logs(self) -> Path:
        """The engine's log."""
        return self.folder / "log"

    @property
    def endpoints_file(self) -> Path:
        """Written once `up` serves, removed when it ends."""
        return self.folder / "endpoints.json"

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Serve from this folder; raises `AlreadyRunning`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(f"another 'up' serves from {self.folder}") from None
            yield

    @contextmanager
    def announced(self, endpoints: Endpoints) -> Iterator[None]:
        """Have ``endpoints.json`` there until the block ends."""
        self.announce(endpoints)
        try:
            yield
        finally:
            self.endpoints_file.unlink(missing_ok=True)

    def announce(self, endpoints: Endpoints) -> None:
        """Write ``endpoints.json``; a reader sees the old one or the new one, never half of it."""
        private.write(self.endpoints_file, msgspec.json.format(msgspec.json.encode(endpoints), indent=2) + b"\n")

    def endpoints(self) -> Endpoints:
        """What a running `up` wrote. Raises FileNotFoundError when none serves."""
        return msgspec.json.decode(self.endpoints_file.read_bytes(), type=Endpoints)
