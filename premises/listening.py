"""Where the HTTP API listens, by `web` in the settings: what cannot be used of these is told with what to do."""

import contextlib
import errno
import ipaddress
import random
import socket
import ssl
from pathlib import Path

from premises.ports import FIRST, LAST, NoFreePortsError
from premises.settings import BadSettings, WebSettings

_TRIES = 200
_WHY_NOT = {
    errno.EADDRINUSE: "port: another program has {port}: end it, or set another one",
    errno.EACCES: "port: this user may not have {port}: set one of 1024 or more, and have a proxy serve {port}",
    errno.EADDRNOTAVAIL: "address: {address} is none of this machine's: set one that is, or 0.0.0.0 for all",
}


def certificate_of(settings: WebSettings, folder: Path) -> tuple[Path, Path] | None:
    """The files with the certificate and its key, which fit each other; None: the API is served in the clear.

    ``folder``: the data folder. Raises `BadSettings`; passwords, and what callers said, go through no network in the
    clear.
    """
    where = f"{folder / 'settings.yaml'}: web"
    if settings.certificate is not None and settings.key is not None:
        files = folder / settings.certificate, folder / settings.key
        _refuse_unfit(where, *files)
        return files
    if settings.certificate is not None or settings.key is not None:
        raise BadSettings(f"{where}: certificate and key go together")
    if not _is_loopback(settings.address):
        raise BadSettings(
            f"{where}: {settings.address} is beyond this machine: give certificate and key, "
            "or leave the address out and have a proxy on this machine do TLS"
        )
    return None


def _refuse_unfit(where: str, certificate: Path, key: Path) -> None:
    for name, file in (("certificate", certificate), ("key", key)):
        try:
            file.open("rb").close()
        except OSError as why:
            raise BadSettings(f"{where}: {name}: {file}: {why.strerror}") from None
    try:
        # Without a passphrase OpenSSL would ask the terminal for one, and wait.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as why:  # an SSLError is an OSError
        reason = getattr(why, "reason", None) or why
        raise BadSettings(
            f"{where}: {certificate} and {key} are no certificate and its key, "
            f"in PEM and without a passphrase: {reason}"
        ) from None


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def listener(settings: WebSettings, folder: Path, last: int) -> socket.socket:
    """At the port that is set; without one at the ``last`` one, so that addresses stay good, or at any that is free.

    Raises `BadSettings`, `NoFreePortsError`.
    """
    if settings.port:
        return _bound(settings, folder, settings.port)
    for port in (*([last] if last else ()), *random.sample(range(FIRST, LAST + 1), _TRIES)):
        with contextlib.suppress(OSError):
            return socket.create_server((settings.address, port))
    _bound(settings, folder, 0).close()  # tells of an address that is none
    raise NoFreePortsError(f"no free port between {FIRST} and {LAST} on {settings.address}")


def _bound(settings: WebSettings, folder: Path, port: int) -> socket.socket:
    try:
        return socket.create_server((settings.address, port))
    except OSError as why:
        number = errno.EADDRNOTAVAIL if isinstance(why, socket.gaierror) else why.errno or 0
        text = _WHY_NOT.get(number, str(why)).format(port=port, address=settings.address)
        raise BadSettings(f"{folder / 'settings.yaml'}: web: {text}") from None
