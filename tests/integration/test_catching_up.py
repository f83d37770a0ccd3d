"""An engine comes: calls that ended while none was there get their rows from Asterisk's list."""

import datetime as dt
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ari_app.witness.auditing import folder_of
from ari_app.witness.catching_up import catch_up
from db.database import Database, connect, file_url
from db.records import CallRow
from db.register import Register
from db.stories import Stories
from premises.installation import Installation

CAME = time.time() - 3600


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    one = Installation(tmp_path)
    folder_of(one).mkdir(parents=True)
    record = {"dstchannel": "", "dcontext": "switchboard", "start": CAME, "answer": CAME + 1, "end": CAME + 9}
    lines = [json.dumps(record | {"uniqueid": call}) for call in ("1.1", "1.2", "1.3")]
    (folder_of(one) / "calls.json").write_text("\n".join(lines) + "\n")
    return one


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Database]:
    """A database of its own: the comparison is for all of its calls."""
    database = connect(file_url(tmp_path / "register.sqlite"))
    yield database
    database.close()


def row(call: str, **known: object) -> CallRow:
    came = dt.datetime.fromtimestamp(CAME, dt.UTC)
    return CallRow(id=call, arrived=came, number="+79161234567", name="A", dialled="1", **known)  # type: ignore[arg-type]


async def test_missing_rows_are_written_open_ones_closed_and_those_of_calls_that_go_on_left_alone(
    installation: Installation, opened: Database
) -> None:
    ended = dt.datetime.fromtimestamp(CAME + 9, dt.UTC)
    whole = row("1.2", answered=dt.datetime.fromtimestamp(CAME + 1, dt.UTC), ended=ended, end="talk")
    register = Register(opened)
    register.put(whole, row("1.3"), row("1.4"))
    await catch_up(installation, Stories(opened), register, settled=0.0)
    register.close()
    found = {one.id: one for one in Stories(opened).calls()}
    assert {call: (one.end, one.number) for call, one in found.items()} == {
        "1.1": ("goodbye", None),
        "1.2": ("talk", "+79161234567"),
        "1.3": ("caller left", "+79161234567"),
        "1.4": (None, "+79161234567"),
    }
    assert found["1.1"].ended == found["1.3"].ended == ended


async def test_a_list_that_cannot_be_read_ends_nothing(installation: Installation, opened: Database) -> None:
    register = Register(opened)
    (folder_of(installation) / "calls.json").unlink()
    (folder_of(installation) / "calls.json").mkdir()  # it cannot be read
    await catch_up(installation, Stories(opened), register, settled=0.0)
    assert register.close() == ()
    assert Stories(opened).calls() == ()
