"""The operations as an ASGI application: who asks is let in, what was sent is read, the answer is written."""

import http
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import (
    calls,
    customers,
    dialling,
    duty,
    handing,
    live,
    people,
    pins,
    queues,
    remarks,
    reports,
    rules,
    seats,
    signing,
    sounds,
    tasks,
)
from web.asking import taken
from web.entrance import Entrance, refuse_other_sites
from web.feed import Happening
from web.office import Office
from web.openapi import described
from web.operations import Answered, Operation
from web.permissions import Asker
from web.problems import Problem, answer
from web.stream import Stream

VERSION = "1.0"
"""Of the API, not of the program."""
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer: nothing of it is kept, guessed at or shown within another page."""


def operations(entrance: Entrance) -> tuple[Operation, ...]:
    """All that the API can be asked, in the order in which paths are looked through."""
    return (
        *signing.OPERATIONS,
        *signing.operations(entrance),
        *people.OPERATIONS,
        *queues.OPERATIONS,
        *duty.OPERATIONS,
        *seats.OPERATIONS,
        *pins.OPERATIONS,
        *calls.OPERATIONS,
        *dialling.OPERATIONS,
        *remarks.OPERATIONS,
        *live.OPERATIONS,
        *handing.OPERATIONS,
        *sounds.OPERATIONS,
        *tasks.OPERATIONS,
        *customers.OPERATIONS,
        *reports.OPERATIONS,
        *rules.OPERATIONS,
    )


def application(office: Office) -> ASGIApp:
    """The API of one installation."""
    entrance = Entrance(office)
    all_of_it = operations(entrance)
    description = described(all_of_it, VERSION, also=(Happening,))

    async def openapi(_: Request) -> Response:
        return Response(description, media_type="application/json")

    routes = [_route(path, office, entrance, all_of_it) for path in dict.fromkeys(one.path for one in all_of_it)]
    handlers: dict[Any, Callable[[Request, Any], Awaitable[Response]]] = {
        Problem: _tell_problem,
        HTTPException: _tell_http,
        Exception: _tell_fault,
    }
    fixed = [Route("/openapi.json", openapi), WebSocketRoute("/events", Stream(office, entrance).tell)]
    return _with_headers(Starlette(routes=[*fixed, *routes], exception_handlers=handlers))


def _route(path: str, office: Office, entrance: Entrance, all_of_it: Sequence[Operation]) -> Route:
    """All methods of one path, so that another method is told which there are (RFC 9110, 15.5.6)."""
    known: dict[str, Operation] = {one.method: one for one in all_of_it if one.path == path}

    async def endpoint(request: Request) -> Response:
        operation = known["GET" if request.method == "HEAD" else request.method]
        return await _answered(operation, office, entrance, request)

    return Route(path, endpoint, methods=list(known))


async def _answered(operation: Operation, office: Office, entrance: Entrance, request: Request) -> Response:
    refuse_other_sites(request, request.method)
    given: dict[str, Any] = {"office": office, "request": request}
    if operation.is_open:
        entrance.count(request)
    else:
        given["asker"] = await entrance.let_in(request)
        _refuse_without_right(operation, given["asker"])
    given |= await taken(operation, request)
    result = await operation.do(**{name: given[name] for name in operation.wants})
    return _response(operation, result)


def _refuse_without_right(operation: Operation, asker: Asker) -> None:
    if operation.right is not None and not asker.may(operation.right):
        role = asker.account.role
        why = f"this needs the right {operation.right.value!r}, which an account of the role {role!r} has not"
        raise Problem(http.HTTPStatus.FORBIDDEN, why)


def _response(operation: Operation, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    value, headers = (result.value, dict(result.headers)) if isinstance(result, Answered) else (result, {})
    content = b"" if value is None else msgspec.json.encode(value)
    media = None if value is None else operation.media
    return Response(content, status_code=operation.status, headers=headers, media_type=media)


async def _tell_problem(_: Request, problem: Problem) -> Response:
    return answer(problem)


async def _tell_http(request: Request, error: HTTPException) -> Response:
    """What Starlette itself finds: an unknown path, or a method that the path has not."""
    status = http.HTTPStatus(error.status_code)
    methods = (error.headers or {}).get("Allow")
    told = {
        http.HTTPStatus.NOT_FOUND: f"there is nothing at {request.url.path}: /openapi.json says what there is",
        http.HTTPStatus.METHOD_NOT_ALLOWED: f"{request.method} is none of this path's methods, which are {methods}",
    }
    return answer(Problem(status, told.get(status, error.detail), headers=error.headers))


async def _tell_fault(_: Request, __: Exception) -> Response:
    """A fault of ours; the server writes it to the log."""
    detail = "a fault of the switchboard's own; its log has more (log/web.log in the data folder)"
    return answer(Problem(http.HTTPStatus.INTERNAL_SERVER_ERROR, detail))


def _with_headers(app: ASGIApp) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped
