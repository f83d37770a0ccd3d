"""How long a caller stays with an engine that gives no sign of life any more (T4)."""

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from ari_app.adoption import lease
from ari_app.ami import AmiRefused
from ari_app.calls.call import LIMIT, Call
from db.records import CallRow
from dialplan.plan import LEASE_SECONDS
from tests.until import until

if TYPE_CHECKING:
    from ari_app.ami import Ami
    from ari_app.ari import Link
    from ari_app.calls.exchange import Exchange

FOR_EVER = "0"


class Limits:
    """What Asterisk is told of the callers' limits."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        assert name == LIMIT
        if channel == "gone":
            raise AmiRefused("No such channel")
        self.told.append((channel, value))

    async def next(self, *, but: str = "") -> str:
        """What is told next of the one caller, should it be something else than this."""
        self.told.clear()
        await until(lambda: self.told and self.told[-1][1] != but)
        return self.told[-1][1]


def call(name: str = "1.1", *, talking: str | None = None) -> Call:
    row = CallRow(id=name, arrived=dt.datetime.now(dt.UTC), number=None, name=None, dialled="1")
    one = Call(cast("Link", None), cast("Exchange", None), row)
    one.state = msgspec.structs.replace(one.state, talking=talking)
    return one


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Limits:
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.005)
    return Limits()


async def test_who_waits_for_an_engine_stays_for_a_time_and_who_talks_for_ever(limits: Limits) -> None:
    one = call()
    renewing = asyncio.create_task(lease.renew(cast("Ami", limits), lambda: (call("gone"), one)))
    assert await limits.next() == str(LEASE_SECONDS)
    one.state = msgspec.structs.replace(one.state, talking="anna")
    assert await limits.next(but=str(LEASE_SECONDS)) == FOR_EVER
    one.is_kept_waiting = True  # while a colleague is asked
    assert await limits.next(but=FOR_EVER) == str(LEASE_SECONDS)
    one.is_kept_waiting = False
    assert await limits.next(but=str(LEASE_SECONDS)) == FOR_EVER
    one.state = msgspec.structs.replace(one.state, talking=None)  # handed over
    assert await limits.next(but=FOR_EVER) == str(LEASE_SECONDS)
    renewing.cancel()
    await asyncio.wait((renewing,))
    assert renewing.cancelled()


async def test_of_who_talks_it_is_told_once(limits: Limits) -> None:
    renewing = asyncio.create_task(lease.renew(cast("Ami", limits), lambda: (call(talking="anna"),)))
    await asyncio.sleep(0.1)
    renewing.cancel()
    assert limits.told == [("1.1", FOR_EVER)]
