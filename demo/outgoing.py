"""A call that we place."""

from dataclasses import replace

from demo import dialog, sdp, sip
from demo.audio import Audio
from demo.conversation import SDP, Conversation
from demo.line import ALLOW, Line
from demo.sdp import Media, Unsuitable
from demo.sip import Fields, Headers, Request, Response
from demo.talk import State


class Outgoing(Conversation):
    """A call from its INVITE on."""

    def __init__(self, line: Line, audio: Audio, invite: Request, offer: Media) -> None:
        super().__init__(line, audio, invite.headers.get("Call-ID"), line.server)
        self._offer = offer
        self._invite = line.wire.stamped(invite)
        self._provisional = False
        self._leaving = False
        self._spawn(self._place(invite))

    async def _place(self, invite: Request) -> None:
        async for sent, response in self._line.exchange(invite, self._peer):
            self._invite = sent
            if not response.is_final:
                self._progress(response)
            elif response.code < 300:
                self._accepted(response)
            else:
                self._end("us" if self._leaving else "them", response.code, response.reason)

    def _progress(self, response: Response) -> None:
        if not self._provisional and self._leaving:
            self._cancel()
        self._provisional = True
        if response.code > 100:
            self.state = State.RINGING if response.code == 180 else State.EARLY
        if response.body:
            self._hear(response.body)

    def _accepted(self, response: Response) -> None:
        self._dialog = dialog.opened(self._invite, response)
        ack = self._line.wire.stamped(self._dialog.request("ACK", sequence=self._invite.sequence))
        self._line.wire.send_ack(response, ack, self._peer)
        if not self._hear(response.body) or self._leaving:
            self._spawn(self._goodbye(self._dialog))
        else:
            self._connected(response.came)

    def _hear(self, answer: bytes) -> bool:
        """Start the audio as the other side answered our offer; whether that can be done."""
        try:
            theirs = sdp.read(answer)
        except Unsuitable:
            return self._audio.is_talking  # it was agreed before, in a 183
        ours = replace(self._offer, codecs=theirs.codecs[:1])
        self._start(ours, theirs)
        return True

    async def _goodbye(self, dialog: dialog.Dialog) -> None:
        """End a call that was answered while we were leaving, or in a coding that we do not speak."""
        self._end("us")
        await self._line.ask(dialog.request("BYE"), self._peer)

    async def _withdraw(self) -> None:
        self._leaving = True
        if self._provisional:
            self._cancel()
        await self.ended()

    def _cancel(self) -> None:
        """Take the INVITE back; only once there was a provisional answer (RFC 3261, section 9.1)."""
        kept = [
            (name, value)
            for name in ("Via", "Route", "From", "To", "Call-ID", "Max-Forwards")
            for value in self._invite.headers.all(name)
        ]
        headers = Headers(tuple(kept)).plus(("CSeq", f"{self._invite.sequence} CANCEL"))
        self._spawn(self._send_cancel(Request("CANCEL", self._invite.uri, headers)))

    async def _send_cancel(self, cancel: Request) -> None:
        async for _ in self._line.wire.ask(cancel, self._peer):
            pass


def invite(line: Line, number: str, offer: Media, *, sender: str, extra: Fields = ()) -> Request:
    """The INVITE to a number. ``sender`` is the whole From value without tag, sent as it is."""
    to = f"sip:{number}@{line.domain}"
    headers = Headers(
        (
            ("From", f"{sender};tag={sip.new_tag()}"),
            ("To", f"<{to}>"),
            ("Call-ID", sip.new_tag()),
            ("CSeq", "1 INVITE"),
            ("Max-Forwards", "70"),
            line.contact,
            ALLOW,
            SDP,
        )
    )
    return Request("INVITE", to, headers.plus(*extra), sdp.write(offer))
