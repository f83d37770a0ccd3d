"""Getting and keeping a link: ``async for link in links(...)``.

Two applications share the socket. The first one, ``app``, has the calls. The second, ``watch-APP``, is subscribed to
telephones and lets only DeviceStateChanged through; it exists only if ``watch`` names something. With one application
for both, every event about a channel of a watched telephone came twice (Asterisk 22.10.1), and events about channels
that are none of ours came as well. Its name starts differently, so that a StasisBroadcast to ``^sb-`` passes it over.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import msgspec
import structlog
from picows import WSError
from picows.common import WSInvalidStatusError

from ari_app.ari.address import Address
from ari_app.ari.command import ident
from ari_app.ari.errors import AriError, CommandFailed, Fenced, Refused
from ari_app.ari.events import CALL_EVENTS, DeviceStateChanged, Event
from ari_app.ari.link import Link
from ari_app.ari.timings import USUAL, Timings

WATCH = "watch-"
"""What the name of a link's second application begins with."""

log = structlog.get_logger()


class _Wish(msgspec.Struct, frozen=True):
    """What a link is to be."""

    address: Address
    app: str
    events: Sequence[type[Event]]
    watch: Sequence[str]
    timings: Timings


async def links(
    address: Address,
    app: str,
    *,
    events: Sequence[type[Event]] = CALL_EVENTS,
    watch: Sequence[str] = (),
    timings: Timings = USUAL,
) -> AsyncGenerator[Link, None]:
    """One link after the other, each as soon as it can be had; the loop's body keeps it until `Link.ended`.

    ``app`` is this process's own name. ``events`` are the kinds that are wanted, ``watch`` the sources of telephones'
    states (``deviceState:``, all of them). The filter and the subscriptions are in force when the link is given out,
    and events that came meanwhile are kept for `Link.deliver`. After a loss it waits, ever longer, until Asterisk is
    there again.

    Ends with `Refused` if trying on makes no sense, and with `Fenced` if the last link was taken over: the process must
    then end, since another one acts for it. To leave the loop early, wrap it in `contextlib.aclosing`.
    """
    wish = _Wish(address, app, events, watch, timings)
    while True:
        link = await _reached(wish)
        try:
            yield link
        finally:
            await link.close()
        if isinstance(link.lost, Fenced):
            raise link.lost
        await asyncio.sleep(timings.retry_first)  # a link that never lasts must not make us spin


@asynccontextmanager
async def connect(
    address: Address,
    app: str,
    *,
    events: Sequence[type[Event]] = CALL_EVENTS,
    watch: Sequence[str] = (),
    timings: Timings = USUAL,
) -> AsyncIterator[Link]:
    """One link, for one attempt; the same as `links` otherwise. `Refused`, another `AriError`, WSError or OSError."""
    try:
        link = await _linked(_Wish(address, app, events, watch, timings))
    except (AriError, WSError) as error:
        raise verdict(error, timings.starting, timings) or error from error
    try:
        yield link
    finally:
        await link.close()


def backoff(timings: Timings) -> Iterator[float]:
    """The pauses between attempts, in seconds: doubled each time, up to ``retry_most``."""
    pause = timings.retry_first
    while True:
        yield pause
        pause = min(2 * pause, timings.retry_most)


def verdict(error: Exception, seconds: float, timings: Timings) -> Refused | None:
    """Whether a failed attempt to connect is final (then why) or may pass (None). ``seconds``: since the first attempt.

    A 404 is final only once Asterisk must have started: while it does, its HTTP server answers 404 and then 503.
    """
    match _status(error):
        case 401:
            return Refused("Asterisk does not know this user or secret (ari.conf, and the account we were given)")
        case 403:
            return Refused("Asterisk does not let this user command (ari.conf: read_only = no)")
        case 404 if seconds >= timings.starting:
            return Refused(
                "a web server, but no ARI (is res_ari loaded? ari.conf: enabled = yes; http.conf: no prefix)"
            )
        case _:
            return None


def _status(error: Exception) -> int | None:
    if isinstance(error, WSInvalidStatusError) and error.response is not None:
        return int(error.response.status)
    return error.status if isinstance(error, CommandFailed) else None


async def _reached(wish: _Wish) -> Link:
    clock = asyncio.get_running_loop().time
    began = clock()
    pauses = backoff(wish.timings)
    while True:
        try:
            return await _linked(wish)
        except (AriError, WSError, OSError) as error:
            final = verdict(error, clock() - began, wish.timings)
            if final:
                raise final from error
            why = str(error) or repr(error)
        pause = next(pauses)
        log.warning("Asterisk not reached", address=repr(wish.address), why=why, again_in=pause)
        await asyncio.sleep(pause)


async def _linked(wish: _Wish) -> Link:
    app, watching = ident(wish.app), WATCH + wish.app
    # The filter of the socket's first application is the one that answers must pass.
    apps = (app, watching) if wish.watch else (app,)
    link = Link(wish.address, apps, wish.timings)
    try:
        await link.open(wish.address.socket(*apps), wish.address.authorization)
        await link.applications.allow(app, wish.events)
        if wish.watch:
            await link.applications.allow(watching, [DeviceStateChanged])
        for source in wish.watch:
            await link.applications.subscribe(watching, source)
    except BaseException:
        await link.close()
        raise
    log.info("linked to Asterisk", address=repr(wish.address), app=app)
    return link
