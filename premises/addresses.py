"""Where departments are told of remarks: the mail server and each department's address, as ``settings.yaml`` has them.

.. code-block:: yaml

    mail: {server: smtp.example.com, from: switchboard@example.com, user: switchboard, password: …}
    tell:
      wholesale: {mail: orders@example.com}
      retail: {webhook: "https://crm.example.com/remarks", secret: whsec_…}
      any: {mail: office@example.com}

What leaves this machine is encrypted, and the other side is known by its certificate (D26); in the clear it goes to
this machine only. Nothing but these settings says where anything is sent.
"""

import base64
import binascii
import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_HERE = ("127.0.0.1", "::1", "localhost")
_SECRET = "whsec_"  # noqa: S105 - what secrets begin with
_KEY_BYTES = range(24, 65)
"""How long a key is, by Standard Webhooks 1.0."""


class MailServer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An SMTP server that takes our mail. Its certificate is checked by the system's authorities."""

    server: str
    port: int = 587
    tls: Literal["starttls", "from the start", "none"] = "starttls"
    """``none`` only for a server on this machine."""
    sender: str = msgspec.field(name="from")
    user: str | None = None
    password: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError."""
        _check_mailbox(self.sender)
        if self.tls == "none" and self.server not in _HERE:
            raise ValueError(f"mail to {self.server} would go in the clear: leave `tls` out, or use a server here")
        if (self.user is None) != (self.password is None):
            raise ValueError("a mail server's `user` and `password` belong together")

    def __repr__(self) -> str:
        """Without the password."""
        return f"MailServer({self.server!r})"


class Address(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one department is told: by mail or by webhook."""

    mail: str | None = None
    webhook: str | None = None
    secret: str | None = None
    """What webhooks are signed with: ``whsec_`` and the key in base64."""

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if (self.mail is None) == (self.webhook is None):
            raise ValueError("a department is told by `mail` or by `webhook`: give one of them")
        if self.mail is not None:
            _check_mailbox(self.mail)
        if self.webhook is not None:
            _check_url(self.webhook)
        if (self.webhook is None) != (self.secret is None):
            raise ValueError("a webhook has a `secret`, by which its receiver knows us; mail has none")
        if self.secret is not None:
            signing_key(self.secret)

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Address({self.mail or self.webhook!r})"


def signing_key(secret: str) -> bytes:
    """The key in a webhook's secret. Raises ValueError."""
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(_SECRET) or len(key) not in _KEY_BYTES:
        raise ValueError("a webhook's `secret` is whsec_ and 24 to 64 random bytes in base64")
    return key


def _check_mailbox(mailbox: str) -> None:
    if not _MAILBOX.fullmatch(mailbox):
        raise ValueError(f"{mailbox!r} is no mail address like office@example.com")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if not url.isascii() or not url.isprintable() or " " in url or not parts.hostname:
        raise ValueError(f"{url!r} is no address like https://example.com/remarks")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a webhook's address has no user and no password in it: its receiver checks the signature")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise ValueError(f"a webhook to {parts.hostname} would go in the clear: it begins with https://")
