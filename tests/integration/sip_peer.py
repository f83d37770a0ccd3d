"""The other side of a telephone's conversation, written by hand: it says what a test tells it to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from demo import sip
from demo.arrival import Place
from demo.phone import Phone
from demo.sip import Fields, Headers, Request, Response
from demo.wire import Wire

HERE = ("127.0.0.1", 0)
SECRET = "a secret of twenty and more characters"
CHALLENGE = ("WWW-Authenticate", 'Digest realm="here", nonce="n1", algorithm=SHA-256, qop="auth"')


class Peer:
    """A SIP server that does nothing by itself."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[tuple[Request, Place]] = asyncio.Queue()
        self.wire = Wire(HERE, lambda request, source: self.came.put_nowait((request, source)))

    @property
    def place(self) -> Place:
        return self.wire.place

    async def gets(self, method: str) -> Request:
        """The next request, which must be such."""
        async with asyncio.timeout(5):
            request, self._source = await self.came.get()
        assert request.method == method, f"{request.method} came"
        return request

    def answers(self, request: Request, code: int, *extra: tuple[str, str], body: bytes = b"") -> None:
        contact = ("Contact", f"<sip:{self.place[0]}:{self.place[1]}>")
        answer = sip.answer(request, code, tag="peer", extra=(contact, *extra), body=body)
        self.wire.respond(request, answer, self._source)

    async def asks(
        self, method: str, to: Phone, *, call: Fields = (), sequence: int = 1, extra: Fields = (), body: bytes = b""
    ) -> Response:
        """The final answer of a phone to a request."""
        ids = call or (("From", "<sip:peer>;tag=peer"), ("To", "<sip:phone>"), ("Call-ID", sip.new_tag()))
        headers = Headers((*ids, ("CSeq", f"{sequence} {method}"), *extra))
        request = self.wire.stamped(Request(method, "sip:phone", headers, body))
        async with asyncio.timeout(5):
            return [response async for response in self.wire.ask(request, to.place)][-1]


def within(request: Request) -> Fields:
    """The ids of a call that a phone began, as the called side writes them."""
    called = f"{request.headers.get('To')};tag=peer"
    return (("From", called), ("To", request.headers.get("From")), ("Call-ID", request.headers.get("Call-ID")))


@asynccontextmanager
async def peer() -> AsyncIterator[Peer]:
    """One of them, closed at the end of the block."""
    it = Peer()
    try:
        yield it
    finally:
        it.wire.close()
