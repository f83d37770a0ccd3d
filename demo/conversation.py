"""One call as a phone sees it; `demo.outgoing` and `demo.incoming` are how it begins."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Literal

from demo import sdp, sip
from demo.arrival import Place
from demo.audio import Audio
from demo.errors import Gone, Refused
from demo.line import ALLOW, Line
from demo.sdp import Media, Unsuitable
from demo.sip import Request
from demo.talk import WITHIN, State, Talk

if TYPE_CHECKING:
    from demo.dialog import Dialog

SDP = ("Content-Type", "application/sdp")


class Conversation(Talk, ABC):
    """A call and all that can be done in it, in either direction."""

    def __init__(self, line: Line, audio: Audio, call_id: str, peer: Place) -> None:
        super().__init__(audio)
        self.call_id = call_id
        """SIP's Call-ID."""
        self.code: int | None = None
        """The final SIP code of a call that was not answered."""
        self.reason = ""
        self.was_answered = False
        self.answered_at = 0.0
        """When the answer reached this machine or left it, in seconds of the loop's clock."""
        self.ended_at = 0.0
        """Likewise the end."""
        self.ended_by: Literal["us", "them"] | None = None
        self._line, self._peer = line, peer
        self.transferred: int | None = None
        """What the other side told last of the transfer that we asked for: a SIP code; None: nothing yet."""
        self._dialog: Dialog | None = None
        self._ours: Media | None = None
        self._version = 1
        self._tasks: set[asyncio.Task[None]] = set()

    async def ringing(self, within: float = WITHIN) -> None:
        """The other side rings (180, 183), or has answered already.

        Raises:
            Refused: it said no.
        """
        await self._reached(State.RINGING, within, "it to ring")

    async def answered(self, within: float = 30.0) -> None:
        """The call is answered.

        Raises:
            Refused: the other side said no.
        """
        await self._reached(State.ANSWERED, within, "an answer")

    async def ended(self, within: float = 30.0) -> None:
        """The call is over, whoever ended it."""
        await self._until(lambda: self.state is State.ENDED, within, "the end of the call")

    async def hang_up(self) -> None:
        """End the call, however far it has come; nothing happens when it is over already."""
        if self.state is State.ANSWERED and self._dialog:
            bye = self._dialog.request("BYE")
            self._end("us")
            await self._line.ask(bye, self._peer)
        elif self.state is not State.ENDED:
            await self._withdraw()

    async def transfer(self, to: str, *extra: tuple[str, str]) -> int:
        """Ask the other side to call this address instead of us (REFER, RFC 3515); its final code.

        What comes of it is told in `transferred`.

        Raises:
            Gone: the call is over.
        """
        if self.state is not State.ANSWERED or self._dialog is None:
            raise Gone("there is no call to transfer")
        refer = self._dialog.request("REFER", extra=(("Refer-To", f"<{to}>"), self._line.contact, *extra))
        return (await self._line.ask(refer, self._peer)).code

    async def hand_over(self, to: "str | Conversation", within: float = WITHIN) -> int:
        """Transfer the other side as a telephone's transfer key does, and hang up unless it was refused.

        ``to``: a number or name at our own server, or another call of this telephone, with which it is to be joined.
        Gives the code that came of it.
        """
        address = to.replacing if isinstance(to, Conversation) else f"sip:{to}@{self._line.domain}"
        code = await self.transfer(address)
        if code < 300:
            await self._until(lambda: (self.transferred or 0) >= 200, within, "the end of the transfer")
            code = self.transferred or code
        if code < 300:
            await self.hang_up()
        return code

    @property
    def replacing(self) -> str:
        """The address by which another call can be transferred into this one's place (RFC 3891).

        Raises:
            Gone: there is no call.
        """
        if self._dialog is None:
            raise Gone("there is no call to take the place of")
        tags = (sip.parameter(end, "tag") for end in (self._dialog.remote, self._dialog.local))
        names = "to-tag", "from-tag"
        quoted = "".join(f"%3B{name}%3D{tag}" for name, tag in zip(names, tags, strict=True))
        return f"{self._dialog.target}?Replaces={self.call_id}{quoted}"

    async def close(self) -> None:
        """Forget the call without a word to the other side, as when the network is gone."""
        self._end("us")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def serve(self, request: Request, source: Place) -> None:
        """A request of the other side in this call."""
        if request.method == "BYE":
            self._say(request, 200, source)
            self._end("them", at=request.came)
        elif request.method in {"INVITE", "UPDATE"}:
            self._renegotiate(request, source)
        elif request.method in {"INFO", "NOTIFY", "OPTIONS"}:
            self._note_transfer(request)
            self._say(request, 200, source)
        elif request.method != "ACK":
            self._say(request, 405, source, ALLOW)

    @abstractmethod
    async def _withdraw(self) -> None:
        """End a call that is not answered yet."""

    def _note_transfer(self, request: Request) -> None:
        """A NOTIFY about a transfer has the first line of a response as its body (RFC 3515, section 2.4.5)."""
        words = request.body.split(b" ", 2)
        if request.method == "NOTIFY" and words[0] == b"SIP/2.0":
            self.transferred = int(words[1])

    def _renegotiate(self, request: Request, source: Place) -> None:
        """Answer a re-INVITE or an UPDATE: hold, a new address, or a session timer (RFC 4028)."""
        if self._dialog is None or self._ours is None:
            self._say(request, 481, source)
            return
        self._dialog.move(request)
        if not request.body:  # an offer is asked for, or none is needed
            body = sdp.write(self._ours, self._version) if request.method == "INVITE" else b""
            self._say(request, 200, source, self._line.contact, *([SDP] if body else []), body=body)
            return
        try:
            answer = self._agree(request.body)
        except Unsuitable:
            self._say(request, 488, source)
            return
        self._say(request, 200, source, self._line.contact, SDP, body=answer)

    def _agree(self, offer: bytes) -> bytes:
        """Take an offer; our answer to it."""
        theirs = sdp.read(offer)
        codecs = self._ours.codecs if self._ours else sdp.OFFER
        ours = sdp.agree(theirs, self._line.wire.place[0], self._audio.port, codecs)
        self._version += 1
        self._start(ours, theirs)
        return sdp.write(ours, self._version)

    def _connected(self, at: float | None = None) -> None:
        self.state, self.was_answered, self.answered_at = State.ANSWERED, True, at or self._now()

    def _start(self, ours: Media, theirs: Media) -> None:
        self._ours = ours
        self._audio.talk(ours, theirs)

    def _say(self, request: Request, code: int, to: Place, *extra: tuple[str, str], body: bytes = b"") -> None:
        tag = sip.parameter(self._dialog.local, "tag") if self._dialog else ""
        self._line.wire.respond(request, sip.answer(request, code, tag=tag, extra=extra, body=body), to)

    def _end(
        self, by: Literal["us", "them"], code: int | None = None, reason: str = "", at: float | None = None
    ) -> None:
        if self.state is not State.ENDED:
            self.ended_at = at or self._now()
            self.ended_by, self.code, self.reason = by, code, reason
            self.state = State.ENDED
            self._audio.close()

    async def _reached(self, state: State, within: float, what: str) -> None:
        order = list(State)
        await self._until(lambda: order.index(self.state) >= order.index(state), within, what)
        if self.state is State.ENDED and self.code:
            raise Refused(self.code, self.reason)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
