"""``switchboard report`` as a head of department uses it, and the file that is written for each day."""

import csv
import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ari_app.cli import main
from ari_app.reporting import write_due
from db.database import Database, connect
from db.personal import erase
from db.records import Row
from db.register import Register
from premises.figures import Reporting
from premises.installation import Installation
from routing.outcomes import Talked
from routing.steps import Wait
from routing.trail import Entry, Trail, encode
from tests.integration import rows
from tests.integration.rows import after

ZONE = "Europe/Moscow"
DAY = "2026-11-24"
NEXT_NIGHT = dt.datetime(2026, 11, 25, 0, 11, tzinfo=ZoneInfo(ZONE))
LINE = Wait(people=("anna", "oleg"), queue="operators", seconds=600, offer_seconds=15)
PEOPLE = "id,name,role,departments,hours,leave,languages,extension\nanna,Anna,operator,wholesale,,,en,101\n"


def trail(outcome: Talked | None) -> bytes:
    return encode(Trail(rules="0", entries=(Entry(LINE, outcome, 10.0),)))


REGISTER: list[Row] = [
    rows.call("1.1", arrived=after(0), ended=after(130), trail=trail(Talked("anna", "caller"))),
    rows.leg("leg-1.1-1", rang=after(12), answered=after(25), ended=after(130)),
    rows.call("1.2", arrived=after(0), ended=after(75), end="caller left", trail=trail(None)),
    rows.leg("leg-1.2-1", call="1.2", rang=after(60), answered=None, ended=after(75), why="no answer"),
    rows.call("1.90000", end="goodbye", trail=b""),
    rows.attendance("anna", since=after(-1800)),
    rows.attendance("anna", since=after(1800), at_work=False),
]
"""Of two callers at nine (noon in Moscow) one talks with Anna, who is at work for an hour; the third comes next day."""


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    installation = Installation(tmp_path / "data")
    installation.prepare()
    (tmp_path / "people.csv").write_text(PEOPLE)
    assert main(["import", "people", str(tmp_path / "people.csv"), "--data", str(installation.folder)]) == 0
    return installation


@pytest.fixture
def opened(installation: Installation) -> Iterator[Database]:
    database = connect(installation.settings.database or "")
    put(database, *REGISTER)
    yield database
    database.close()


def put(database: Database, *some: Row) -> None:
    register = Register(database)
    register.put(*some)
    assert register.close() == ()


Told = Callable[..., str]


@pytest.fixture
def told(installation: Installation, opened: Database, capsys: pytest.CaptureFixture[str]) -> Told:
    """What the command prints."""

    def tell(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main(["report", *arguments, "--data", str(installation.folder)]) == status
        return "".join(capsys.readouterr())

    return tell


def test_a_day_as_tables(told: Told) -> None:
    lines = [" ".join(line.split()) for line in told("day", "--date", DAY).splitlines()]
    assert lines[0] == "Tuesday, 24 November 2026"
    for line in (
        "calls 2 all that arrived",
        "service level 50 % share answered within 20 s of those for which somebody was to be brought",
        "abandoned 1 the caller hung up while waiting",
        "gave up after 1:05 from wanting somebody to the hang-up, for each that was abandoned",
        "talk 1:45 of all people with callers",
        "12 2 1 50 % 1 0 0 0:15 1:05 1:45 0 7 %",
        "operators 2 1 50 % 1 0 0:15 1:05 1:45",
        "anna Anna 2 1 1 0:15 1:45 1:45 0 1:00:00 4 %",
        "wholesale 2 1 1 50 % 1 0:15 1:45 1:45 0 4 %",
    ):
        assert line in lines, "\n".join(lines)


def test_the_same_as_csv_and_as_json(told: Told) -> None:
    total, *_ = csv.DictReader(told("day", "--date", DAY, "--csv").splitlines())
    assert (total["first"], total["table"], total["row"]) == (DAY, "total", "")
    assert (total["calls"], total["service_level"], total["talk"], total["offers"]) == ("2", "0.5", "105", "")
    report = json.loads(told("day", "--date", DAY, "--json", "--within", "10"))
    assert (report["first"], report["within_seconds"], report["timezone"]) == (DAY, 10, ZONE)
    (queue,) = report["tables"]["queue"]
    assert (queue["row"], queue["service_level"], queue["mean_wait"]) == ("operators", 0, 15)
    (anna,) = report["tables"]["person"]
    assert (anna["at_work"], anna["busy"], anna["occupancy"]) == (3600, 133, pytest.approx(133 / 3600))


@pytest.mark.parametrize(("kind", "calls"), [("week", 3), ("month", 3)])
def test_a_week_and_a_month_have_their_days(told: Told, kind: str, calls: int) -> None:
    report = json.loads(told(kind, "--date", "2026-11-26", "--json"))
    assert report["tables"]["total"][0]["calls"] == calls
    assert [(line["row"], line["calls"]) for line in report["tables"]["day"]] == [(DAY, 2), ("2026-11-25", 1)]
    assert told(kind, "--date", "2026-11-26").count("by day") == 1


@pytest.mark.parametrize(
    ("figure", "calls"),
    [
        ("calls", ["1.1", "1.2"]),
        ("abandoned", ["1.2"]),
        ("service_level", ["1.1", "1.2"]),
        ("open", []),
        ("hour 12 answered", ["1.1"]),
        ("hour 09 answered", []),
        ("queue operators abandoned", ["1.2"]),
        ("person anna missed", ["1.2"]),
        ("person anna busy", ["1.1", "1.2"]),
        ("department wholesale talk", ["1.1"]),
    ],
)
def test_a_figure_opens_its_calls(told: Told, figure: str, calls: list[str]) -> None:
    listed = told("day", "--date", DAY, "--json", "--calls", *figure.split()).splitlines()
    assert [json.loads(line)["id"] for line in listed] == calls
    table = told("day", "--date", DAY, "--calls", *figure.split())
    assert all(f" {call} " in table for call in calls)


def test_the_calls_behind_a_figure_tell_how_long_each_waited_and_who_talked(told: Told) -> None:
    lines = [" ".join(line.split()) for line in told("day", "--date", DAY, "--calls", "wanted").splitlines()]
    assert "1.1 2026-11-24 12:00:00 +74951234567 +74950000001 answered 0:15 1:45 anna" in lines
    assert "1.2 2026-11-24 12:00:00 +74951234567 +74950000001 abandoned 1:05 0:00" in lines
    abandoned = json.loads(told("day", "--date", DAY, "--json", "--calls", "abandoned"))
    assert (abandoned["fate"], abandoned["waited"], abandoned["talked"]) == ("abandoned", 65, 0)


def test_an_erased_customer_s_calls_stay_in_the_figures(told: Told, opened: Database) -> None:
    before = json.loads(told("day", "--date", DAY, "--json"))["tables"]
    assert erase(opened, "c1", NEXT_NIGHT, lambda _sound: None).calls
    after_it = json.loads(told("day", "--date", DAY, "--json"))["tables"]
    for figure in ("calls", "answered", "abandoned", "wanted", "talk", "handling", "busy"):
        assert after_it["total"][0][figure] == before["total"][0][figure]
    assert [line["talk"] for line in after_it["person"]] == [line["talk"] for line in before["person"]]
    assert [(line["row"], line["wanted"]) for line in after_it["queue"]] == [("unknown", 2)]
    assert "erased" in told("day", "--date", DAY, "--calls", "abandoned")


def test_somebody_s_talk_that_began_the_day_before_opens_its_call(told: Told, opened: Database) -> None:
    late = dt.datetime(2026, 11, 24, 23, 59, tzinfo=ZoneInfo(ZONE))
    minute = dt.timedelta(minutes=1)
    put(
        opened,
        rows.call("2.1", arrived=late, ended=late + 3 * minute, trail=b""),
        rows.leg("leg-2.1-1", call="2.1", rang=late, answered=late, ended=late + 3 * minute),
    )
    report = json.loads(told("day", "--date", "2026-11-25", "--json"))
    assert [(line["row"], line["busy"], line["talk"]) for line in report["tables"]["person"]] == [("anna", 120, 0)]
    opens = told("day", "--date", "2026-11-25", "--json", "--calls", "person", "anna", "busy")
    assert json.loads(opens)["id"] == "2.1"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("day", "--calls", "abandonned"), 1, "--calls abandonned: total has no 'abandonned'; it has abandoned,"),
        (("day", "--csv", "--calls", "abandoned"), 1, "--calls goes with --json"),
        (("due",), 1, "no folder for them: name one in settings.yaml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_said(told: Told, arguments: tuple[str, ...], status: int, said: str) -> None:
    assert said in told(*arguments, status=status)


@pytest.mark.parametrize(
    "arguments", [("day", "--date", "24.11.2026"), ("day", "--within", "-1"), ("year",)], ids=" ".join
)
def test_bad_options_are_wrong_usage(told: Told, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        told(*arguments)
    assert ended.value.code == 2


def test_rules_with_a_mistake_are_shown_with_it(told: Told, installation: Installation) -> None:
    (installation.folder / "rules.yaml").write_text("company: 1\n")
    (installation.folder / "settings.yaml").write_text("rules: rules.yaml\n")
    assert "rules.yaml:1:" in told("day", status=1)


# ------------------------------------------------------------------------------------------- the file of each day


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


def write(installation: Installation, database: Database, folder: Path, now: dt.datetime = NEXT_NIGHT) -> list[str]:
    return [file.name for file in write_due(installation, Reporting(database, 20.0), folder, ZONE, now)]


def total_of(file: Path) -> dict[str, str]:
    return next(csv.DictReader(file.read_text().splitlines()))


def test_a_day_s_file_is_written_once_when_the_day_is_over(
    installation: Installation, opened: Database, folder: Path
) -> None:
    assert write(installation, opened, folder) == [f"{DAY}.csv"]
    assert total_of(folder / f"{DAY}.csv")["calls"] == "2"
    (folder / f"{DAY}.csv").unlink()  # somebody has taken it away
    assert write(installation, opened, folder) == []
    assert list(folder.iterdir()) == []
    later = NEXT_NIGHT + dt.timedelta(days=2)
    assert write(installation, opened, folder, later) == ["2026-11-25.csv", "2026-11-26.csv"]


def test_one_that_was_written_and_not_noted_is_not_written_over(
    installation: Installation, opened: Database, folder: Path
) -> None:
    (folder / f"{DAY}.csv").write_text("the first one")
    (folder / f".{DAY}.csv.new").write_text("half of one, left by a crash")
    assert write(installation, opened, folder) == [f"{DAY}.csv"]
    assert (folder / f"{DAY}.csv").read_text() == "the first one"
    assert [file.name for file in folder.iterdir()] == [f"{DAY}.csv"]


def test_the_day_waits_for_its_last_call_but_not_for_one_that_nobody_closes(
    installation: Installation, opened: Database, folder: Path
) -> None:
    arrived = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=30)
    day = arrived.astimezone(ZoneInfo(ZONE)).date()
    night = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0, 11), ZoneInfo(ZONE))
    put(opened, rows.call("5.1", arrived=arrived, ended=None, end=None))
    assert write(installation, opened, folder, night) == []
    assert write(installation, opened, folder, night + dt.timedelta(days=2))[0] == f"{day}.csv"
    total = total_of(folder / f"{day}.csv")
    assert (total["calls"], total["open"]) == ("1", "1")


def test_two_processes_at_once_write_one_file(installation: Installation, opened: Database, folder: Path) -> None:
    written: list[str] = []
    together = threading.Barrier(2)

    def process() -> None:
        together.wait()
        written.extend(write(installation, opened, folder))

    both = [threading.Thread(target=process) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert written == [f"{DAY}.csv"]


def test_a_folder_that_is_not_there_is_told_and_the_day_stays_due(
    installation: Installation, opened: Database, folder: Path, told: Told
) -> None:
    (installation.folder / "settings.yaml").write_text("daily_reports: nowhere\n")
    assert "nowhere is no folder: make it, or change daily_reports in settings.yaml" in told("due", status=1)
    assert len(write(installation, opened, folder, dt.datetime.now(dt.UTC))) == 1


def test_the_command_writes_what_is_due_into_the_folder_of_the_settings(installation: Installation, told: Told) -> None:
    (installation.folder / "settings.yaml").write_text("daily_reports: reports\n")
    (installation.folder / "reports").mkdir()
    said = told("due").split()
    assert [Path(file).name for file in said] == [file.name for file in (installation.folder / "reports").iterdir()]
    assert len(said) == 1
    assert told("due") == ""
