"""A self-made certificate for SIP over TLS, until the company puts its own in its place."""

from pathlib import Path

from dialplan import private

CERTIFICATE, KEY = "certificate.pem", "key.pem"


def provide(folder: Path, address: str) -> None:
    """Make ``certificate.pem`` and ``key.pem`` (0600) in ``folder``, for ``address``; what is there already stays.

    So phones that have learnt to trust the certificate keep trusting it, and a bought one put there is used.
    """
    if (folder / CERTIFICATE).exists() and (folder / KEY).exists():
        return
    from dialplan.signing import key_and_certificate  # 9 MB, which no engine needs: by then the certificate is there

    key, certificate = key_and_certificate(address)
    private.write(folder / KEY, key)
    private.write(folder / CERTIFICATE, certificate)
