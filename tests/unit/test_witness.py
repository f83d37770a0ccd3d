"""The live alarm: which call is missed, and when nobody must be alarmed yet."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ari_app.witness import watching
from ari_app.witness.cdr import FILE
from ari_app.witness.watching import Pace, Witness
from tests.until import until

if TYPE_CHECKING:
    from db.records import CallRow

QUICK = Pace(patience=0.05, look=0.01, most=3)
ID = "1795599000.7"


class House:
    """A register and a list of calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registered: set[str] = set()
        self.asked: list[set[str]] = []
        self.broken = self.away = False
        self.missed = self.put_off = 0
        self.rows: list[CallRow] = []
        self.witness = Witness(folder, self.known, self.rows.append, self.delivering, self, QUICK)

    def delivering(self) -> bool:
        self.put_off += self.away
        return self.away

    def known(self, calls: Collection[str]) -> set[str]:
        self.asked.append(set(calls))
        if self.broken:
            raise OSError("no database")
        return self.registered & set(calls)

    def call_missing(self) -> None:
        self.missed += 1

    def listed(
        self, *calls: str, context: str = "switchboard", src: str = "", dst: str = "", lasted: float = 9.0
    ) -> None:
        """Have Asterisk add these to its list, each as a record of its own."""
        end = time.time()
        record = {
            "dstchannel": "",
            "dcontext": context,
            "start": end - lasted,
            "answer": 0.0,
            "end": end,
            "src": src,
            "dst": dst,
        }
        with (self.folder / FILE).open("a") as file:
            file.writelines(json.dumps(record | {"uniqueid": call}) + "\n" for call in calls)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Watch from before the block to its end."""
        task = asyncio.create_task(self.witness.keep())
        await asyncio.sleep(0.1)  # nothing tells that it has begun
        yield
        task.cancel()
        await asyncio.wait((task,))


async def test_a_call_that_the_register_lacks_is_missed_once(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.registered = {"9.2"}
    async with house.watched():
        house.listed(ID, ID, "9.2")
        await until(lambda: house.missed)
        house.listed("9.3")
        await until(lambda: house.missed > 1)
    assert house.asked == [{ID, "9.2"}, {"9.3"}]


async def test_what_is_no_callers_channel_or_was_there_before_raises_no_alarm(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.listed("9.1")
    async with house.watched():
        house.listed("leg-9.1-1", "x")
        house.listed("9.3", context="phones")
        house.listed(ID)
        await until(lambda: house.missed)
    assert (house.missed, house.asked) == (1, [{ID}])


async def test_a_list_that_cannot_be_cut_is_read_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(watching, "rotate", refused)
    house = House(tmp_path)
    async with house.watched():
        house.listed(ID)
        await until(lambda: house.missed)
    assert house.missed == 1


async def test_what_was_added_to_a_list_that_is_set_aside_is_looked_for_as_well(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.listed("9.0")
    async with house.watched():
        house.listed("9.1")
        (tmp_path / FILE).rename(tmp_path / "calls-1.json")
        house.listed("9.2")
        await until(lambda: house.missed == 2)


async def test_while_the_database_is_away_nobody_is_alarmed_and_afterwards_it_is_asked_again(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.away = True
    async with house.watched():
        house.listed(ID)
        await until(lambda: house.put_off > 1)
        assert (house.missed, house.asked) == (0, [])
        house.away, house.broken = False, True
        await until(lambda: len(house.asked) > 1)
        assert house.missed == 0
        house.broken = False
        await until(lambda: house.missed == 1)


@pytest.mark.parametrize(
    ("src", "number"),
    [("+79161234567", "+79161234567"), ("", None), ('"x" <1>\r\n', None)],
    ids=["a number", "withheld", "never filtered"],
)
async def test_a_caller_who_was_refused_is_registered(tmp_path: Path, src: str, number: str | None) -> None:
    house = House(tmp_path)
    async with house.watched():
        house.listed(ID, context="refused", src=src, dst="+74950000001")
        await until(lambda: house.rows)
    (row,) = house.rows
    assert (row.id, row.number, row.dialled, row.end, row.answered) == (ID, number, "+74950000001", "refused", None)
    assert row.ended is not None


async def test_a_caller_who_left_before_any_engine_had_the_call_is_registered(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    async with house.watched():
        house.listed(ID, lasted=0.01)
        await until(lambda: house.rows)
    assert [(row.id, row.end, row.answered) for row in house.rows] == [(ID, "caller left", None)]
    assert house.missed == 0


async def test_calls_that_wait_to_be_looked_for_are_bounded(tmp_path: Path) -> None:
    house = House(tmp_path)
    async with house.watched():
        house.listed(*(f"9.{number}" for number in range(9)))
        await until(lambda: house.missed == 3)
    assert house.asked == [{"9.6", "9.7", "9.8"}]
