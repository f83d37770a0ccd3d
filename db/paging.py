"""Rows in the order of a time, a page at a time: where the time is the same, in the order of their keys."""

import datetime as dt
from typing import Any

from sqlalchemy import Column, Select, literal, tuple_

Place = tuple[dt.datetime, str]
"""Where a page ended: its last row's time and key."""


def newest(query: Select[Any], time: Column[dt.datetime], key: Column[str], behind: Place | None = None) -> Select[Any]:
    """The newest first; those behind the end of an earlier page, if there was one."""
    if behind is not None:
        query = query.where(tuple_(time, key) < _literally(behind, time, key))
    return query.order_by(time.desc(), key.desc())


def oldest(query: Select[Any], time: Column[dt.datetime], key: Column[str], behind: Place | None = None) -> Select[Any]:
    """The oldest first, likewise."""
    if behind is not None:
        query = query.where(tuple_(time, key) > _literally(behind, time, key))
    return query.order_by(time, key)


def _literally(place: Place, time: Column[dt.datetime], key: Column[str]) -> Any:
    return tuple_(literal(place[0], time.type), literal(place[1], key.type))
