"""The shapes of what is asked with, ids, times, how much of a list; and of what is told of a row."""

import base64
import binascii
import datetime as dt
from typing import Annotated, Any, TypeVar

import msgspec

from web.problems import not_there

Place = TypeVar("Place")

# No control characters, which PostgreSQL (NUL) and terminals take ill. `(?!\n)`, since Python's `$` lets one more pass.
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x20\x7f]+$(?!\n)")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Number = Annotated[str, msgspec.Meta(pattern=r"^\+?[0-9]{1,20}$(?!\n)", description="E.164, with or without its +")]
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True, description="RFC 3339, with a time zone")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
After = Annotated[str, msgspec.Meta(max_length=512, pattern=r"^[A-Za-z0-9_-]+$(?!\n)", description="an earlier `next`")]
Shown = TypeVar("Shown", bound=msgspec.Struct)


class OfOne(msgspec.Struct, frozen=True, kw_only=True):
    """Which one is meant."""

    id: Id


def shown(kind: type[Shown], row: object, **more: Any) -> Shown:
    """What may be known of a row: those of its fields that ``kind`` has, and ``more``."""
    fields = {name: getattr(row, name) for name in kind.__struct_fields__ if name not in more}
    return kind(**fields, **more)


def e164(number: str) -> str:
    """With its plus sign, which an address behind a question mark easily loses: there it means a space."""
    return number if number.startswith("+") else f"+{number}"


def page_end(*last: object) -> str:
    """Where a page ended, as a word that means nothing to whoever sends it back."""
    return base64.urlsafe_b64encode(msgspec.json.encode(last)).decode().rstrip("=")


def page_begin(after: str, kind: type[Place]) -> Place:
    """What `page_end` was given. Raises `Problem` 404."""
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)), type=kind)
    except (binascii.Error, msgspec.DecodeError, UnicodeDecodeError):
        raise not_there("such page: send the `next` of the page before, as it was") from None
