"""What lists on the command line are narrowed down by: one meaning of a time, and nobody who is nobody."""

import datetime as dt
from contextlib import closing

import pytest

from ari_app.cli import main
from db.database import connect
from db.register import Register
from premises.installation import Installation
from tests.company import settle
from tests.integration import rows

MORNING = dt.datetime(2026, 11, 24, 6, 30, tzinfo=dt.UTC)
"""Half past nine in Moscow, where the sample company is."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = settle(tmp_path_factory.mktemp("var"))
    with closing(connect(installation.settings.database or "")) as database, closing(Register(database)) as register:
        register.put(rows.call("1.1", arrived=MORNING))
    return installation


def asked(installation: Installation, *words: str) -> int:
    return main([words[0], "--data", str(installation.folder), *words[1:]])


@pytest.mark.parametrize(
    ("since", "listed"),
    [
        ("2026-11-24T09:00", True),
        ("2026-11-24T10:00", False),
        ("2026-11-24T09:00+03:00", True),
        ("2026-11-24T09:00+00:00", False),
        ("2026-11-24", True),
    ],
)
def test_a_time_without_a_zone_is_the_companys(
    installation: Installation, capsys: pytest.CaptureFixture[str], since: str, listed: bool
) -> None:
    assert asked(installation, "calls", "--json", "--since", since, "--until", "2026-11-25") == 0
    assert ("1.1" in capsys.readouterr().out) is listed


def test_a_day_begins_when_the_companys_does(installation: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    at_night = MORNING.replace(hour=21)  # the 25th has begun in Moscow
    with closing(connect(installation.settings.database or "")) as database, closing(Register(database)) as register:
        register.put(rows.call("1.2", arrived=at_night))
    assert asked(installation, "calls", "--json", "--since", "2026-11-25") == 0
    assert "1.2" in capsys.readouterr().out
    assert asked(installation, "report", "day", "--date", "2026-11-25", "--calls", "abandoned", "--json") == 0


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        pytest.param(("calls", "--person", "ana"), 1, "nobody in the directory is called 'ana'", id="person"),
        pytest.param(("calls", "--customer", "c9999"), 1, "nothing is known of a customer c9999", id="customer"),
        pytest.param(("recordings", "--person", "ana"), 1, "nobody in the directory is called 'ana'", id="recordings"),
        pytest.param(("recordings", "--customer", "c9999"), 1, "nothing is known of a customer", id="whose recordings"),
        pytest.param(("calls", "--person", "anna"), 0, "", id="somebody without calls"),
        pytest.param(("calls", "--customer", "c101"), 0, "", id="a customer without calls"),
    ],
)
def test_a_name_that_nobody_has_is_told_from_one_without_calls(
    installation: Installation, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], status: int, said: str
) -> None:
    assert asked(installation, *words) == status
    assert said in capsys.readouterr().err


def test_a_number_that_none_in_the_register_could_be_is_refused(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        asked(installation, "calls", "--number", "89160000101")
    assert "write it as +79160000101" in capsys.readouterr().err
