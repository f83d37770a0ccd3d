"""The HTTP API as who looks after the machine sees it: is it served, and for how long is its certificate good?"""

import datetime as dt
import http.client
import json
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from premises.clock import now
from premises.installation import Installation
from premises.listening import certificate_of, listener
from premises.settings import BadSettings

ANSWER_SECONDS = 5.0
SOON = dt.timedelta(days=21)
"""Before a certificate's end: time to get another one."""


class Good(msgspec.Struct, frozen=True):
    """Something worth knowing, with which all is well."""

    text: str


def seen(installation: Installation) -> Iterator[str | Good]:
    """What is wrong with it, and what is well; it is asked where it was last. Raises `BadSettings`."""
    settings = installation.settings.web
    if not settings.serve:
        yield Good("not to be served: `web: {serve: no}` in settings.yaml")
        return
    files = certificate_of(settings, installation.folder)
    at = _answers_at(installation)
    if at is None:
        listener(settings, installation.folder, 0).close()
        yield "not running, though the settings allow it: ./switchboard up"
    else:
        yield Good(f"answers at {at}")
    if files is not None:
        yield from _of_certificate(files[0], at)


def _answers_at(installation: Installation) -> str | None:
    """Its address, if it answers there; None: nobody does, or somebody else."""
    try:
        api = installation.web().api
        # It need not be trusted for this: the address is ours, and nothing secret is sent.
        unverified = ssl._create_unverified_context()  # noqa: S323
        with urllib.request.urlopen(f"{api}/health", timeout=ANSWER_SECONDS, context=unverified) as answer:  # noqa: S310
            return api if json.loads(answer.read(1024)) == {"alive": True} else None
    except (OSError, ValueError, http.client.HTTPException):
        return None


def _of_certificate(file: Path, at: str | None) -> Iterator[str | Good]:
    """How long it is good, and the one that is served, which may have been read before the file changed."""
    good_until = _end_of(file.read_text())
    served = _served_until(at) if at else good_until
    if served != good_until:
        yield (
            f"still serves a certificate that ends on {served:%Y-%m-%d}, while the one in {file} ends on "
            f"{good_until:%Y-%m-%d}: another ./switchboard up beside this one takes it, and loses no call"
        )
    left = good_until - now()
    told = f"{file} is good until {good_until:%Y-%m-%d}, which is {left.days} days"
    if left <= dt.timedelta():
        yield f"{file} ended on {good_until:%Y-%m-%d}: put a new one there"
    elif left <= SOON:
        yield f"{told}: put a new one there before"
    else:
        yield Good(told)


def _served_until(at: str) -> dt.datetime:
    where = urlsplit(at)
    return _end_of(ssl.get_server_certificate((where.hostname or "", where.port or 0), timeout=ANSWER_SECONDS))


def _end_of(pem: str) -> dt.datetime:
    """Of the first certificate, the server's own."""
    from cryptography.x509 import load_pem_x509_certificate  # 9 MB, which no other command needs

    try:
        return load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    except ValueError as why:
        raise BadSettings(f"the certificate cannot be read: {why}") from None
