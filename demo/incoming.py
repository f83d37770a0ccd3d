"""A call that comes in."""

from demo import dialog, sip
from demo.arrival import Place
from demo.audio import Audio
from demo.conversation import SDP, Conversation
from demo.errors import Gone
from demo.line import ALLOW, Line
from demo.sdp import Unsuitable
from demo.sip import Address, Request
from demo.talk import WITHIN, State


class Incoming(Conversation):
    """A call from the INVITE that reached us; until something is done with it, it was only tried (100)."""

    def __init__(self, line: Line, audio: Audio, invite: Request, source: Place) -> None:
        super().__init__(line, audio, invite.headers.get("Call-ID"), source)
        self.caller: Address = sip.read_address(invite.headers.get("From"))
        """Who calls, as the phone's display would show it."""
        self.invite = invite
        """The request itself, with all its headers."""
        self.cancelled_for = ""
        """Why the caller left before the answer (RFC 3326), as far as it was told."""
        self._acknowledged = False
        self._dialog = dialog.entered(invite, sip.new_tag())
        self._say(invite, 100, source)

    async def ring(self) -> None:
        """Ring (180); doing nothing more lets it ring out. A caller who has left already is no error."""
        if self.state is State.CALLING:
            self.state = State.RINGING
            self._say(self.invite, 180, self._peer, self._line.contact)

    async def answer(self, within: float = WITHIN) -> None:
        """Answer; done when the other side has acknowledged it.

        Raises:
            Gone: the caller has left.
            Unsuitable: it offers no audio that we speak; it was told so (488).
        """
        if self.state is State.ENDED:
            raise Gone("the caller has left")
        self._accept()
        await self._until(lambda: self._acknowledged, within, "the answer to be acknowledged")

    async def decline(self, code: int = 603) -> None:
        """Refuse: 486 busy, 603 declined, 480 not available, 503 out of order …; nothing happens when it is over."""
        if self.state in {State.CALLING, State.RINGING}:
            self._say(self.invite, code, self._peer)
            self._end("us", code)

    def cancel(self, request: Request, source: Place) -> None:
        """The caller leaves before the answer: its CANCEL."""
        self.cancelled_for = request.headers.get("Reason")
        self._say(request, 200, source)
        if self.state in {State.CALLING, State.RINGING}:
            self._say(self.invite, 487, self._peer)
            self._end("them", 487, at=request.came)

    def serve(self, request: Request, source: Place) -> None:
        """A request of the other side in this call."""
        self._acknowledged = self._acknowledged or request.method == "ACK"
        super().serve(request, source)

    def _accept(self) -> None:
        try:
            answer = self._agree(self.invite.body)
        except Unsuitable:
            self._say(self.invite, 488, self._peer)
            self._end("us", 488)
            raise
        self._say(self.invite, 200, self._peer, self._line.contact, ALLOW, SDP, body=answer)
        self._connected()

    async def _withdraw(self) -> None:
        await self.decline(480)
