"""The waiting line as callers notice it: who is rung for whom, and in which order (D3, D22, T7)."""

from collections.abc import Iterator

import pytest

from demo.scenario import OnThePhone
from demo.scenarios.cast import MAIN, MARKET, OPERATORS, PERSIAN
from premises.installation import Installation
from tests.asterisk.conftest import down, prepare, up
from tests.asterisk.faults.scene import Scene, scene

pytestmark = pytest.mark.timeout(120)

QUEUES = "queues:\n  operators: {next: round_robin}\nlines:\n"
FIRST = "    offer: 4s\n    first: language 6s\n"


@pytest.fixture(scope="module")
def lined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The sample company, with more rules for its line."""
    folder = tmp_path_factory.mktemp("line")
    prepare(folder)
    rules = folder / "routing_rules.yaml"
    text = rules.read_text(encoding="utf-8")
    for old, new in (("lines:\n", QUEUES), ("    offer: 4s\n", FIRST)):
        assert text.count(old) == 1
        text = text.replace(old, new)
    rules.write_text(text, encoding="utf-8")
    process = up(folder)
    yield Installation(folder)
    assert down(process) == 0


async def served_by(one: Scene, caller: str) -> str | None:
    """Call, ask for an operator, and tell who talks with the caller."""
    async with one.calling(caller, MAIN) as call:
        await call.press("1")
        return await call.who(OPERATORS, 30)


async def test_operators_are_rung_one_after_another(lined: Installation) -> None:
    async with scene(lined) as one:
        assert [await served_by(one, MARKET) for _ in range(4)] == ["oleg", "olga", "omid", "oleg"]


async def test_who_speaks_the_callers_language_is_rung_first(lined: Installation) -> None:
    async with scene(lined) as one:
        assert [await served_by(one, PERSIAN) for _ in range(2)] == ["omid", "omid"]


async def test_a_caller_in_whose_language_nobody_is_free_gets_somebody_else_after_a_while(lined: Installation) -> None:
    async with scene(lined, {"omid": OnThePhone()}) as one:
        assert await served_by(one, PERSIAN) in {"oleg", "olga"}
        story = await one.story()
        (leg,) = story.legs
        assert (leg.rang - (story.call.answered or leg.rang)).total_seconds() > 6
