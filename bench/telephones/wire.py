"""SIP as bytes: the few messages that the load sends, and the few fields that it reads (RFC 3261)."""

import re

HOST = "127.0.0.1"
_FIELD = {
    name: re.compile(rb"\r\n" + name + rb": ([^\r]*)")
    for name in (b"Call-ID", b"CSeq", b"From", b"To", b"Via", b"Contact", b"WWW-Authenticate")
}
_AUDIO = re.compile(rb"\r\nm=audio (\d+)")
_URI = re.compile(rb"<([^>]*)>")
_USER = re.compile(rb"<sips?:([^@>]*)@")


def field(message: bytes, name: bytes) -> bytes:
    """The first value of a header; empty where there is none."""
    found = _FIELD[name].search(message)
    return found[1] if found else b""


def audio_port(message: bytes) -> int:
    """Where the other side wants its RTP; 0: it does not say."""
    found = _AUDIO.search(message)
    return int(found[1]) if found else 0


def uri(value: bytes) -> str:
    """The address in a Contact."""
    found = _URI.search(value)
    return found[1].decode() if found else ""


def user(value: bytes) -> str:
    """Who a From or To names."""
    found = _USER.search(value)
    return found[1].decode() if found else ""


def description(rtp: int) -> str:
    """An offer, or an answer, of A-law at this port."""
    lines = (
        "v=0",
        f"o=- 1 1 IN IP4 {HOST}",
        "s=-",
        f"c=IN IP4 {HOST}",
        "t=0 0",
        f"m=audio {rtp} RTP/AVP 8",
        "a=ptime:20",
    )
    return "".join(f"{line}\r\n" for line in lines)


def request(first: str, headers: tuple[str, ...], body: str = "") -> bytes:
    """A request, or whatever else begins with this line."""
    kind = ("Content-Type: application/sdp",) if body else ()
    lines = (first, *headers, *kind, f"Content-Length: {len(body)}", "", "")
    return ("\r\n".join(lines) + body).encode()


def answer(message: bytes, status: bytes, *, tag: bytes = b"", contact: bytes = b"", body: bytes = b"") -> bytes:
    """An answer to a request, with the fields that it must repeat (RFC 3261, section 8.2.6)."""
    to = field(message, b"To")
    if tag and b";tag=" not in to:
        to += b";tag=" + tag
    vias = b"".join(b"Via: " + via + b"\r\n" for via in _FIELD[b"Via"].findall(message))
    return b"SIP/2.0 %b\r\n%bFrom: %b\r\nTo: %b\r\nCall-ID: %b\r\nCSeq: %b\r\n%b%bContent-Length: %d\r\n\r\n%b" % (
        *(status, vias, field(message, b"From"), to, field(message, b"Call-ID"), field(message, b"CSeq")),
        b"Contact: " + contact + b"\r\n" if contact else b"",
        b"Content-Type: application/sdp\r\n" if body else b"",
        *(len(body), body),
    )
