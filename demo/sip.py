"""SIP messages as values: read from a datagram, written to one (RFC 3261, section 7). No sockets and no clock.

Text is UTF-8 with ``surrogateescape``: any bytes that come in can be sent out again unchanged, and a hostile caller of
the tests may send whatever it likes.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

COMPACT = {
    "c": "content-type",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "s": "subject",
    "t": "to",
    "v": "via",
    "x": "session-expires",
}
"""Short forms of header names, RFC 3261 section 7.3.3 and RFC 4028."""

REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    405: "Method Not Allowed",
    415: "Unsupported Media Type",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}
"""What this phone says with a code, where it answers with it."""

Fields = tuple[tuple[str, str], ...]
"""Header fields: names and values, in their order."""

_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


class Malformed(ValueError):  # noqa: N818 - it says what the datagram is
    """A datagram that is no SIP message; its text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields in their order; names are found whatever their case or short form."""

    fields: Fields = ()

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of that name, as it was sent."""
        wanted = _full(name)
        return tuple(value for key, value in self.fields if _full(key) == wanted)

    def get(self, name: str, default: str = "") -> str:
        """The first value of that name."""
        return next(iter(self.all(name)), default)

    def listed(self, name: str) -> tuple[str, ...]:
        """The values of a header that may hold several, separated by commas: Via, Route, Contact."""
        return tuple(part for value in self.all(name) for part in split(value))

    def plus(self, *fields: tuple[str, str]) -> "Headers":
        """These headers and further ones below them."""
        return Headers(self.fields + fields)

    def put(self, name: str, value: str) -> "Headers":
        """With that header replaced, in its old place, or added where there was none."""
        wanted = _full(name)
        if not self.all(name):
            return self.plus((name, value))
        return Headers(tuple((key, value if _full(key) == wanted else old) for key, old in self.fields))


@dataclass(frozen=True, slots=True)
class Request:
    """A request: INVITE, ACK, BYE, …"""

    method: str
    uri: str
    headers: Headers
    body: bytes = b""
    came: float = field(default=0.0, compare=False)
    """When it reached this machine, in seconds of the loop's clock; 0: it is ours."""

    @property
    def branch(self) -> str:
        """The id of the transaction, from the topmost Via (RFC 3261, section 8.1.1.7)."""
        return parameter(self.headers.get("Via"), "branch")

    @property
    def sequence(self) -> int:
        """The number of CSeq."""
        return _sequence(self.headers)[0]


@dataclass(frozen=True, slots=True)
class Response:
    """A response; below 200 it is provisional."""

    code: int
    reason: str
    headers: Headers
    body: bytes = b""
    came: float = field(default=0.0, compare=False)
    """When it reached this machine, in seconds of the loop's clock; 0: it is ours."""

    @property
    def branch(self) -> str:
        """The id of the transaction that it answers."""
        return parameter(self.headers.get("Via"), "branch")

    @property
    def method(self) -> str:
        """The method that it answers, from CSeq."""
        return _sequence(self.headers)[1]

    @property
    def sequence(self) -> int:
        """The number of CSeq."""
        return _sequence(self.headers)[0]

    @property
    def is_final(self) -> bool:
        """Whether nothing comes after it."""
        return self.code >= 200


Message = Request | Response


@dataclass(frozen=True, slots=True)
class Address:
    """A From, To or Contact: who, and where."""

    uri: str
    name: str = ""
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def user(self) -> str:
        """The part before the @; empty where there is none."""
        before, at, _ = self.uri.partition("@")
        return before.partition(":")[2] if at else ""


def parse(datagram: bytes) -> Message:
    """The message in a datagram.

    Raises:
        Malformed: it is none, or its first line, CSeq or length is broken.
    """
    head, blank, body = datagram.partition(b"\r\n\r\n")
    if not blank:
        raise Malformed("no empty line after the headers")
    first, *lines = head.decode("utf-8", "surrogateescape").lstrip("\r\n").split("\r\n")
    headers = _headers(lines)
    if not headers.get("Via") or not headers.get("Call-ID"):
        raise Malformed("no Via or no Call-ID")
    _sequence(headers)
    return _message(first, headers, _body(headers, body))


def serialise(message: Message) -> bytes:
    """The message as a datagram, with its Content-Length."""
    if isinstance(message, Request):
        first = f"{message.method} {message.uri} SIP/2.0"
    else:
        first = f"SIP/2.0 {message.code} {message.reason}"
    headers = message.headers.put("Content-Length", str(len(message.body)))
    lines = [first, *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + message.body


def answer(request: Request, code: int, *, tag: str = "", extra: Fields = (), body: bytes = b"") -> Response:
    """A response to a request, with the headers that it must repeat (RFC 3261, section 8.2.6)."""
    repeated = [
        (name, value)
        for name in ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq")
        for value in request.headers.all(name)
    ]
    headers = Headers(tuple(repeated))
    to = headers.get("To")
    if tag and code > 100 and not parameter(to, "tag"):
        headers = headers.put("To", f"{to};tag={tag}")
    return Response(code, REASONS.get(code, "No reason"), headers.plus(*extra), body)


def with_top_via(request: Request, via: str) -> Request:
    """The request with this Via above all others, in place of its own."""
    others = tuple((name, value) for name, value in request.headers if _full(name) != "via")
    return replace(request, headers=Headers((("Via", via), *others)))


def read_address(value: str) -> Address:
    """The parts of a From, To or Contact value. Nonsense gives nonsense, never an error."""
    quoted = _QUOTED.match(value.lstrip())
    start = value.find("<", quoted.end() if quoted else 0)
    end = value.find(">", start)
    if start < 0 or end < 0:
        uri, _, tail = value.partition(";")
        return Address(uri.strip(), "", _parameters(tail))
    name = value[:start].strip()
    if quoted:
        name = re.sub(r"\\(.)", r"\1", quoted.group()[1:-1])
    return Address(value[start + 1 : end], name, _parameters(value[end + 1 :].lstrip().removeprefix(";")))


def parameter(value: str, name: str) -> str:
    """A header parameter such as ``tag`` or ``branch``; empty where there is none."""
    return read_address(value).parameters.get(name, "")


def split(value: str) -> tuple[str, ...]:
    """A header's list, split at the commas that stand outside quotes and angle brackets."""
    parts = re.findall(r'(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,])+', value)
    return tuple(part.strip() for part in parts if part.strip())


def new_tag() -> str:
    """A tag, Call-ID or branch part that nobody else has."""
    return secrets.token_hex(8)


def _message(first: str, headers: Headers, body: bytes) -> Message:
    words = first.split(" ", 2)
    if len(words) != 3:
        raise Malformed(f"first line {first[:60]!r}")
    if words[0] == "SIP/2.0":
        if not re.fullmatch(r"[1-6][0-9][0-9]", words[1]):
            raise Malformed(f"status {words[1][:20]!r}")
        return Response(int(words[1]), words[2], headers, body)
    if words[2] != "SIP/2.0" or not _TOKEN.fullmatch(words[0]):
        raise Malformed(f"first line {first[:60]!r}")
    return Request(words[0], words[1], headers, body)


def _headers(lines: list[str]) -> Headers:
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and fields:  # a folded header
            name, value = fields.pop()
            fields.append((name, f"{value} {line.strip()}"))
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise Malformed(f"header line {line[:60]!r}")
        fields.append((name.strip(), value.strip()))
    return Headers(tuple(fields))


def _body(headers: Headers, body: bytes) -> bytes:
    length = headers.get("Content-Length", str(len(body)))
    if not re.fullmatch(r"[0-9]{1,9}", length) or int(length) > len(body):
        raise Malformed(f"Content-Length {length[:20]!r} of {len(body)} bytes")
    return body[: int(length)]


def _sequence(headers: Headers) -> tuple[int, str]:
    found = re.fullmatch(r"([0-9]{1,10})\s+(\S+)", headers.get("CSeq"))
    if found is None:
        raise Malformed(f"CSeq {headers.get('CSeq')[:20]!r}")
    return int(found[1]), found[2]


def _parameters(tail: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in tail.split(";") if part.strip())
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _full(name: str) -> str:
    lower = name.lower()
    return COMPACT.get(lower, lower)
