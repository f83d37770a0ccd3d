"""One installation: a data folder and everything that lies in it. Two of them side by side never touch each other."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

from dialplan import private
from premises.alone import alone
from premises.settings import Settings, read_settings


class PhoneEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A telephone's SIP account, as scripts read it."""

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
    """Everybody's own."""
    desks: dict[str, PhoneEntry] = {}
    """Nobody's own."""
    ports: dict[str, int]
    api: dict[str, str]
    """Addresses of ``health``, ``ready`` and ``metrics``."""
    app: str
    engine: int
    """The engine's process id."""
    pbx: int
    """Asterisk's process id."""


class Web(msgspec.Struct, frozen=True, kw_only=True):
    """``web.json``: where the HTTP API is, or was last."""

    api: str
    """``http://127.0.0.1:12345``"""
    port: int


_endpoints = msgspec.json.Decoder(Endpoints).decode
"""Made before there is a second thread, see `routing.trail`: several look who serves."""


class Installation:
    """The data folder. Everything in it is readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def prepare(self) -> None:
        """Make the folder and what is in it."""
        parts = (self.recordings, self.messages, self.voice, self.rules, self.pbx, self.logs, self.spool, self.snapshot)
        for folder in (self.folder, *parts):
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
    def turns(self) -> Path:
        """By what engines and the stand-in's calls keep out of each other's way."""
        return self.folder / "turns"

    @property
    def duties(self) -> Path:
        """What people said about being at work."""
        return self.folder / "duties"

    @property
    def seats(self) -> Path:
        """Who sits at a telephone that is not the own one."""
        return self.folder / "seats"

    @property
    def wrong_pins(self) -> Path:
        """How many wrong PINs were keyed in of late."""
        return self.folder / "wrong_pins"

    @property
    def ports_file(self) -> Path:
        """Where Asterisk listens, and the stand-in: `dialplan.plan.Ports` as JSON."""
        return self.pbx / "ports.json"

    @property
    def engines(self) -> Path:
        """The roll of the engines that serve here (`ari_app.adoption.roll`)."""
        return self.folder / "engines"

    @property
    def asks(self) -> Path:
        """Where the engines that serve here can be asked (`ari_app.live`)."""
        return self.folder / "asks"

    @property
    def bans(self) -> Path:
        """The addresses that are shut out."""
        return self.pbx / "bans.json"

    @property
    def access_log(self) -> Path:
        """Who had access to recordings and to all that is known of a customer."""
        return self.folder / "access.jsonl"

    @property
    def reported(self) -> Path:
        """The last day of which a daily report was written."""
        return self.folder / "reported"

    @property
    def told(self) -> Path:
        """What departments are told that have no address: a folder for each."""
        return self.folder / "told"

    @property
    def logs(self) -> Path:
        """The engine's log."""
        return self.folder / "log"

    @property
    def spool(self) -> Path:
        """Rows of the register that the database has not taken yet."""
        return self.folder / "spool"

    @property
    def snapshot(self) -> Path:
        """The directory as it was, for when there is no database."""
        return self.folder / "snapshot"

    @property
    def web_file(self) -> Path:
        """Where the HTTP API is served: `Web` as JSON."""
        return self.folder / "web.json"

    @property
    def endpoints_file(self) -> Path:
        """Written once `up` serves, removed when it ends."""
        return self.folder / "endpoints.json"

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Serve from this folder; raises `AlreadyRunning` (`premises.alone`)."""
        with alone(self.folder / "lock", "'up'"):
            yield

    @contextmanager
    def stood_in_for(self) -> Iterator[IO[str]]:
        """Be this folder's stand-in as long as the file given is open in any process.

        Raises `AlreadyRunning` (`premises.alone`).
        """
        with alone(self.folder / "stand-in.lock", "stand-in") as lock:
            yield lock

    @contextmanager
    def asked_over_http(self) -> Iterator[None]:
        """Serve this folder's HTTP API alone; raises `AlreadyRunning` (`premises.alone`)."""
        with alone(self.folder / "web.lock", "HTTP API"):
            yield

    @contextmanager
    def posting(self) -> Iterator[None]:
        """Send the letters of this folder's outbox; raises `AlreadyRunning` (`premises.alone`)."""
        with alone(self.folder / "letters.lock", "engine"):
            yield

    @contextmanager
    def calling_back(self) -> Iterator[None]:
        """Call back whom this folder's callers were promised to be; raises `AlreadyRunning` (`premises.alone`)."""
        with alone(self.folder / "call_backs.lock", "engine"):
            yield

    def web(self) -> Web:
        """Where the HTTP API is, or was last. Raises FileNotFoundError when it never was."""
        return msgspec.json.decode(self.web_file.read_bytes(), type=Web)

    def withdraw(self, engine: int) -> None:
        """Remove the ``endpoints.json`` of the engine with this process id; another one's stays."""
        with suppress(FileNotFoundError):
            if self.endpoints().engine == engine:
                self.endpoints_file.unlink()

    def is_announced(self) -> bool:
        """Whether ``endpoints.json`` is there, and the engine that wrote it lives."""
        try:
            return Path(f"/proc/{self.endpoints().engine}").exists()
        except FileNotFoundError:
            return False

    def announce(self, endpoints: Endpoints) -> None:
        """Write ``endpoints.json``; a reader sees the old one or the new one, never half of it. Raises OSError."""
        private.write(self.endpoints_file, msgspec.json.format(msgspec.json.encode(endpoints), indent=2) + b"\n")

    def endpoints(self) -> Endpoints:
        """What a running `up` wrote. Raises FileNotFoundError when none serves, or what it wrote is damaged."""
        try:
            return _endpoints(self.endpoints_file.read_bytes())
        except ValueError as why:
            raise FileNotFoundError(f"{self.endpoints_file} is damaged: {why}") from why
