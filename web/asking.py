"""From a request to the values that an operation takes; what does not fit is told with what would."""

import http
import re
from functools import cache
from typing import Any, TypeVar

import msgspec
import msgspec.inspect
from starlette.requests import ClientDisconnect, Request

from web.operations import Operation
from web.problems import Problem

LONGEST_BODY = 1 << 20
"""Bytes: ten times the longest rule file that anybody has."""
_JSON = "application/json"
_NUMBER = re.compile(r"-?[0-9]{1,19}")
Struct = TypeVar("Struct", bound=msgspec.Struct)


async def taken(operation: Operation, request: Request) -> dict[str, msgspec.Struct]:
    """The operation's ``path``, ``query`` and ``body``. Raises `Problem`."""
    kinds: dict[str, Any] = dict(operation.takes)
    values: dict[str, msgspec.Struct] = {}
    if path := kinds.get("path"):
        values["path"] = converted(dict(request.path_params), path, "the address")
    if query := kinds.get("query"):
        values["query"] = converted(_once(request), query, "the parameters")
    elif request.query_params:
        raise Problem(http.HTTPStatus.BAD_REQUEST, "this takes no parameters behind a question mark: leave them out")
    if body := kinds.get("body"):
        values["body"] = await _sent(request, body)
    return values


def _once(request: Request) -> dict[str, str]:
    given = request.query_params.multi_items()
    values = dict(given)
    if len(values) < len(given):
        raise Problem(http.HTTPStatus.BAD_REQUEST, "a parameter is given twice: give each of them once")
    return values


def converted(values: dict[str, str], kind: type[Struct], where: str) -> Struct:
    """Words as a struct, whose fields say what they must be. Raises `Problem` 400."""
    numbers = _numbers(kind)
    typed = {
        name: int(value) if name in numbers and _NUMBER.fullmatch(value) else value for name, value in values.items()
    }
    try:
        return msgspec.convert(typed, kind)
    except msgspec.ValidationError as error:
        raise Problem(http.HTTPStatus.BAD_REQUEST, f"{where}: {error}; /openapi.json says what is taken") from None


@cache
def _numbers(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The fields that are numbers. Of others none is made out of digits: msgspec's lax mode takes 0.5 for a time."""
    fields = msgspec.structs.fields(kind)
    return frozenset(field.name for field in fields if _is_number(msgspec.inspect.type_info(field.type)))


def _is_number(kind: msgspec.inspect.Type) -> bool:
    return any(
        isinstance(one, msgspec.inspect.IntType)
        for one in (kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,))
    )


async def _sent(request: Request, kind: type[Struct]) -> Struct:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != _JSON:  # so that no page of a stranger can send it without asking us first
        raise Problem(http.HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send JSON, with Content-Type: {_JSON}")
    try:
        return msgspec.json.decode(await _body(request), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # the last one: a thousand brackets
        raise Problem(http.HTTPStatus.BAD_REQUEST, f"the body: {error}; /openapi.json says what is taken") from None


async def _body(request: Request) -> bytes:
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > LONGEST_BODY:
                too_long = f"at most {LONGEST_BODY} bytes are read: send less"
                raise Problem(http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_long)
    except ClientDisconnect:
        raise Problem(http.HTTPStatus.BAD_REQUEST, "the connection ended within the body") from None
    return bytes(content)
