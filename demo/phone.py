"""A telephone: an account, a socket, and the calls on it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from demo import outgoing, sdp, sip
from demo.arrival import Place
from demo.audio import Audio
from demo.errors import NotInTime, Refused
from demo.incoming import Incoming
from demo.line import ALLOW, Line, registration
from demo.outgoing import Outgoing
from demo.sdp import Media
from demo.sip import Fields, Request
from demo.transactions import RFC_3261, Timers
from demo.wire import Wire

if TYPE_CHECKING:
    from demo.conversation import Conversation

EXPIRES = 300
"""Seconds for which a phone registers; it does so again after half of them."""
AGAIN = 5.0
"""Seconds after which it tries again when that failed."""
LEAVING = 2.0
"""Seconds for the goodbyes of a phone that is being closed."""


class Phone:
    """A SIP phone on loopback, over UDP; used with ``async with``.

    With a secret it is somebody's phone and can register; without one it plays the outside world on a trunk, and
    ``user`` is the caller's number. ``audio`` makes each call's ears and mouth, at this address.
    """

    def __init__(
        self,
        user: str,
        secret: str | None = None,
        *,
        server: Place,
        at: Place = ("127.0.0.1", 0),
        name: str = "",
        codecs: tuple[str, ...] = sdp.OFFER,
        timers: Timers = RFC_3261,
        audio: Callable[[str], Audio] = Audio,
    ) -> None:
        self.user = user
        self.calls: list[Conversation] = []
        """Every call of this phone, the newest last."""
        self._secret, self._server, self._at, self._timers = secret, server, at, timers
        self._name, self._codecs, self._audio = name, codecs, audio
        self._came: asyncio.Queue[Incoming] = asyncio.Queue()
        self._registering: asyncio.Task[None] | None = None
        self._registration = sip.new_tag()
        self._sequence = 0

    async def __aenter__(self) -> Self:
        wire = Wire(self._at, self._serve, self._timers)
        self._line = Line(wire, self._server, self.user, self._secret)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up what is left, leave the register, close everything."""
        try:
            async with asyncio.timeout(LEAVING):
                await asyncio.gather(*(call.hang_up() for call in self.calls), return_exceptions=True)
                await self.unregister()
        except TimeoutError:  # the server is gone already
            pass
        finally:
            await self.vanish()

    @property
    def place(self) -> Place:
        """Where this phone listens."""
        return self._line.wire.place

    @property
    def is_open(self) -> bool:
        """Whether it can be used: it was neither closed, nor has it vanished."""
        return self._line.wire.is_open

    @property
    def is_registered(self) -> bool:
        """Whether it is reachable by its name."""
        return self._registering is not None

    async def register(self) -> None:
        """Register, and stay registered until `unregister` or the end.

        Raises:
            Refused: wrong secret, unknown user, or nobody answered (408).
        """
        await self._register(EXPIRES)
        if self._registering is None:
            self._registering = asyncio.create_task(self._stay_registered())

    async def unregister(self) -> None:
        """Be reachable no more."""
        if self._registering:
            self._registering.cancel()
            self._registering = None
            with suppress(Refused):
                await self._register(0)

    async def vanish(self) -> None:
        """Go without a word, as when the cable is pulled: the server still believes that it can be reached."""
        if self._registering:
            self._registering.cancel()
            self._registering = None
        await asyncio.gather(*(call.close() for call in self.calls))
        self._line.wire.close()

    async def dial(self, number: str, *, sender: str | None = None, extra: Fields = ()) -> Outgoing:
        """Place a call; the INVITE is on its way when this returns.

        ``sender`` replaces the whole From value (without tag) and is sent as it is, and so is ``number``: a test may
        call with anything. Bytes that are no UTF-8 stand in them as surrogates (``os.fsdecode``).
        """
        audio = self._audio(self.place[0])
        offer = Media(self.place[0], audio.port, self._codecs)
        own = f'"{self._name}" <sip:{self.user}@{self._line.domain}>'
        request = outgoing.invite(self._line, number, offer, sender=own if sender is None else sender, extra=extra)
        call = Outgoing(self._line, audio, request, offer)
        self.calls.append(call)
        return call

    async def incoming(self, within: float = 30.0) -> Incoming:
        """The next call that comes in.

        Raises:
            NotInTime: none came.
        """
        try:
            async with asyncio.timeout(within):
                return await self._came.get()
        except TimeoutError:
            raise NotInTime(f"no call came to {self.user} within {within:g} s") from None

    async def _register(self, seconds: int) -> None:
        self._sequence += 2  # a challenge is answered with the number between
        response = await self._line.ask(
            registration(self._line, self._registration, self._sequence, seconds), self._server
        )
        if response.code >= 300:
            raise Refused(response.code, response.reason)

    async def _stay_registered(self) -> None:
        pause = EXPIRES / 2
        while True:
            await asyncio.sleep(pause)
            try:
                await self._register(EXPIRES)
                pause = EXPIRES / 2
            except Refused:  # the server restarts, perhaps
                pause = AGAIN

    def _serve(self, request: Request, source: Place) -> None:
        call = next((call for call in self.calls if call.call_id == request.headers.get("Call-ID")), None)
        if isinstance(call, Incoming) and request.method == "CANCEL":
            call.cancel(request, source)
        elif call:
            call.serve(request, source)
        elif request.method == "INVITE":
            call = Incoming(self._line, self._audio(self.place[0]), request, source)
            self.calls.append(call)
            self._came.put_nowait(call)
        elif request.method != "ACK":
            code = {"OPTIONS": 200, "NOTIFY": 200, "BYE": 481, "CANCEL": 481}.get(request.method, 405)
            response = sip.answer(request, code, tag=sip.new_tag(), extra=(ALLOW,))
            self._line.wire.respond(request, response, source)
