"""A phone's connection to its server: who it is, and requests that prove it when they are asked to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from demo import digest, sip
from demo.arrival import Place
from demo.sip import Headers, Request, Response
from demo.wire import TIMED_OUT, Wire

CHALLENGES = {401: ("WWW-Authenticate", "Authorization"), 407: ("Proxy-Authenticate", "Proxy-Authorization")}
"""Which header asks and which one answers (RFC 3261, section 22)."""
ALLOW = ("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, NOTIFY")


@dataclass(frozen=True, slots=True)
class Line:
    """One account at one server."""

    wire: Wire
    server: Place
    user: str
    secret: str | None = None

    @property
    def domain(self) -> str:
        """The server as it stands in addresses."""
        return f"{self.server[0]}:{self.server[1]}"

    @property
    def contact(self) -> tuple[str, str]:
        """Where we are reached: the Contact header."""
        host, port = self.wire.place
        return "Contact", f"<sip:phone@{host}:{port}>"

    async def exchange(self, request: Request, to: Place) -> AsyncIterator[tuple[Request, Response]]:
        """Send a request; each answer, with the request as it was answered.

        A challenge is met once, with the secret, by the same request anew; the last answer is final.
        """
        sent, retry = self.wire.stamped(request), None
        async for response in self.wire.ask(sent, to):
            retry = self._proved(sent, response)
            if retry is None:
                yield sent, response
        if retry:
            async for response in self.wire.ask(retry, to):
                yield retry, response

    async def ask(self, request: Request, to: Place) -> Response:
        """Send a request; its final answer."""
        final = TIMED_OUT
        async for _, response in self.exchange(request, to):
            final = response
        return final

    def _proved(self, request: Request, response: Response) -> Request | None:
        if response.code not in CHALLENGES or self.secret is None:
            return None
        asks, answers = CHALLENGES[response.code]
        challenge = digest.strongest(response.headers.all(asks))
        if challenge is None:
            return None
        value = digest.credentials(
            challenge,
            user=self.user,
            secret=self.secret,
            method=request.method,
            uri=request.uri,
            cnonce=sip.new_tag(),
        )
        headers = request.headers.put("CSeq", f"{request.sequence + 1} {request.method}").put(answers, value)
        return self.wire.stamped(Request(request.method, request.uri, headers, request.body))


def registration(line: Line, call_id: str, sequence: int, seconds: int) -> Request:
    """A REGISTER for so many seconds; 0 ends it."""
    own = f"<sip:{line.user}@{line.domain}>"
    headers = Headers(
        (
            ("From", f"{own};tag={sip.new_tag()}"),
            ("To", own),
            ("Call-ID", call_id),
            ("CSeq", f"{sequence} REGISTER"),
            ("Max-Forwards", "70"),
            line.contact,
            ("Expires", str(seconds)),
            ALLOW,
        )
    )
    return Request("REGISTER", f"sip:{line.domain}", headers)
