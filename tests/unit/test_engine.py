"""What an engine does with a call that goes wrong before its script has begun."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from structlog.testing import capture_logs

from ari_app.ari.events import Channel, StasisStart
from ari_app.calls.reception import Reception
from ari_app.engine import Engine
from db.records import CallRow
from premises.clock import now
from tests.until import until

if TYPE_CHECKING:
    from ari_app.ari import Link


def row(_: Reception, channel: Channel, __: object) -> CallRow:
    return CallRow(id=channel.id, arrived=now(), number=None, name=None, dialled="1")


async def failing(*_: object) -> None:
    raise LookupError("nobody thought of that")


async def test_it_is_told_and_the_next_call_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reception, "row", row)
    monkeypatch.setattr(Reception, "receive", failing)
    engine = Engine(cast("Any", SimpleNamespace(guests={})), cast("Any", None), lambda _: None)
    async with engine.on(cast("Link", None)):
        pass
    with capture_logs() as logs:
        async with engine.on(cast("Link", SimpleNamespace())):
            for name in ("1.1", "1.2"):
                engine.hear(StasisStart(channel=Channel(id=name), args=("call", "1")))
            assert len(engine.calls) == 2
            await until(lambda: not engine.calls)
    assert [(one["call"], one["event"]) for one in logs] == [("1.1", "the call failed"), ("1.2", "the call failed")]
