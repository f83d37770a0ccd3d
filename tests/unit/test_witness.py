"""The live alarm: which call is missed, and when nobody must be alarmed yet."""

import asyncio
import json
import time
from collections.abc import Collection
from pathlib import Path

from ari_app.ami import AmiEvent
from ari_app.witness.watching import Pace, Witness

QUICK = Pace(patience=0.05, look=0.01, most=3)
ID = "1795599000.7"


def event(call: str = ID, context: str = "switchboard", name: str = "Cdr") -> AmiEvent:
    return AmiEvent(name, {"UniqueID": call, "DestinationContext": context})


class House:
    """A register and a list of calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registered: set[str] = set()
        self.asked: list[set[str]] = []
        self.broken = self.away = False
        self.missed = 0
        self.witness = Witness(folder, self.known, lambda: self.away, self, QUICK)

    def known(self, calls: Collection[str]) -> set[str]:
        self.asked.append(set(calls))
        if self.broken:
            raise OSError("no database")
        return self.registered & set(calls)

    def call_missing(self) -> None:
        self.missed += 1

    def listed(self, *calls: str) -> None:
        end = time.time()
        record = {"dstchannel": "", "dcontext": "switchboard", "start": end, "answer": end, "end": end}
        (self.folder / "calls.json").write_text(
            "".join(json.dumps(record | {"uniqueid": call}) + "\n" for call in calls)
        )

    async def watch(self, seconds: float = 0.3) -> None:
        task = asyncio.create_task(self.witness.keep())
        await asyncio.sleep(seconds)
        task.cancel()
        await asyncio.wait((task,))


async def test_a_call_that_the_register_lacks_is_missed_once(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.listed(ID, "9.2")
    house.registered = {"9.2"}
    house.witness.hear(event())
    house.witness.hear(event("9.2"))
    await house.watch()
    assert house.missed == 1


async def test_what_is_no_callers_channel_or_only_said_over_ami_raises_no_alarm(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.listed("9.2")
    for hint in (event("leg-9.1-1"), event("9.3", "phones"), event("9.4", name="Hangup"), event("x"), event()):
        house.witness.hear(hint)
    await house.watch()
    assert (house.missed, house.asked) == (0, [{ID}])


async def test_while_the_database_is_away_nobody_is_alarmed_and_afterwards_it_is_asked_again(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.listed(ID)
    house.witness.hear(event())
    house.away = True
    await house.watch()
    assert (house.missed, house.asked) == (0, [])
    house.away, house.broken = False, True
    await house.watch()
    assert house.missed == 0
    assert len(house.asked) > 1
    house.broken = False
    await house.watch()
    assert house.missed == 1


async def test_calls_that_wait_to_be_looked_for_are_bounded(tmp_path: Path) -> None:
    house = House(tmp_path)
    for number in range(9):
        house.witness.hear(event(f"9.{number}"))
    await house.watch()
    assert house.asked == [{"9.6", "9.7", "9.8"}]
