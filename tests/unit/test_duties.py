"""What people say about being at work, kept where every process sees it (T3)."""

import datetime as dt
from pathlib import Path

import pytest

from db.records import Row
from premises.duties import Duties
from routing.presence import Duty

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
LUNCH, BACK = Duty("away", "lunch", NOON), Duty("in", None, NOON + dt.timedelta(hours=1))


@pytest.fixture
def rows() -> list[Row]:
    return []


@pytest.fixture
def duties(tmp_path: Path, rows: list[Row]) -> Duties:
    return Duties(tmp_path / "duties", rows.append)


def test_who_never_said_anything_is_at_work(duties: Duties) -> None:
    assert duties.of("anna") == Duty()
    assert duties.news() == {}


def test_what_was_said_is_news_once(duties: Duties) -> None:
    duties.say("anna", LUNCH)
    assert duties.news() == {"anna": LUNCH}
    assert duties.news() == {}
    duties.say("anna", BACK)
    assert duties.news() == {"anna": BACK}


def test_a_saying_that_comes_late_changes_nothing(duties: Duties) -> None:
    duties.say("anna", BACK)
    duties.say("anna", LUNCH)
    assert duties.of("anna") == BACK


def test_without_a_disk_the_database_is_told_all_the_same(tmp_path: Path, rows: list[Row]) -> None:
    (tmp_path / "duties").write_text("in the way")
    duties = Duties(tmp_path / "duties", rows.append)
    duties.say("anna", LUNCH)
    assert len(rows) == 1
    assert duties.news() == {}
    assert duties.of("anna") == Duty()


def test_a_file_that_cannot_be_read_keeps_nobody_from_being_rung(tmp_path: Path, duties: Duties) -> None:
    duties.say("anna", LUNCH)
    (tmp_path / "duties" / "anna").write_text("?")
    assert duties.of("anna") == Duty()
