"""What customers ask for is counted per day and department (T5), by the company's clock."""

import csv
import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ari_app.cli import main
from db.database import Database
from db.questions import questions
from db.tasks import TaskList
from premises.clock import now
from premises.installation import Installation
from routing.facts import Facts
from routing.trail import encode_facts
from tests.integration import rows
from tests.integration.test_outbox import put, remark

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def counted(database: Database, last: str, days: int, zone: ZoneInfo) -> list[tuple[str, str | None, str, int]]:
    found = questions(database, dt.date.fromisoformat(last), days, zone)
    return [(str(one.day), one.department, one.reason, one.calls) for one in found]


def test_calls_are_counted_by_day_department_and_reason(database: Database) -> None:
    put(
        database,
        remark("a", reason="price", at=at("2026-11-24T09:00Z")),
        remark("b", reason="price", at=at("2026-11-24T09:01Z"), by="boris"),  # of the same call
        remark("c", reason="price", at=at("2026-11-24T10:00Z"), call="1.2"),
        remark("d", reason="wish", at=at("2026-11-24T10:00Z"), call="1.2"),
        remark("e", reason="wish", at=at("2026-11-24T10:00Z"), call="1.3", department=None),
        remark("f", reason=None, at=at("2026-11-24T10:00Z"), call="1.4", text="only words"),
        remark("g", reason="price", at=at("2026-11-24T20:59:59Z"), call="1.5"),
        remark("h", reason="price", at=at("2026-11-24T21:00Z"), call="1.6"),  # midnight in Moscow
    )
    assert counted(database, "2026-11-25", 2, MOSCOW) == [
        ("2026-11-25", "wholesale", "price", 1),
        ("2026-11-24", "wholesale", "price", 3),
        ("2026-11-24", None, "wish", 1),
        ("2026-11-24", "wholesale", "wish", 1),
    ]
    assert counted(database, "2026-11-25", 1, MOSCOW) == [("2026-11-25", "wholesale", "price", 1)]


@pytest.mark.parametrize(
    ("moment", "days"),
    [("2026-10-25T22:59:59Z", [1, 0]), ("2026-10-25T23:00Z", [0, 1]), ("2026-10-24T22:00Z", [1, 0])],
)
def test_a_day_with_25_hours_is_one_day(database: Database, moment: str, days: list[int]) -> None:
    put(database, remark("price", at=at(moment)))
    found = [len(counted(database, day, 1, BERLIN)) for day in ("2026-10-25", "2026-10-26")]
    assert found == days


@pytest.fixture
def installation(
    database: Database, migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    monkeypatch.setenv("SWITCHBOARD_DATABASE", migrated_url)
    return Installation(tmp_path / "data")


def test_what_is_noted_at_the_command_line_is_counted_and_told(
    database: Database, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    put(database, rows.call("1.1", trail=b"", facts=b""))
    data = ["--data", str(installation.folder)]
    note = ["call", *data, "1.1", "--reason", "wish", "--note", "by  Saturdays\nonly"]
    assert main(note) == main(note) == 0
    told = capsys.readouterr().out
    assert told.count("wish: by Saturdays only, told to any") == 2, "the same remark again is the same remark"
    assert main(["questions", *data, "--csv"]) == 0
    (header, *counts) = csv.reader(capsys.readouterr().out.splitlines())
    assert header == ["day", "department", "reason", "calls"]
    today = str(now().astimezone(MOSCOW).date())
    assert counts == [[today, "", "wish", "1"]]
    assert main(["questions", *data, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reason"] == "wish"
    assert main(["questions", *data]) == 0
    assert "wish" in capsys.readouterr().out


def test_whom_it_concerns_is_told_by_the_rules_of_the_call(
    database: Database, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = (Path(__file__).parents[2] / "routing_rules.yaml").read_bytes()
    installation.prepare()
    (installation.rules / "0123456789ab.yaml").write_bytes(rules)
    facts = encode_facts(Facts(call="1.1", at=now(), dialled="+74950000002"))  # the line of complaints to retail
    put(database, rows.call("1.1", trail=b"", facts=facts))
    assert main(["call", "--data", str(installation.folder), "1.1", "--reason", "complaint"]) == 0
    assert "complaint, told to retail" in capsys.readouterr().out
    (task,) = [one.task for one in TaskList(database).open()]
    assert (task.kind, task.about, task.owner) == ("remark", "complaint", "head of retail"), "no manager is known"
    put(database, rows.call("1.2", trail=b""))  # its facts are none
    assert main(["call", "--data", str(installation.folder), "1.2", "--reason", "complaint"]) == 0
    assert "complaint, told to any" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("call", "reason", "told"),
    [
        ("1.1", "whish", "the rules have no reason 'whish'; there are: order, price"),
        ("1.9", "wish", "the register has no call 1.9"),
        ("1.2", "wish", "the customer of call 1.2 was erased"),
    ],
)
def test_what_cannot_be_noted_is_refused(
    database: Database,
    installation: Installation,
    capsys: pytest.CaptureFixture[str],
    call: str,
    reason: str,
    told: str,
) -> None:
    put(database, rows.call("1.1"), rows.call("1.2", erased=now()))
    assert main(["call", "--data", str(installation.folder), call, "--reason", reason]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("days", ["0", "x", "-1", "99999"])
def test_a_number_of_days_that_is_none_is_refused(installation: Installation, days: str) -> None:
    with pytest.raises(SystemExit):
        main(["questions", "--data", str(installation.folder), "--days", days])
