"""The connection to Asterisk's manager interface, made again whenever it ends: ``async with Ami(...) as ami``."""

import asyncio
from collections.abc import Iterator
from typing import Self

import structlog

from ari_app.ami import values
from ari_app.ami.address import AmiAddress
from ari_app.ami.errors import AmiError, AmiLost, AmiNotAdmitted
from ari_app.ami.session import Hear, Session, open_session
from ari_app.ami.timings import USUAL, AmiTimings

log = structlog.get_logger()


class Ami:
    """Actions as methods, events to one callback. Used from the event loop's thread only.

    ``hear`` gets each event as it is read; it must not wait. An exception in it is logged and costs that one event.

    Entering waits for the first login, however long Asterisk takes to come; it raises `AmiNotAdmitted` when the user or
    secret is wrong. A connection that ends later is made again by itself; until then actions raise `AmiLost` at once.
    """

    def __init__(self, address: AmiAddress, hear: Hear, timings: AmiTimings = USUAL) -> None:
        self._address = address
        self._hear = hear
        self._timings = timings
        self._session: Session | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._why: AmiError | None = AmiLost("not connected yet")
        self.connections = 0
        """Logins so far; more than one: it was lost and made again."""

    async def __aenter__(self) -> Self:
        self._have(await self._reached(patient=False))
        self._keeping = asyncio.create_task(self._keep(), name="ami")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait((self._keeping,))
        if self._session is not None:
            self._session.end("closed")
        self._session, self._why = None, AmiLost("closed")

    @property
    def lost(self) -> AmiError | None:
        """Why there is no connection at this moment; None: there is one."""
        return self._why

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """Set a variable of a channel, or a function of it (`values.FUNCTIONS`), also while a file is played on it.

        ``channel``: its name or its id. Raises `AmiRefused` ("No such channel": it is gone), `AmiTimedOut`, `AmiLost`;
        ValueError for a value with a line's end in it, or one that Asterisk would cut (`values.header`).
        """
        if not channel:
            raise ValueError("no channel: AMI would set a global variable")
        await self._connected().act("Setvar", {"Channel": channel, "Variable": values.variable(name), "Value": value})

    async def mute_recording(self, channel: str, *, mute: bool) -> None:
        """Have what MixMonitor writes of this channel be silence, in both directions, or not any more.

        The files grow as before, and whoever talks hears no difference (22.10.1). Raises as `set_variable` does; one
        that is muted already may be muted again.
        """
        state = "1" if mute else "0"
        await self._connected().act("MixMonitorMute", {"Channel": channel, "Direction": "both", "State": state})

    def _connected(self) -> Session:
        if self._session is None:
            raise self._why or AmiLost("not connected")
        return self._session

    def _have(self, session: Session) -> None:
        self._session, self._why = session, None
        self.connections += 1

    async def _keep(self) -> None:
        while self._session is not None:
            self._why = await self._session.ended()
            self._session = None
            log.warning("AMI lost", why=str(self._why))
            await asyncio.sleep(self._timings.retry_first)  # a connection that never lasts must not make us spin
            self._have(await self._reached(patient=True))

    async def _reached(self, *, patient: bool) -> Session:
        """A session as soon as it can be had; ``patient``: also with an account that Asterisk does not know yet."""
        for pause in _pauses(self._timings):
            try:
                return await open_session(self._address, self._hear, self._timings)
            except AmiError as error:
                if isinstance(error, AmiNotAdmitted) and not patient:
                    raise
                self._why = error
            log.warning("AMI not reached", why=str(self._why), again_in=pause)
            await asyncio.sleep(pause)
        raise AssertionError("the pauses never end")


def _pauses(timings: AmiTimings) -> Iterator[float]:
    pause = timings.retry_first
    while True:
        yield pause
        pause = min(2 * pause, timings.retry_most)
