"""Signing in and out."""

import datetime as dt
import http
from typing import Annotated

import msgspec
from starlette.requests import Request

from db.accounts import LASTS, Role
from premises import passwords
from routing.facts import PersonId
from web.entrance import Entrance, cookie, token_of
from web.office import Office
from web.operations import Answered, Operation
from web.permissions import Asker, Reach, Right
from web.problems import Problem

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._@-]+$(?!\n)")]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=passwords.LONGEST)]
NewPassword = Annotated[str, msgspec.Meta(min_length=passwords.SHORTEST, max_length=passwords.LONGEST)]


class Credentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account's name and its password."""

    name: Name
    password: Password


class NewCredentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password so far, and the one from now on."""

    old: Password
    new: NewPassword


class Health(msgspec.Struct, frozen=True):
    """That somebody is here."""

    alive: bool


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who has signed in, and how far each right reaches."""

    account: str
    role: Role
    person: PersonId | None
    rights: dict[Right, Reach]


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What a program proves itself by; it is told this once."""

    token: str
    expires: dt.datetime


def operations(entrance: Entrance) -> tuple[Operation, ...]:
    """Those that need the entrance itself."""

    async def sign_in(request: Request, body: Credentials) -> Answered[Me]:
        """Sign in at a browser.

        The session is a cookie (HttpOnly, SameSite=Strict) and lasts twelve hours.
        """
        token, session = await entrance.sign_in(request, body.name, body.password, "browser")
        seconds = int(LASTS["browser"].total_seconds())
        me = _told(Asker(account=session.account, kind="browser"))
        return Answered(value=me, headers={"Set-Cookie": cookie(request, token, seconds)})

    async def make_token(request: Request, body: Credentials) -> Token:
        """Sign in as a program.

        The token lasts ninety days, or until it is ended (`DELETE /session`) or the password is changed.
        """
        token, session = await entrance.sign_in(request, body.name, body.password, "program")
        return Token(token=token, expires=session.expires)

    async def change_password(office: Office, asker: Asker, request: Request, body: NewCredentials) -> None:
        """Change one's own password.

        All sessions and tokens of the account end.
        """
        name = asker.account.name
        await entrance.prove(request, name, body.old)
        kept = await office.hashed(lambda: passwords.kept(body.new))
        await office.ask(lambda: office.accounts.set_password(name, kept))

    return (
        Operation(method="POST", path="/session", do=sign_in, problems=(401,)),
        Operation(method="POST", path="/tokens", do=make_token, status=201, problems=(401,)),
        Operation(method="PUT", path="/me/password", do=change_password, status=204),
    )


async def sign_out(office: Office, asker: Asker, request: Request) -> Answered[None]:
    """Sign out: end the session, or the token, by which this is asked."""
    token = token_of(request)
    if token is None:
        raise Problem(http.HTTPStatus.UNAUTHORIZED, "there is no session to end")
    await office.ask(lambda: office.accounts.end(token))
    return Answered(value=None, headers={"Set-Cookie": cookie(request, "", 0)} if asker.kind == "browser" else {})


async def me(asker: Asker) -> Me:
    """Who has signed in, and what they may do."""
    return _told(asker)


async def health() -> Health:
    """Whether the API answers; whether calls are served is told by the engine's own /ready."""
    return Health(alive=True)


def _told(asker: Asker) -> Me:
    account = asker.account
    rights = {right: asker.reach(right) for right in Right}
    return Me(account=account.name, role=account.role, person=account.person, rights=rights)


OPERATIONS = (
    Operation(method="GET", path="/health", do=health),
    Operation(method="GET", path="/me", do=me),
    Operation(method="DELETE", path="/session", do=sign_out, status=204),
)
