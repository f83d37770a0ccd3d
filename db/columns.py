"""Column types that mean the same on SQLite and on PostgreSQL."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Dialect, Numeric, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

_FIRST, _LAST = dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)


class Moment(TypeDecorator[dt.datetime]):
    """An aware time. SQLite has none: it keeps the UTC time as text, which sorts as it should.

    A time of the calendar's first or last day that has no place in it as UTC stands for its beginning or end: nothing
    is kept so, but whoever asks for calls ``since`` then means all, or none.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """UTC; a time without a zone is refused, because nobody could tell what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a time zone: {value}")
        utc = _in_utc(value)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Aware and in UTC, whatever zone the connection has."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _in_utc(value: dt.datetime) -> dt.datetime:
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:
        return _FIRST if value.year == dt.MINYEAR else _LAST


class Money(TypeDecorator[Decimal]):
    """An exact amount. SQLite would keep it as a float, so it is text there."""

    impl = Numeric(18, 4)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite."""
        return dialect.type_descriptor(String(24) if dialect.name == "sqlite" else Numeric(18, 4))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """As the column keeps it."""
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Exact, and without zeros behind the point that nobody wrote."""
        if value is None:
            return None
        amount = Decimal(value)
        return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()


class Words(TypeDecorator[tuple[str, ...]]):
    """A few words in their order, as a JSON list: for what is only ever read together with its row."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """JSON."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        """An empty tuple where there is nothing."""
        return tuple(json.loads(value)) if value else ()
