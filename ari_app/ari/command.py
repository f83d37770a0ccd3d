"""A command to Asterisk as a value, and what makes it one frame."""

import re
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from ari_app.ari.reply import Reply

T = TypeVar("T")

_ID = re.compile(r"[0-9A-Za-z._-]{1,120}")
LONGEST_FRAME = 65_000
"""Bytes: Asterisk 22 closes the WebSocket (1009) on a message above 64 KB."""

Parameters = dict[str, Any]


class Command(msgspec.Struct, Generic[T], frozen=True):
    """One ARI operation. ``answer`` is the type of what comes back; None: only that it was done.

    Parameters travel in the JSON body, never in the query: there a comma separates list items, and 4 KB are the limit.
    Asterisk 22.10 reads them there for every operation, DELETE and GET too (measured).
    """

    method: str
    uri: str
    parameters: Parameters
    answer: type[T] | None

    @property
    def name(self) -> str:
        """For logs and errors; without the parameters, which may be private."""
        return f"{self.method} {self.uri}"

    def body(self) -> bytes:
        """The JSON of the parameters."""
        return msgspec.json.encode(self.parameters)


class _Request(msgspec.Struct, frozen=True, tag="RESTRequest", tag_field="type", omit_defaults=True):
    request_id: str
    method: str
    uri: str
    message_body: str = ""
    content_type: str = ""


_encode = msgspec.json.Encoder().encode


def frame(request_id: str, command: Command[Any]) -> bytes:
    """What is sent over the WebSocket. ValueError for more than Asterisk accepts."""
    body = command.body().decode() if command.parameters else ""
    request = _Request(request_id, command.method, command.uri, body, "application/json" if body else "")
    encoded = _encode(request)
    if len(encoded) > LONGEST_FRAME:
        raise ValueError(f"{command.name}: {len(encoded)} bytes are more than Asterisk accepts in one message")
    return encoded


def given(**parameters: object) -> Parameters:
    """The parameters that are not None."""
    return {name: value for name, value in parameters.items() if value is not None}


def ident(text: str) -> str:
    """An id that is safe in a path. ValueError for anything but 1 to 120 letters, digits, ``.``, ``_`` and ``-``.

    Asterisk cuts nothing and decodes no %2F: ``a/../b`` would be another operation. Its own ids (UNIQUEID) pass.
    """
    if not _ID.fullmatch(text):
        raise ValueError(f"not an id: {text!r}")
    return text


class Lanes(Protocol):
    """The two ways to Asterisk; a `Link` is one."""

    def fast(self, command: Command[T]) -> Reply[T]:
        """Send it over the WebSocket now, behind those sent before.

        Only what Asterisk does without waiting and answers in short: it puts a message on its thread's stack, and ends
        by a segmentation fault beyond 496 KB, as of 700 channels (22.10.1).
        """

    def slow(self, command: Command[T]) -> Reply[T]:
        """Send it over HTTP, beside all others and in no order with them: for what may wait for a playback's end, and
        for lists, which may be of any length.
        """
