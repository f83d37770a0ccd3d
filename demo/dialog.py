"""A dialog: what both ends of a call must remember to speak of the same call (RFC 3261, section 12)."""

from dataclasses import dataclass

from demo.sip import Fields, Headers, Request, Response, read_address


@dataclass(slots=True)
class Dialog:
    """One end's view of a call."""

    call_id: str
    local: str
    """Our From (or To) value with our tag."""
    remote: str
    """Theirs, with their tag as soon as it is known."""
    target: str
    """Where their end wants its requests: the URI of its Contact."""
    routes: tuple[str, ...] = ()
    sequence: int = 1
    """The number of our last request."""

    def request(self, method: str, *, sequence: int | None = None, extra: Fields = (), body: bytes = b"") -> Request:
        """Our next request in this dialog, still without Via. An ACK repeats the number of its INVITE."""
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        headers = Headers(
            (
                *(("Route", route) for route in self.routes),
                ("From", self.local),
                ("To", self.remote),
                ("Call-ID", self.call_id),
                ("CSeq", f"{sequence} {method}"),
                ("Max-Forwards", "70"),
            )
        )
        return Request(method, self.target, headers.plus(*extra), body)

    def move(self, message: Request | Response) -> None:
        """Follow the other end to where its newest Contact says (target refresh, section 12.2)."""
        if contact := message.headers.get("Contact"):
            self.target = read_address(contact).uri or self.target


def opened(invite: Request, response: Response) -> Dialog:
    """The caller's dialog, from its INVITE and the 2xx."""
    routes = tuple(reversed(response.headers.listed("Record-Route")))
    dialog = Dialog(
        invite.headers.get("Call-ID"),
        invite.headers.get("From"),
        response.headers.get("To"),
        invite.uri,
        routes,
        invite.sequence,
    )
    dialog.move(response)
    return dialog


def entered(invite: Request, tag: str) -> Dialog:
    """The called one's dialog, from an INVITE and our tag."""
    to = invite.headers.get("To")
    dialog = Dialog(
        invite.headers.get("Call-ID"),
        f"{to};tag={tag}",
        invite.headers.get("From"),
        invite.uri,
        invite.headers.listed("Record-Route"),
        0,
    )
    dialog.move(invite)
    return dialog
