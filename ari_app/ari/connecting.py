"""Getting and keeping a link: ``async for link in links(...)``.

Two applications share the socket. The first one, ``app``, has the calls. The second, ``watch-APP``, is subscribed to
telephones and lets only EndpointStateChange through; it exists only if ``watch`` names something. With one application
for both, every event about a channel of a watched telephone came twice (Asterisk 22.10.1), and events about channels
that are none of ours came as well. Its name starts differently, so that a StasisBroadcast to ``^sb-`` passes it over.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import structlog
from picows import WSError
from picows.common import WSInvalidStatusError

from ari_app.ari.address import Address
from ari_app.ari.command import ident
from ari_app.ari.errors import AriError, CommandFailed, Fenced, Refused
from ari_app.ari.events import CALL_EVENTS, EndpointStateChange, Event
from ari_app.ari.link import Link
from ari_app.ari.timings import USUAL, Timings

log = structlog.get_logger()


async def links(
    address: Address,
    app: str,
    *,
    events: Sequence[type[Event]] = CALL_EVENTS,
    watch: Sequence[str] = (),
    timings: Timings = USUAL,
) -> AsyncIterator[Link]:
    """One link after the other, each as soon as it can be had; the loop's body keeps it until `Link.ended`.

    ``app`` is this process's own name. ``events`` are the kinds that are wanted, ``watch`` the sources of telephones'
    states (``endpoint:PJSIP``). The filter and the subscriptions are in force when the link is given out, and events
    that came meanwhile are kept for `Link.deliver`. After a loss it waits, ever longer, until Asterisk is there again.

    Ends with `Refused` if trying on makes no sense, and with `Fenced` if the last link was taken over: the process must
    then end, since another one acts for it. To leave the loop early, wrap it in `contextlib.aclosing`.
    """
    while True:
        link = await _reached(address, app, events, watch, timings)
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
    """One link, for one attempt; the same as `links` otherwise. `Refused`, another `AriError`, or OSError."""
    try:
        link = await _linked(address, app, events, watch, timings)
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
    match error, _status(error):
        case Refused(), _:
            return error
        case _, 401:
            return Refused("Asterisk does not know this user or secret (ari.conf, and the account we were given)")
        case _, 403:
            return Refused("Asterisk does not let this user command (ari.conf: read_only = no)")
        case _, 404 if seconds >= timings.starting:
            return Refused(
                "a web server, but no ARI (is res_ari loaded? ari.conf: enabled = yes; http.conf: no prefix)"
            )
        case _:
            return None


def _status(error: Exception) -> int | None:
    if isinstance(error, WSInvalidStatusError) and error.response is not None:
        return int(error.response.status)
    return error.status if isinstance(error, CommandFailed) else None


async def _reached(
    address: Address, app: str, events: Sequence[type[Event]], watch: Sequence[str], timings: Timings
) -> Link:
    clock = asyncio.get_running_loop().time
    began = clock()
    for pause in backoff(timings):
        try:
            return await _linked(address, app, events, watch, timings)
        except (AriError, WSError, OSError) as error:
            final = verdict(error, clock() - began, timings)
            if final:
                raise final from error
            log.warning("Asterisk not reached", address=repr(address), why=str(error) or repr(error), again_in=pause)
        await asyncio.sleep(pause)
    raise AssertionError("backoff never ends")


async def _linked(
    address: Address, app: str, events: Sequence[type[Event]], watch: Sequence[str], timings: Timings
) -> Link:
    watching = f"watch-{app}"
    apps = (ident(app), watching) if watch else (ident(app),)
    link = Link(address, apps, timings)
    try:
        await link.open(address.socket(*apps), address.authorization)
        await link.applications.allow(app, events)
        if watch:
            await link.applications.allow(watching, [EndpointStateChange])
        for source in watch:
            await link.applications.subscribe(watching, source)
    except BaseException:
        await link.close()
        raise
    log.info("linked to Asterisk", address=repr(address), app=app)
    return link
