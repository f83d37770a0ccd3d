"""Who is let in: by a password, then by a session's cookie or a program's token.

A browser sends its cookie with whatever a page makes it send, so three things keep other pages' doings out: the cookie
is SameSite=Strict; a change that does not come from a page of ours is refused (`Sec-Fetch-Site`, or `Origin` where a
browser is too old for that); and bodies are JSON, which no form can send. No other site is ever given leave (CORS).
"""

import http
import time
from urllib.parse import urlsplit

import structlog
from starlette.requests import HTTPConnection

from db.accounts import Kind, Session
from premises import passwords
from premises.clock import now
from web.office import Office
from web.permissions import Asker, asker
from web.problems import Problem, too_often
from web.throttle import Pace, Throttle

REQUESTS = Pace(burst=1000, seconds=0.01)
"""Of one account, or of one address that has not signed in."""
SIGN_INS_FROM = Pace(burst=10, seconds=6.0)
"""Of one address."""
SIGN_INS_AS = Pace(burst=50, seconds=10.0)
"""Of one name, from wherever: looser, since anybody could use them up for somebody else."""
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="switchboard"'}
_SAFE = ("GET", "HEAD", "OPTIONS")

log = structlog.get_logger()


class Entrance:
    """Lets in, or says why not."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._requests = Throttle(REQUESTS)
        self._sign_ins_from = Throttle(SIGN_INS_FROM)
        self._sign_ins_as = Throttle(SIGN_INS_AS)

    async def let_in(self, connection: HTTPConnection) -> Asker:
        """Who asks. Raises `Problem` 401 and 429."""
        token = token_of(connection)
        session = await self._session(token) if token else None
        if session is None:
            self.count(connection)
            raise Problem(
                http.HTTPStatus.UNAUTHORIZED,
                "sign in first: POST /session in a browser, POST /tokens for a program",
                headers=_CHALLENGE,
            )
        if wait := self._requests.ask(f"account {session.account.name}", time.monotonic()):
            raise too_often("this account asks too much at once", wait)
        return asker(session.account, session.kind, (await self._office.staff()).people)

    def count(self, connection: HTTPConnection) -> None:
        """Somebody asks who has not signed in. Raises `Problem` 429."""
        if wait := self._requests.ask(f"address {address_of(connection)}", time.monotonic()):
            raise too_often("this address asks too much at once", wait)

    async def sign_in(self, connection: HTTPConnection, name: str, password: str, kind: Kind) -> tuple[str, Session]:
        """A new session and its token. Raises `Problem` 401 and 429."""
        await self.prove(connection, name, password)
        begun = await self._office.ask(lambda: self._office.accounts.begin(name, kind, now()))
        if begun is None:
            raise _wrong()
        log.info("signed in", account=name, kind=kind, address=address_of(connection))
        return begun

    async def prove(self, connection: HTTPConnection, name: str, password: str) -> None:
        """That this is the password of that account. Raises `Problem` 401, the same for an unknown name, and 429."""
        at = time.monotonic()
        wait = self._sign_ins_from.ask(address_of(connection), at) or self._sign_ins_as.ask(name, at)
        if wait:
            raise too_often("too many sign-ins", wait)
        kept = await self._office.ask(lambda: self._office.accounts.password(name))
        if not await self._office.hashed(lambda: passwords.fits(password, kept)):
            log.warning("sign-in refused", account=name, address=address_of(connection))
            raise _wrong()

    async def _session(self, token: str) -> Session | None:
        return await self._office.ask(lambda: self._office.accounts.session(token, now()))


def _wrong() -> Problem:
    return Problem(
        http.HTTPStatus.UNAUTHORIZED,
        "name or password is wrong; whoever looks after the switchboard can give you a new one (switchboard accounts)",
        headers=_CHALLENGE,
    )


def refuse_other_sites(connection: HTTPConnection, method: str) -> None:
    """Raises `Problem` 403 for a change that a page of somebody else makes a browser ask for."""
    if method in _SAFE or _bearer(connection) is not None:
        return
    if not comes_from_here(connection):
        raise Problem(http.HTTPStatus.FORBIDDEN, "a page of another site asks for this: only pages of this one may")


def comes_from_here(connection: HTTPConnection) -> bool:
    """Whether a page of ours makes a browser ask, or nobody's, or it is no browser."""
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")


def token_of(connection: HTTPConnection) -> str | None:
    """A program's token, or else the cookie's; None: there is neither."""
    return _bearer(connection) or connection.cookies.get(cookie_name(connection))


def cookie_name(connection: HTTPConnection) -> str:
    """With the port: cookies know none, and two installations on one machine would sign each other out."""
    prefix = "__Host-" if _is_secure(connection) else ""
    return f"{prefix}session-{connection.url.port or 'default'}"


def cookie(connection: HTTPConnection, token: str, seconds: int) -> str:
    """The header's value that sets it, or with 0 seconds ends it."""
    secure = "; Secure" if _is_secure(connection) else ""
    return f"{cookie_name(connection)}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def address_of(connection: HTTPConnection) -> str:
    """The socket's, which nobody can make up; what headers say of it is not believed."""
    return connection.client.host if connection.client else ""


def _is_secure(connection: HTTPConnection) -> bool:
    return connection.url.scheme in ("https", "wss")


def _bearer(connection: HTTPConnection) -> str | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
