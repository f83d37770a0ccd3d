"""One installation's settings, from ``DIR/settings.yaml`` and the environment; everything has a default.

=======================  ==================================================================================
setting                  meaning
=======================  ==================================================================================
database                 SQLAlchemy URL; default: SQLite in the data folder. ``SWITCHBOARD_DATABASE`` goes first
rules                    the rule file; default: ``routing_rules.yaml`` beside the program
address                  where SIP and RTP are bound: 127.0.0.1, one address of the machine, or 0.0.0.0
phones                   mixed (default): phones that can encrypt; encrypted: all must, by TLS and SRTP
desks                    so many telephones that are nobody's own, at which people sign in: ``desk-1``, …
trunk                    {match: [addresses], contact: "sip:…", user: …, secret: …}
answer_within_seconds    a call that is answered within this time counts as answered in time (default: 20)
daily_reports            a folder into which each day's figures are written as CSV; default: nowhere
keep_recordings_days     recordings older than this are deleted; 0: kept for ever
web                      {address: 127.0.0.1, port: …, certificate: FILE, key: FILE}: where the HTTP API is
mail                     the server that takes letters, see `premises.addresses`
tell                     by department how it is told of remarks; default: by a file in ``DIR/told``
=======================  ==================================================================================
"""

import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from db.database import file_url
from dialplan.plan import DESK
from premises.addresses import Address, MailServer

PROGRAM = Path(__file__).resolve().parent.parent
"""The folder in which the program lies."""
_NETWORK = re.compile(r"[0-9A-Za-z.:/_-]+")
_CONTACT = re.compile(r"sips?:[!-~]+")


class BadSettings(Exception):  # noqa: N818 - says what is bad
    """The settings file cannot be used; the text says where and why."""


class TrunkSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The way to the outside world."""

    match: tuple[str, ...] = ("127.0.0.1",)
    """From which addresses callers come."""
    contact: str | None = None
    """Where outside numbers are dialled."""
    user: str | None = None
    secret: str | None = None

    def __post_init__(self) -> None:
        """What Asterisk cannot use it passes over without a word, and then no caller, or no call out, gets through."""
        if not self.match:
            raise ValueError("`match` is empty: give the addresses that callers come from, or leave it out")
        if wrong := next((one for one in self.match if not _NETWORK.fullmatch(one)), None):
            raise ValueError(f"`match`: {wrong!r} is no address: write 192.0.2.10, 192.0.2.0/28 or a name")
        if self.contact is not None and not _CONTACT.fullmatch(self.contact):
            raise ValueError(f"{self.contact!r} is no SIP address: write it as sip:192.0.2.10, or sip:192.0.2.10:5060")
        if (self.user is None) != (self.secret is None):
            raise ValueError("user and secret belong together")
        if self.user is not None and self.contact is None:
            raise ValueError("user and secret are of no use without `contact`, where this PBX registers")
        if not f"{self.user}{self.secret}".isprintable():
            raise ValueError("user or secret has control characters")


class WebSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the HTTP API is served."""

    serve: bool = True
    """Whether `up` starts it."""
    address: str = "127.0.0.1"
    """One address of this machine, or 0.0.0.0 for all; beyond loopback only with a certificate."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    """0: one that is free, and then the same again."""
    certificate: str | None = None
    """PEM, with the certificates between it and its root; a relative path begins in the data folder."""
    key: str | None = None
    """PEM, without a passphrase."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings."""

    database: str | None = None
    """Its URL; a relative path begins in the data folder. None: SQLite there."""
    rules: str = str(PROGRAM / "routing_rules.yaml")
    """The rule file; a relative path begins in the data folder."""
    address: str = "127.0.0.1"
    phones: Literal["mixed", "encrypted"] = "mixed"
    """Whether a phone must encrypt. Then no phone may have the trunk's address: what comes from there is a caller."""
    desks: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0
    trunk: TrunkSettings = TrunkSettings()
    keep_recordings_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 0
    answer_within_seconds: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 20.0
    daily_reports: str | None = None
    """A relative path begins in the data folder."""
    web: WebSettings = WebSettings()
    mail: MailServer | None = None
    tell: dict[str, Address] = {}
    """By departments; ``any``: those that are not here, and who is told when the department concerned is not known."""

    @property
    def desk_names(self) -> tuple[str, ...]:
        """The telephones that are nobody's own."""
        return tuple(f"{DESK}{number}" for number in range(1, self.desks + 1))

    def __post_init__(self) -> None:
        """The address is one; who is told by mail needs a server that takes it."""
        try:
            ipaddress.ip_address(self.address)
        except ValueError:
            raise ValueError(
                f"address: {self.address!r} is none: write one of this machine's, or 0.0.0.0 for all"
            ) from None
        by_mail = [department for department, address in self.tell.items() if address.mail]
        if by_mail and self.mail is None:
            raise ValueError(f"`tell` has mail for {', '.join(by_mail)}: say by which server, `mail: {{server: …}}`")


def read_settings(folder: Path) -> Settings:
    """The settings of the installation in this data folder; an empty file sets nothing. Raises `BadSettings`."""
    file = folder / "settings.yaml"
    try:
        text = file.read_bytes() if file.exists() else b""
        given = msgspec.yaml.decode(text, type=Settings | None) or Settings()
    except (OSError, ValueError) as error:
        raise BadSettings(f"{file}: {error}") from error
    own = _inside(folder, given.database) if given.database else file_url(folder / "switchboard.db")
    database = os.environ.get("SWITCHBOARD_DATABASE") or own
    reports = given.daily_reports and str((folder / given.daily_reports).resolve())
    rules = str((folder / given.rules).resolve())
    return msgspec.structs.replace(given, database=database, rules=rules, daily_reports=reports)


def _inside(folder: Path, url: str) -> str:
    """The database's URL; a relative path begins in the data folder, wherever a command is called."""
    scheme, slashes, file = url.partition(":///")
    return file_url(folder / file) if scheme == "sqlite" and slashes and file != ":memory:" else url
