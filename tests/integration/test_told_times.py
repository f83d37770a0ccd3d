"""Every time that a command tells people is the company's, wherever the machine is; programs are told the offset."""

import datetime as dt
import ipaddress
import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from ari_app.bans.ban_list import BanList
from ari_app.cli import main
from db.database import connect
from db.records import ActRow, RemarkRow
from db.register import Register
from premises.access import Access
from premises.installation import Installation
from premises.wall_clock import WallClock, wall_clock
from tests.company import settle
from tests.integration import rows

MORNING = dt.datetime(2026, 11, 24, 22, 30, tzinfo=dt.UTC)
"""Half past one on the 25th in Moscow, where the sample company is."""
THERE = "2026-11-25 01:30"
CLOCK = WallClock("Europe/Moscow")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = settle(tmp_path_factory.mktemp("var"))
    with closing(connect(installation.settings.database or "")) as database, closing(Register(database)) as register:
        register.put(
            rows.call("1.1", arrived=MORNING, ended=MORNING, trail=b"", facts=b""),
            rows.leg("l", rang=MORNING),
            rows.recording("1.1", started=MORNING),
            rows.message("m", left=MORNING),
            rows.task("m", since=MORNING),
            rows.presence("anna", state="away", since=MORNING),
            rows.duty("anna", since=MORNING),
            ActRow(id="a", call="1.1", by="sveta", person="anna", what="listen", began=MORNING, ended=MORNING),
            RemarkRow(id="r", call="1.1", by="anna", at=MORNING, reason="wish", department=None, text=None, tell=()),
        )
    read = Access(at=MORNING, who="root", what="recording exported", of="1.1", to=None)
    installation.access_log.write_bytes(msgspec.json.encode(read) + b"\n")
    BanList(installation.bans).add(ipaddress.ip_address("192.0.2.1"), MORNING.timestamp(), 1e9, 10)
    return installation


@pytest.fixture(params=["UTC", "Pacific/Auckland", "America/New_York"], autouse=True)
def _machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's own time zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param("calls", f"{THERE}:00", id="calls"),
        pytest.param("call 1.1", f"{THERE}:00  ", id="a call"),
        pytest.param("call 1.1", "01:30:00 sveta listened to anna", id="who listened to it"),
        pytest.param("call 1.1", "noted by anna at 01:30:00", id="what was noted of it"),
        pytest.param("recordings", f"{THERE}:00", id="recordings"),
        pytest.param("recordings messages", f"{THERE}:00", id="messages"),
        pytest.param("recordings access", f"{THERE}:00", id="who heard them"),
        pytest.param("tasks", THERE, id="tasks"),
        pytest.param("people anna", f"lunch since {THERE}", id="who is away"),
        pytest.param("people anna --why", "state: away since 25.11. 01:30:00", id="since when"),
        pytest.param("people anna --why", "said: away (lunch) since 25.11. 01:30:00", id="what was said"),
        pytest.param("people anna --why", "25.11. 01:30:00  1.1", id="the last offers"),
        pytest.param("bans", f"{THERE}:00", id="who is shut out"),
        pytest.param("audit --since 2026-11-24T00:00+00:00", "since 2026-11-24 03:00:00", id="audit"),
        pytest.param("audit --since 2026-11-24", "since 2026-11-24 00:00:00", id="audit since a day of the company's"),
        pytest.param("audit --since 2026-11-24", f"it ended at {THERE}:00+03:00", id="what the audit finds"),
        pytest.param("report day --date 2026-11-25 --calls calls", f"{THERE}:00", id="the calls of a report"),
    ],
)
def test_a_time_is_told_by_the_companys_clocks(
    installation: Installation, capsys: pytest.CaptureFixture[str], words: str, told: str
) -> None:
    command, *more = words.split()
    main([command, "--data", str(installation.folder), *more])
    assert told in capsys.readouterr().out


@pytest.mark.parametrize("words", ["calls --json", "call 1.1 --json"])
def test_programs_are_told_the_offset(
    installation: Installation, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    command, *more = words.split()
    assert main([command, "--data", str(installation.folder), *more]) == 0
    assert dt.datetime.fromisoformat(json.loads(capsys.readouterr().out)["arrived"]) == MORNING


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (CLOCK.day(MORNING), "2026-11-25"),
        (CLOCK.minute(MORNING), THERE),
        (CLOCK.second(MORNING), f"{THERE}:00"),
        (CLOCK.exactly(MORNING), f"{THERE}:00+03:00"),
        (CLOCK.of_a_day(MORNING), "01:30:00"),
        (CLOCK.this_year(MORNING), "25.11. 01:30:00"),
        (WallClock().exactly(MORNING), "2026-11-24 22:30:00+00:00"),
        (WallClock("America/New_York").exactly(MORNING.replace(month=7)), "2026-07-24 18:30:00-04:00"),
    ],
)
def test_one_clock_tells_them_all(told: str, expected: str) -> None:
    assert told == expected


def test_without_any_rules_times_are_told_in_utc(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("company: [")
    (tmp_path / "settings.yaml").write_text(f"rules: {tmp_path}/rules.yaml")
    assert wall_clock(Installation(tmp_path)) == WallClock("UTC")
