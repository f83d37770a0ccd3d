"""Who may use the HTTP API, and who has signed in. All of it waits for the database.

Of a session's token only a fingerprint is kept: who reads the database cannot sign in by what is there. SHA-256 is
enough for that, since a token is 256 random bits which nobody guesses; passwords are kept by `premises.passwords`.
"""

import datetime as dt
import hashlib
import secrets
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from db.database import Database
from db.tables import Accounts, Sessions
from routing.facts import PersonId

Role = Literal["operator", "supervisor", "head", "admin", "auditor"]
Kind = Literal["browser", "program"]
LASTS: dict[Kind, dt.timedelta] = {"browser": dt.timedelta(hours=12), "program": dt.timedelta(days=90)}
"""After which somebody must sign in again, whatever was done meanwhile."""
_TOKEN_BYTES = 32


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may sign in."""

    name: str
    role: Role
    person: PersonId | None = None
    """Who it is in the directory; None: nobody whom calls are offered to."""
    made: dt.datetime


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has signed in."""

    account: Account
    kind: Kind
    expires: dt.datetime


class AccountBook:
    """Accounts and sessions; for any number of threads. Raises SQLAlchemy's errors when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------------------------------------------------- accounts

    def add(self, account: Account, password: str) -> bool:
        """Make an account; ``password`` as `premises.passwords.kept` gives it. False: there is one of this name."""
        try:
            with self._database.writing() as connection:
                connection.execute(insert(Accounts).values(**msgspec.structs.asdict(account), password=password))
        except IntegrityError:
            return False
        return True

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        with self._database.reading() as connection:
            found = connection.execute(select(*_ACCOUNT).order_by(Accounts.name)).mappings()
            return tuple(Account(**row) for row in found)

    def password(self, name: str) -> str | None:
        """As it is kept; None: there is no such account."""
        with self._database.reading() as connection:
            kept: str | None = connection.scalar(select(Accounts.password).where(Accounts.name == name))
            return kept

    def set_password(self, name: str, password: str) -> bool:
        """Change it, and end all sessions that the old one began. False: there is no such account."""
        with self._database.writing() as connection:
            connection.execute(delete(Sessions).where(Sessions.account == name))
            changed = update(Accounts).where(Accounts.name == name).values(password=password)
            return connection.execute(changed).rowcount == 1

    def remove(self, name: str) -> bool:
        """Forget an account and end its sessions. False: there is no such account."""
        with self._database.writing() as connection:
            return connection.execute(delete(Accounts).where(Accounts.name == name)).rowcount == 1

    # ------------------------------------------------------------------------------------------------------- sessions

    def begin(self, name: str, kind: Kind, at: dt.datetime) -> tuple[str, Session] | None:
        """Begin a session of this account; gives its token, too. None: there is no such account any more."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        values = {"account": name, "kind": kind, "began": at, "expires": at + LASTS[kind]}
        try:
            with self._database.writing() as connection:
                connection.execute(delete(Sessions).where(Sessions.expires <= at))
                connection.execute(insert(Sessions).values(fingerprint=fingerprint(token), **values))
        except IntegrityError:
            return None
        begun = self.session(token, at)
        return (token, begun) if begun else None

    def session(self, token: str, at: dt.datetime) -> Session | None:
        """The session that this token proves; None: none that lasts."""
        query = select(*_ACCOUNT, Sessions.kind, Sessions.expires).join_from(Sessions, Accounts)
        with self._database.reading() as connection:
            found = connection.execute(query.where(_proved_by(token), Sessions.expires > at)).mappings().one_or_none()
        if found is None:
            return None
        account = Account(**{column.key: found[column.key] for column in _ACCOUNT})
        return Session(account=account, kind=found["kind"], expires=found["expires"])

    def end(self, token: str) -> None:
        """End the session that this token proves, if there is one."""
        with self._database.writing() as connection:
            connection.execute(delete(Sessions).where(_proved_by(token)))


_ACCOUNT = (Accounts.name, Accounts.role, Accounts.person, Accounts.made)


def fingerprint(token: str) -> str:
    """What is kept of a token: SHA-256, in hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _proved_by(token: str) -> ColumnElement[bool]:
    return Sessions.fingerprint == fingerprint(token)
