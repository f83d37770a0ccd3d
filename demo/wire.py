"""SIP on a UDP socket: drives `transactions` with asyncio's clock."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace

from demo import sip
from demo.arrival import Place, note_arrivals, receive
from demo.sip import Headers, Malformed, Request, Response
from demo.transactions import RFC_3261, Timers, Transactions

TIMED_OUT = Response(408, "Nobody answered in time", Headers())
"""What a request without any answer comes to (RFC 3261, section 8.1.3.1)."""
LARGEST = 65536
"""Bytes of a datagram."""


class Wire:
    """One socket for the calls of one phone, at this place (port 0: any free port). ``serve`` gets each new request."""

    def __init__(self, at: Place, serve: Callable[[Request, Place], None], timers: Timers = RFC_3261) -> None:
        self._serve = serve
        self._loop = asyncio.get_running_loop()
        self._transactions = Transactions(timers)
        self._answers: dict[tuple[str, str], asyncio.Queue[Response]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        note_arrivals(self._socket)
        self._socket.bind(at)
        self._loop.add_reader(self._socket, self._receive)
        self.place: Place = self._socket.getsockname()

    @property
    def is_open(self) -> bool:
        """Whether it can hear and send."""
        return self._socket.fileno() >= 0

    def stamped(self, request: Request) -> Request:
        """The request with our Via: a new transaction."""
        host, port = self.place
        return sip.with_top_via(request, f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{sip.new_tag()}")

    async def ask(self, request: Request, to: Place) -> AsyncIterator[Response]:
        """Send a stamped request; all its answers, the last of which is final. Once closed nobody answers."""
        key = request.branch, request.method
        answers = self._answers[key] = asyncio.Queue[Response]()
        self._transactions.request(request, to, self._loop.time())
        self._flush()
        if not self.is_open:
            answers.put_nowait(TIMED_OUT)
        try:
            while True:
                response = await answers.get()
                yield response
                if response.is_final:
                    return
        finally:
            del self._answers[key]

    def send_ack(self, response: Response, ack: Request, to: Place) -> None:
        """Send the ACK of a 2xx, and again whenever that is repeated."""
        self._transactions.acknowledge(response, ack, to)
        self._flush()

    def respond(self, request: Request, response: Response, to: Place) -> None:
        """Answer a request."""
        self._transactions.respond(request, response, to, self._loop.time())
        self._flush()

    def close(self) -> None:
        """Hear and send nothing any more: who waits for an answer gets none. Closing twice is harmless."""
        if self._timer:
            self._timer.cancel()
        if self.is_open:
            self._loop.remove_reader(self._socket)
            self._socket.close()
        for answers in self._answers.values():
            answers.put_nowait(TIMED_OUT)

    def _receive(self) -> None:
        with suppress(OSError):  # nothing more to read, or closed by what was read
            while True:
                datagram, came, source = receive(self._socket, LARGEST, self._loop.time())
                self._take(datagram, source, came)

    def _take(self, datagram: bytes, source: Place, came: float) -> None:
        """Take in a datagram; what is no SIP is passed over: keep-alives, noise."""
        with suppress(Malformed):
            message = self._transactions.receive(replace(sip.parse(datagram), came=came), source, self._loop.time())
            if isinstance(message, Request):
                self._serve(message, source)
            elif message:
                self._deliver((message.branch, message.method), message)
        self._flush()

    def _deliver(self, key: tuple[str, str], response: Response) -> None:
        if answers := self._answers.get(key):
            answers.put_nowait(response)

    def _flush(self) -> None:
        while self._transactions.outbox:
            datagram, to = self._transactions.outbox.popleft()
            with suppress(OSError):  # closed, or a full buffer: what matters is sent again
                self._socket.sendto(datagram, to)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        due = self._transactions.due()
        self._timer = self._loop.call_at(due, self._tick) if self.is_open and due is not None else None

    def _tick(self) -> None:
        for lost in self._transactions.tick(self._loop.time()):
            self._deliver((lost.branch, lost.method), TIMED_OUT)
        self._flush()
