"""The engine's own little HTTP server, on loopback: is it alive, is it ready, what has it counted, who can be rung."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from dialplan.plan import LOOPBACK


class Insight(msgspec.Struct, frozen=True, kw_only=True):
    """What the server tells, asked anew for each request."""

    troubles: Callable[[], list[str]]
    """Why no calls can be taken; empty: ready."""
    alarms: Callable[[], list[str]]
    """What is wrong while calls are taken: what is not being recorded."""
    metrics: Callable[[], bytes]
    people: Callable[[], dict[str, str | None]]
    """Everybody, and why they cannot be rung (`routing.outcomes.Absence`); None: free."""


@asynccontextmanager
async def serve_api(insight: Insight, first_port: int) -> AsyncIterator[dict[str, str]]:
    """Serve until the block ends, at the first free port from this one on; gives each page's address."""

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_: web.Request) -> web.Response:
        troubles = insight.troubles()
        told = {"ready": not troubles, "troubles": troubles, "alarms": insight.alarms()}
        return web.json_response(told, status=503 if troubles else 200)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=insight.metrics(), content_type="text/plain", charset="utf-8")

    async def people(_: web.Request) -> web.Response:
        return web.json_response(insight.people())

    pages = {"health": health, "ready": ready, "metrics": metrics, "people": people}
    app = web.Application()
    app.add_routes([web.get(f"/{name}", page) for name, page in pages.items()])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        port = await _listen(runner, first_port)
        yield {name: f"http://{LOOPBACK}:{port}/{name}" for name in pages}
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, first_port: int) -> int:
    for port in range(first_port, first_port + 100):
        try:
            await web.TCPSite(runner, LOOPBACK, port).start()
        except OSError:
            continue
        return port
    raise OSError(f"no free port from {first_port} on")
