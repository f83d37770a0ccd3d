"""The WebSocket: picows's callbacks, turned into whole messages and signs of life."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from picows import WSFrame, WSListener, WSMsgType, WSTransport

if TYPE_CHECKING:
    from picows.picows import WSCloseHandshake


class Wire(WSListener):
    """What picows calls. It hands on and never waits."""

    def __init__(
        self, *, message: Callable[[bytes], None], sign_of_life: Callable[[], None], ended: Callable[[str], None]
    ) -> None:
        self._message = message
        self._sign_of_life = sign_of_life
        self._ended = ended
        self._pieces: list[bytes] = []

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take one frame."""
        kind = frame.msg_type
        if kind == WSMsgType.TEXT and frame.fin:
            self._message(frame.get_payload_as_bytes())
        elif kind in (WSMsgType.TEXT, WSMsgType.CONTINUATION):
            self._piece(frame)
        elif kind == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        else:
            self._sign_of_life()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The connection is gone; the reason is what the other side said, if it said something."""
        # picows' stubs do not say that there is no handshake if the connection just broke.
        handshake: WSCloseHandshake | None = transport.close_handshake
        said = handshake.recv if handshake is not None else None
        self._ended(f"Asterisk closed it: {said.code} {said.reason}".strip() if said else "the connection ended")

    def _piece(self, frame: WSFrame) -> None:
        # Asterisk sends every message in one frame; a proxy in between may not (RFC 6455 5.4).
        self._pieces.append(frame.get_payload_as_bytes())
        if frame.fin:
            whole = b"".join(self._pieces)
            self._pieces.clear()
            self._message(whole)
