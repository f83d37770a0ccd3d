"""What makes SIP over UDP reliable: sending again until answered (RFC 3261, section 17). No sockets, no clock.

Whoever drives it says what time it is, hands in what came and what is to be sent, and sends what `Transactions.outbox`
holds. Times are seconds of any steady clock.

==================  ====================================================  =======================================
we are …            sent again after 0.5, 1, 2, 4, 4 … s                  until
==================  ====================================================  =======================================
client, INVITE      the INVITE (timer A, doubling)                        any response; given up after 32 s (B)
client, other       the request (timer E, at most 4 s)                    a final response; given up after 32 s (F)
server, INVITE      the final response (timer G, at most 4 s)             its ACK; given up after 32 s (H)
server, other       the response, each time the request comes again       32 s (J)
==================  ====================================================  =======================================
"""

from collections import deque
from dataclasses import dataclass, field

from demo.arrival import Place
from demo.sip import Headers, Message, Request, Response, serialise


@dataclass(frozen=True, slots=True)
class Timers:
    """The timers of RFC 3261, in seconds."""

    first: float = 0.5
    """T1: how long to the first repetition."""
    longest: float = 4.0
    """T2: the longest time between two repetitions, except of an INVITE."""

    @property
    def patience(self) -> float:
        """64 * T1: when an attempt is given up, and how long an answer is kept for repeated requests."""
        return 64 * self.first


@dataclass(slots=True)
class _Sent:
    """Something sent that may have to be sent again."""

    datagram: bytes
    to: Place
    forget: float
    again: float | None = None
    interval: float = 0.5


@dataclass(slots=True)
class _Asked(_Sent):
    """A request of ours."""

    request: Request = field(kw_only=True)
    final: bool = False
    ack: bytes | None = None


RFC_3261 = Timers()


class Transactions:
    """All transactions of one socket."""

    def __init__(self, timers: Timers = RFC_3261) -> None:
        self.outbox: deque[tuple[bytes, Place]] = deque()
        """Datagrams to be sent now, and where to."""
        self._timers = timers
        self._asked: dict[tuple[str, str], _Asked] = {}
        self._answered: dict[tuple[str, str], _Sent | None] = {}
        self._unacknowledged: dict[tuple[str, int], _Sent] = {}

    def request(self, request: Request, to: Place, now: float) -> None:
        """Send a request, again and again until it is answered. An ACK is sent once (see `acknowledge`)."""
        datagram = serialise(request)
        self.outbox.append((datagram, to))
        if request.method != "ACK":
            again, forget = now + self._timers.first, now + self._timers.patience
            asked = _Asked(datagram, to, forget, again, self._timers.first, request=request)
            self._asked[request.branch, request.method] = asked

    def acknowledge(self, response: Response, ack: Request, to: Place) -> None:
        """Send the ACK for a 2xx to our INVITE, and the same again each time that the 2xx is repeated."""
        datagram = serialise(ack)
        self.outbox.append((datagram, to))
        if asked := self._asked.get((response.branch, "INVITE")):
            asked.ack = datagram

    def respond(self, request: Request, response: Response, to: Place, now: float) -> None:
        """Send a response; a final one to an INVITE again and again until its ACK comes."""
        sent = _Sent(serialise(response), to, now + self._timers.patience, None, self._timers.first)
        self.outbox.append((sent.datagram, to))
        self._answered[request.branch, request.method] = sent
        if request.method == "INVITE" and response.is_final:
            sent.again = now + self._timers.first
            self._unacknowledged[request.headers.get("Call-ID"), request.sequence] = sent

    def receive(self, message: Message, source: Place, now: float) -> Message | None:
        """Take in what came; what comes back is new. A repetition is answered as before, and gives None."""
        if isinstance(message, Response):
            return self._response(message, now)
        if message.method == "ACK":
            if sent := self._unacknowledged.pop((message.headers.get("Call-ID"), message.sequence), None):
                sent.again = None
            return message
        key = (message.branch, message.method)
        if key not in self._answered:
            self._answered[key] = None
            return message
        if earlier := self._answered[key]:
            self.outbox.append((earlier.datagram, source))
        return None

    def due(self) -> float | None:
        """When `tick` must be called next; None: nothing is under way."""
        times = [sent.forget if sent.again is None else min(sent.again, sent.forget) for sent in self._timed()]
        return min((time for time in times if time < float("inf")), default=None)

    def tick(self, now: float) -> tuple[Request, ...]:
        """Send again what is due. Returns those of our requests that got no final answer in time and are given up."""
        for sent in self._timed():
            if sent.again is not None and sent.again <= now < sent.forget:
                self.outbox.append((sent.datagram, sent.to))
                sent.interval = self._longer(sent)
                sent.again = now + sent.interval
        lost = tuple(asked.request for asked in self._asked.values() if asked.forget <= now and not asked.final)
        self._asked = {key: asked for key, asked in self._asked.items() if asked.forget > now}
        self._answered = {key: sent for key, sent in self._answered.items() if sent is None or sent.forget > now}
        self._unacknowledged = {key: sent for key, sent in self._unacknowledged.items() if sent.forget > now}
        return lost

    def _timed(self) -> list[_Sent]:
        answered = [sent for sent in self._answered.values() if sent]
        return [*self._asked.values(), *answered]

    def _longer(self, sent: _Sent) -> float:
        if isinstance(sent, _Asked) and sent.request.method == "INVITE":
            return sent.interval * 2
        return min(sent.interval * 2, self._timers.longest)

    def _response(self, response: Response, now: float) -> Response | None:
        asked = self._asked.get((response.branch, response.method))
        if asked is None:
            return None
        repeated, asked.final = asked.final, asked.final or response.is_final
        asked.again = None if asked.final or response.method == "INVITE" else asked.again
        if response.method == "INVITE":
            # A ringing INVITE is waited for as long as the caller likes: only silence is given up on.
            asked.forget = now + self._timers.patience if asked.final else float("inf")
            if response.code >= 300:
                asked.ack = serialise(_refusal_ack(asked.request, response))
                self.outbox.append((asked.ack, asked.to))
            elif repeated and asked.ack:
                self.outbox.append((asked.ack, asked.to))
        return None if repeated else response


def _refusal_ack(invite: Request, response: Response) -> Request:
    """The ACK of a refusal belongs to the INVITE's own transaction: same branch (RFC 3261, section 17.1.1.3)."""
    kept = [(name, value) for name in ("Via", "Route", "From", "Call-ID") for value in invite.headers.all(name)]
    headers = Headers(tuple(kept)).plus(
        ("To", response.headers.get("To")), ("CSeq", f"{invite.sequence} ACK"), ("Max-Forwards", "70")
    )
    return Request("ACK", invite.uri, headers)
