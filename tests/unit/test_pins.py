"""PINs, and those who guess them."""

import datetime as dt
import json
from pathlib import Path

import pytest

from premises import passwords
from premises.pins import MOST_WRONG, SHUT_OUT, PinPad, Wrong, wrong_with

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PIN = "4711"


@pytest.fixture(scope="module")
def kept() -> str:
    return passwords.kept(PIN)


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("4711", None),
        ("471147114711", None),
        ("471", "4 to 12 digits"),
        ("4711471147114", "4 to 12 digits"),
        ("47a1", "4 to 12 digits"),
        ("\u0664\u0667\u0661\u0661", "4 to 12 digits"),
        ("7777", "the first PIN that anybody tries"),
        ("1234", "the first PIN that anybody tries"),
        ("9876", "the first PIN that anybody tries"),
    ],
)
def test_what_is_a_pin(pin: str, why: str | None) -> None:
    told = wrong_with(pin)
    assert told is None if why is None else why in (told or "")


@pytest.mark.parametrize(
    ("wrong", "later", "shut_out", "next_time"),
    [
        (Wrong(MOST_WRONG - 1, NOON), dt.timedelta(0), False, MOST_WRONG),
        (Wrong(MOST_WRONG, NOON), dt.timedelta(0), True, MOST_WRONG + 1),
        (Wrong(MOST_WRONG, NOON), SHUT_OUT - dt.timedelta(seconds=1), True, MOST_WRONG + 1),
        (Wrong(MOST_WRONG, NOON), SHUT_OUT, False, 1),
    ],
)
def test_how_long_nobody_is_listened_to(wrong: Wrong, later: dt.timedelta, shut_out: bool, next_time: int) -> None:
    assert wrong.shuts_out(NOON + later) is shut_out
    assert wrong.once_more(NOON + later).times == next_time


def test_too_many_wrong_ones_shut_out_the_person_at_every_telephone(tmp_path: Path, kept: str) -> None:
    for number in range(MOST_WRONG):
        assert not PinPad(tmp_path / "wrong").opens(f"desk-{number}", "anna", kept, "4712")
    assert not PinPad(tmp_path / "wrong").opens("desk-9", "anna", kept, PIN)
    assert PinPad(tmp_path / "wrong").opens("desk-9", "boris", kept, PIN)


def test_too_many_wrong_ones_shut_out_the_telephone_whoever_is_meant(tmp_path: Path, kept: str) -> None:
    pad = PinPad(tmp_path / "wrong")
    for _ in range(MOST_WRONG):
        assert not pad.opens("desk-1", None, None, PIN)
    assert not pad.opens("desk-1", "anna", kept, PIN)
    assert pad.opens("desk-2", "anna", kept, PIN)


def test_the_right_one_begins_the_person_s_count_anew(tmp_path: Path, kept: str) -> None:
    pad = PinPad(tmp_path / "wrong")
    for number in range(MOST_WRONG - 1):
        assert not pad.opens(f"desk-{number}", "anna", kept, "4712")
    assert pad.opens("desk-9", "anna", kept, PIN)
    assert not pad.opens("desk-9", "anna", kept, "4712")
    assert pad.opens("desk-8", "anna", kept, PIN)


def test_nothing_that_was_keyed_in_is_on_the_disk(
    tmp_path: Path, kept: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong"
    PinPad(file).opens("desk-1", "anna", kept, "4712")
    assert set(json.loads(file.read_text())) == {"at desk-1", "of anna"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert "4712" not in capsys.readouterr().out
