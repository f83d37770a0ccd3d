"""A fault of the engine's own in the middle of a call: the caller is not dropped for it (T4)."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from structlog.testing import capture_logs

from ari_app.ari import connect
from ari_app.calls.call import Call
from ari_app.calls.inbox import CallerLeft, LetGo, TakenAway
from ari_app.calls.script import serve
from db.records import CallRow, Row
from premises.clock import now
from tests.unit.ari_peer import QUICK, peer
from tests.unit.rulebooks import facts, sample
from tests.until import until

if TYPE_CHECKING:
    from ari_app.calls.exchange import Exchange

CALL = "1.1"


class House:
    """An engine whose voice has a fault, and what becomes of its one call."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.let_go: list[LetGo] = []
        self.ended: list[CallRow] = []
        self.leaves: Call | None = None
        exchange = SimpleNamespace(
            voice=self,
            register=SimpleNamespace(put=self.rows.append),
            call_let_go=lambda _, reason: self.let_go.append(reason),
            call_ended=self.ended.append,
        )
        self.exchange = cast("Exchange", exchange)

    async def media(self, _: object) -> list[str]:
        if self.leaves:
            self.leaves.inbox.end(CallerLeft())
        raise LookupError("nobody thought of that")


def call(link: Any, house: House) -> Call:
    row = CallRow(id=CALL, arrived=now(), number=None, name=None, dialled="+74950000001")
    return Call(link, house.exchange, row)


async def test_the_stand_in_goes_on_with_the_caller_and_closes_the_row() -> None:
    house = House()
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link:
        with capture_logs() as logs:
            await serve(call(link, house), sample(), facts())
        await until(lambda: f"channels/{CALL}/continue" in [one["uri"] for one in asterisk.requests])
        asked = {one["uri"]: one for one in asterisk.requests}
        assert '"context":"switchboard","extension":"stand-in"' in asked[f"channels/{CALL}/continue"]["message_body"]
        assert f"channels/{CALL}" not in asked, "hung up"
    assert "the call failed" in [one["event"] for one in logs]
    assert [type(reason) for reason in house.let_go] == [TakenAway]
    assert [row for row in house.rows if isinstance(row, CallRow) and row.ended] == []


async def test_of_a_caller_who_has_left_meanwhile_the_row_is_closed() -> None:
    house = House()
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link:
        house.leaves = one = call(link, house)
        await serve(one, sample(), facts())
    assert (house.let_go, [row.end for row in house.ended]) == ([], ["failed"])
