"""The API's own description, OpenAPI 3.1, made from the operations and their types. Pure."""

import http
import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from web.operations import Operation
from web.problems import MEDIA_TYPE, ProblemDetails

_SCHEMAS = "#/components/schemas/"
_ABOUT = """People at work, calls, recordings, customers and rules of one installation of Switchboard.

Sign in with `POST /session` (a browser: the session is a cookie that no script can read) or `POST /tokens` (a program:
send the token as `Authorization: Bearer …`). Nothing secret is ever a part of an address. What somebody may see depends
on the role; what is not for somebody to see is answered like what is not there. Times are UTC, lengths are seconds.
What goes wrong is told as problem details (RFC 9457), whose `detail` says what to do.

`GET /events` is a WebSocket that tells each change of calls, people, tasks and queues as a `Happening`; with `?since=`
and the last `sequence` that was taken in it goes on where it was, so nothing is missed (410: that is too long ago). All
queues are told as they are to whoever connects or comes back."""


def described(operations: Sequence[Operation], version: str, also: Sequence[type[msgspec.Struct]] = ()) -> bytes:
    """The document as JSON. ``also``: types that no operation gives, such as what is told over a WebSocket."""
    kinds = {kind for operation in operations for kind in operation.takes.values()}
    kinds |= {operation.gives for operation in operations if operation.gives is not None}
    ordered = [ProblemDetails, *also, *sorted(kinds, key=str)]
    schemas, components = msgspec.json.schema_components(ordered, ref_template=_SCHEMAS + "{name}")
    schema_of = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        told = _operation(operation, schema_of, components)
        paths.setdefault(operation.path, {})[operation.method.lower()] = told
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Switchboard", "version": version, "description": _ABOUT, "license": {"name": "MIT"}},
            "servers": [{"url": "/"}],
            "paths": paths,
            "components": {
                "schemas": components,
                "responses": {str(status): _problem(status) for one in operations for status in _problems(one)},
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer"},
                    "session": {
                        "type": "apiKey",
                        "in": "cookie",
                        "name": "session-PORT",
                        "description": "Set by `POST /session`; with TLS `__Host-session-PORT`.",
                    },
                },
            },
        }
    )


def _operation(operation: Operation, schema_of: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    summary, _, description = (inspect.getdoc(operation.do) or "").partition("\n")
    told: dict[str, Any] = {"operationId": operation.name, "summary": summary.strip().rstrip(".")}
    if description.strip():
        told["description"] = description.strip()
    told["security"] = [] if operation.is_open else [{"token": []}, {"session": []}]
    takes = operation.takes
    parameters = [
        parameter
        for where in ("path", "query")
        if where in takes
        for parameter in _parameters(where, components[takes[where].__name__])
    ]
    if parameters:
        told["parameters"] = parameters
    if body := takes.get("body"):
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema_of[body]}}}
    told["responses"] = dict(_responses(operation, schema_of))
    return told


def _parameters(where: str, struct: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, schema in struct["properties"].items():
        required = where == "path" or name in struct.get("required", ())
        told = {key: value for key, value in schema.items() if key != "description"}
        parameter = {"name": name, "in": where, "required": required, "schema": told}
        yield parameter | ({"description": schema["description"]} if "description" in schema else {})


def _responses(operation: Operation, schema_of: dict[Any, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    good: dict[str, Any] = {"description": http.HTTPStatus(operation.status).phrase}
    if operation.status != http.HTTPStatus.NO_CONTENT:
        binary = operation.gives is None
        good["content"] = {operation.media: {} if binary else {"schema": schema_of[operation.gives]}}
    yield str(operation.status), good
    for status in _problems(operation):
        yield str(status), {"$ref": f"#/components/responses/{status}"}


def _problem(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": _SCHEMAS + ProblemDetails.__name__}}}
    return {"description": http.HTTPStatus(status).phrase, "content": content}


def _problems(operation: Operation) -> list[int]:
    return sorted({*operation.problems, *_usual(operation)})


def _usual(operation: Operation) -> Iterator[int]:
    """What can go wrong by what an operation takes."""
    yield from (429, 503)
    if operation.takes:
        yield 400
    if not operation.is_open:
        yield 401
    if operation.right is not None:
        yield 403
    if "path" in operation.takes:
        yield 404
    if "body" in operation.takes:
        yield from (403, 413, 415)
