"""One connection to AMI, from its login to its end.

Of panoramisk we use what reads and writes the protocol (`AMIProtocol`, `Action`). Its `Manager` stays outside: in 1.4
it sends an action that was lost with its connection again after the next login (a lease would be renewed for a call
that is long over), tries a wrong secret for ever, never looks whether a ping was answered, and its `close` does not
stop a reconnecting that is under way.
"""

import asyncio
from collections.abc import Callable, Mapping

import structlog
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from ari_app.ami import values
from ari_app.ami.address import AmiAddress
from ari_app.ami.errors import AmiError, AmiLost, AmiNotAdmitted, AmiRefused, AmiTimedOut
from ari_app.ami.event import AmiEvent
from ari_app.ami.timings import AmiTimings

LONGEST_MESSAGE = 1 << 20
"""Bytes without an empty line, after which the other side speaks no AMI."""

log = structlog.get_logger()
Hear = Callable[[AmiEvent], None]


async def open_session(address: AmiAddress, hear: Hear, timings: AmiTimings) -> "Session":
    """Connect and log in. Raises `AmiNotAdmitted`, or `AmiLost` if there is no AMI to be had."""
    try:
        async with asyncio.timeout(timings.connect):
            loop = asyncio.get_running_loop()
            _, session = await loop.create_connection(lambda: Session(hear, timings), address.host, address.port)
    except OSError as error:  # a TimeoutError is one
        raise AmiLost(f"{address!r} not reached: {error!r}") from error
    try:
        await session.log_in(address)
    except BaseException:
        session.end("the login failed")
        raise
    return session


class Session(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """Actions and their answers, events to ``hear``, and one end with its reason."""

    def __init__(self, hear: Hear, timings: AmiTimings) -> None:
        self._hear = hear
        self._timings = timings
        self.encoding = "utf-8"
        self._over: asyncio.Future[AmiLost] = asyncio.get_running_loop().create_future()

    async def log_in(self, address: AmiAddress) -> None:
        """The first action."""
        try:
            await self.act("Login", {"Username": address.user, "Secret": address.secret})
        except AmiRefused as refusal:
            raise AmiNotAdmitted(f"{address!r}: {refusal}: not the user or secret of manager.conf") from None
        except AmiTimedOut as error:
            raise AmiLost(f"{address!r} does not answer as AMI does") from error

    async def act(self, name: str, headers: Mapping[str, str]) -> None:
        """Have something done; returns when Asterisk says that it was.

        Raises `AmiRefused`, `AmiTimedOut`, `AmiLost`; ValueError for a value that must not be sent.
        """
        if self._over.done():
            raise self._over.result()
        action = Action({"Action": name} | {key: values.header(key, value) for key, value in headers.items()})
        answer: asyncio.Future[Message] = self.send(action)
        try:
            await asyncio.wait((answer, self._over), timeout=self._timings.reply, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.responses.pop(action.id, None)  # panoramisk keeps what is never answered
        if answer.done():
            return _judge(answer.result())
        if self._over.done():
            raise self._over.result()
        raise AmiTimedOut(f"no answer to {name} in {self._timings.reply:g} s")

    async def ended(self) -> AmiLost:
        """Wait for the end, and see to it that a frozen Asterisk is one; gives the reason."""
        while not self._over.done():
            await asyncio.wait((self._over,), timeout=self._timings.beat)
            try:
                await self.act("Ping", {})
            except AmiError as error:
                self.end(f"a ping failed: {error}")
        return self._over.result()

    def end(self, why: str) -> None:
        """Have no connection from now on: what waits for an answer fails with `AmiLost`."""
        if not self._over.done():
            self._over.set_result(AmiLost(why))
        self.transport.abort()

    # ------------------------------------------------------------------------------------- what the transport calls

    def data_received(self, data: bytes) -> None:
        """Take bytes; an exception in here would end the connection without a reason."""
        super().data_received(data)
        if sum(map(len, self.queue)) > LONGEST_MESSAGE:
            self.end("the other side does not speak AMI")

    def handle_message(self, message: Message) -> None:
        """Bring an answer to its action, an event to who hears them."""
        if message.id in self.responses:
            super().handle_message(message)
        elif "event" in message:
            self._tell(message)

    def connection_lost(self, error: Exception | None) -> None:
        """The transport is closed."""
        self.end(f"the connection ended{f': {error}' if error else ''}")

    def _tell(self, message: Message) -> None:
        headers = dict(message._store.values())
        if list in map(type, headers.values()):
            log.warning("AMI event with a header that came twice: forged, not taken")
            return
        try:
            self._hear(AmiEvent(headers["Event"], {key: value for key, value in headers.items() if key != "content"}))
        except Exception:  # it costs this event and nothing else
            log.exception("AMI event not taken")


def _judge(answer: Message) -> None:
    if answer.response not in ("Success", "Goodbye"):
        raise AmiRefused(answer.message or answer.response)
