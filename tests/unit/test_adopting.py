"""What an engine that is gone has left, where Asterisk keeps for it also what others have taken over since (T4)."""

import re
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import unquote

import pytest

from ari_app.adoption.adopting import Adoption, Left
from ari_app.ari import Link, connect
from ari_app.ari.events import Channel
from ari_app.engine import Engine
from tests.unit.ari_peer import QUICK, Peer, peer
from tests.unit.test_census import listing

DEAD = "sb-dead"
CALL, LEG = "1.1", "leg-1.1-1"
BACK, BACK_LEG = "back-1-1.1", "leg-back-1-1.1-1"


def adoption(link: Link) -> Adoption:
    engine = Engine(cast("Any", SimpleNamespace(guests={})), cast("Any", None), lambda _: None)
    return Adoption(engine, link, cast("Any", None), cast("Any", None))


def has(asterisk: Peer, *channels: str, held: tuple[str, ...]) -> None:
    """Let Asterisk have these channels, and count some of them as the dead engine's."""
    asterisk.lists["channels"] = listing(
        [{"id": one, "state": "Up", "dialplan": {"exten": "call"}} for one in channels]
    )
    asterisk.lists["bridges"] = listing([{"id": f"b-{CALL}", "channels": list(channels)}])
    asterisk.lists[f"applications/{DEAD}"] = listing({"name": DEAD, "channel_ids": list(held)})


@pytest.mark.parametrize(
    ("there", "held", "left"),
    [
        pytest.param((CALL, LEG), (CALL, LEG), [(True, LEG)], id="a talk"),
        pytest.param((CALL, LEG), (LEG,), [], id="a telephone whose caller another engine has taken over"),
        pytest.param((CALL, LEG), (CALL,), [(True, LEG)], id="a caller, who alone was moved to it before it died"),
        pytest.param((LEG,), (LEG,), [(False, None)], id="a telephone whose caller has gone"),
        pytest.param((CALL, LEG), (), [], id="nothing any more"),
    ],
)
async def test_what_is_left(there: tuple[str, ...], held: tuple[str, ...], left: list[tuple[bool, str | None]]) -> None:
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link:
        has(asterisk, *there, held=held)
        found = await adoption(link)._left_by(DEAD)
    assert [(bool(one.caller), one.answered and one.answered.id) for one in found] == left


@pytest.mark.parametrize(
    ("call", "leg", "taken"),
    [
        pytest.param(CALL, LEG, [LEG], id="a telephone"),
        pytest.param(BACK, BACK_LEG, [BACK_LEG, BACK], id="a telephone, and the caller who was called back"),
    ],
)
async def test_whom_the_dead_engine_has_rung_is_its_no_more(call: str, leg: str, taken: list[str]) -> None:
    left = Left(call=call, caller=Channel(id=call), legs=(Channel(id=leg, state="Up"),), joined=frozenset({call, leg}))
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link:
        await adoption(link)._unsubscribe(DEAD, left)
        ended = [one for one in asterisk.requests if one["method"] == "DELETE"]
    assert all(DEAD in one["uri"] for one in ended)
    assert [source for one in ended for source in re.findall(r"channel:([a-z0-9.-]+)", unquote(str(one)))] == taken
