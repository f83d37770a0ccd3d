"""Writes Asterisk's configuration: a whole folder for the embedded one, files to include for one that somebody runs.

The templates hold the words, this module sees to it that no value can become more than a value: a line's end ends the
rendering with an error, a comment's sign is escaped.
"""

import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path

import jinja2

from dialplan import certificate, private
from dialplan.plan import (
    CALLED_BACK,
    HANDED_OVER,
    LEASE_SECONDS,
    MOST_BEGINNING,
    MOST_RUNG,
    OFFER_MILLISECONDS,
    REFUSED,
    REFUSING,
    SUPERVISING,
    TRUNK,
    UNCLAIMED,
    Pbx,
)

SHARED = ("ari_switchboard.conf", "extensions_switchboard.conf", "manager_switchboard.conf", "pjsip_switchboard.conf")
"""What both kinds of installation have in common."""
OWN = (
    *("asterisk.conf", "modules.conf", "logger.conf", "pjsip.conf", "rtp.conf", "http.conf", "ari.conf"),
    *("manager.conf", "extensions.conf", "musiconhold.conf", "indications.conf", "cdr.conf"),
    *("cdr_custom.conf", "cli.conf"),
)
"""What only the embedded Asterisk needs."""
SILENT = (
    *("acl.conf", "ccss.conf", "cel.conf", "features.conf", "pjproject.conf", "stasis.conf", "udptl.conf"),
    "websocket_client.conf",
)
"""Asterisk 22 complains if these are missing: empty means its defaults."""
BANS = "pjsip_bans.conf"
"""Whom the embedded Asterisk refuses; kept when all else is rendered again."""
ROOMS = ("etc", "run", "log/cdr-custom", "lib/keys", "spool/monitor", "spool/recording")
"""The embedded Asterisk's folders: calls being recorded are in ``spool/monitor``, messages in ``spool/recording``."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class NotAValueError(ValueError):
    """A value holds a control character, with which it would be read as more than one line."""


def render(pbx: Pbx, folder: Path) -> None:
    """Write the embedded Asterisk's whole configuration below ``folder``, files 0600 and folders 0700.

    Rendering again replaces the configuration and keeps all else: the certificate, recordings, logs, registrations.
    """
    for room in ROOMS:
        private.make(folder / room)
    etc = folder / "etc"
    certificate.provide(etc, pbx.address)
    for name in OWN + SHARED:
        private.write(etc / name, _text(name, pbx, spool=folder.resolve() / "spool").encode())
    for name in SILENT:
        private.write(etc / name, b"")
    if not (etc / BANS).exists():
        render_bans((), folder)


def is_rendered(pbx: Pbx, folder: Path) -> bool:
    """Whether people, trunks and dialplan of the configuration below ``folder`` are these, and of this version."""
    files = {name: folder / "etc" / name for name in SHARED}
    return all(file.is_file() and file.read_bytes() == _text(name, pbx).encode() for name, file in files.items())


def render_bans(addresses: Iterable[str], folder: Path) -> None:
    """Write whom the embedded Asterisk refuses (res_pjsip_acl); it takes it with "module reload res_pjsip.so".

    Raises ValueError for what is no address: an ACL that Asterisk cannot read would refuse nobody, or everybody.
    """
    banned = [ipaddress.ip_network(address) for address in addresses]
    private.write(folder / "etc" / BANS, _TEMPLATES.get_template(f"{BANS}.j2").render(banned=banned).encode())


def render_for_existing(pbx: Pbx, folder: Path, *, stand_in: str, ports_file: Path) -> Path:
    """Write what an Asterisk 22.10.1 or later that already runs has to include, and a README.txt that says where.

    Gives the README's path. Of ``pbx``'s ports only the stand-in's matters, which is kept in ``ports_file``: the other
    Asterisk keeps its own. ``stand_in``: the command that starts it.
    """
    private.make(folder)
    for name in SHARED:
        private.write(folder / name, _text(name, pbx).encode())
    told = _text("README.txt", pbx, folder=folder.resolve(), stand_in=stand_in, ports_file=ports_file)
    private.write(folder / "README.txt", told.encode())
    return folder / "README.txt"


def _text(name: str, pbx: Pbx, **more: object) -> str:
    known = {
        "lease": LEASE_SECONDS,
        "offer": OFFER_MILLISECONDS,
        "unclaimed": UNCLAIMED,
        "called_back": CALLED_BACK,
        "handed_over": HANDED_OVER,
        "supervising": SUPERVISING,
        "refused": REFUSED,
        "trunk": TRUNK,
        "most_beginning": MOST_BEGINNING,
        "rung_at_last": pbx.operators[:MOST_RUNG],
        "most_at_last": MOST_RUNG // max(1, len(pbx.operators[:MOST_RUNG])),
        "refusing": REFUSING,
    }
    return _TEMPLATES.get_template(f"{name}.j2").render(pbx=pbx, **known, **more)


def _value(value: object) -> object:
    """What every ``{{ … }}`` passes: Asterisk reads a line's end as the next setting and ``;`` as a comment."""
    if _CONTROL.search(str(value)):
        raise NotAValueError(f"a control character in {str(value)!r}")
    return str(value).replace(";", r"\;")


def _spoken(name: str) -> str:
    """A person's name as a caller-id shows it: quotes, brackets and control characters have a meaning there."""
    return " ".join(re.sub(r'[\x00-\x1f\x7f"<>\\]', " ", name).split())


def _with_user(uri: str, user: str) -> str:
    """``sip:host`` as ``sip:user@host``."""
    scheme, _, host = uri.partition(":")
    return f"{scheme}:{user}@{host.rpartition('@')[2]}"


_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=jinja2.StrictUndefined,
    finalize=_value,
    autoescape=False,  # noqa: S701 - these are no web pages; `_value` is what escapes
    trim_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters.update(spoken=_spoken, with_user=_with_user)
