"""The secrets of one installation: made once, kept in one file that only its owner can read."""

import secrets
import string
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ari_app.pbx.asterisk import PbxError
from dialplan import private
from dialplan.plan import Account

LENGTH = 24
"""Characters of a secret: 142 bits. A four-digit password fell to a guesser in seconds."""


class Accounts(msgspec.Struct, frozen=True):
    """Who may log in where."""

    ari: Account
    ami: Account
    phones: dict[str, str]
    """Each person's SIP secret; people who have left keep theirs, for the day they return."""

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"Accounts({', '.join(self.phones)})"


def settle(file: Path, people: Iterable[str]) -> Accounts:
    """The accounts in ``file`` (0600), with new secrets for those of ``people`` who have none yet, written back.

    `PbxError` if the file is damaged: new secrets would lock every phone out, so none are made.
    """
    kept = _read(file)
    new = {person: _secret() for person in people if person not in kept.phones}
    accounts = Accounts(kept.ari, kept.ami, kept.phones | new)
    if new or not file.exists():
        private.write(file, msgspec.json.format(msgspec.json.encode(accounts)))
    return accounts


def _read(file: Path) -> Accounts:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return Accounts(Account("engine", _secret()), Account("engine", _secret()), {})
    file.chmod(0o600)
    try:
        return msgspec.json.decode(content, type=Accounts)
    except ValueError as why:
        raise PbxError(
            f"{file} is damaged ({why}): bring it back from a backup, or delete it and set every telephone up anew"
        ) from None


def _secret() -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(LENGTH))
