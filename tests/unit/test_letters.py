"""What departments are told: enough to find call and customer again, and no more (D26); signed, and tried for days."""

import base64
import datetime as dt
import json
from typing import Any

import msgspec
import pytest

from ari_app.outbox.contents import as_json, as_mail
from ari_app.outbox.retrying import PAUSES, pause
from ari_app.outbox.webhook import headers
from db.outbox import Letter
from db.records import RemarkRow
from premises.wall_clock import WallClock
from tests.integration import rows
from tests.integration.rows import after

REMARK = RemarkRow(
    id="remark-1",
    call="1.1",
    by="anna",
    at=after(100),
    reason="wish",
    department="wholesale",
    text="Хочет доставку по субботам",
    tell=("wholesale",),
)
LETTER = Letter(id="letter_1", department="wholesale", attempts=0, remark=REMARK, call=rows.call("1.1"))

CLOCK = WallClock("Europe/Moscow")


def told(letter: Letter) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(as_json(letter))["data"]
    return data


@pytest.mark.parametrize(
    ("customer", "number", "expected"),
    [
        pytest.param("c1", "+74951234567", ("c1", None), id="a customer by its id alone"),
        pytest.param(None, "+74951234567", (None, "+74951234567"), id="a stranger by its number"),
        pytest.param(None, None, (None, None), id="who withheld its number"),
    ],
)
def test_the_caller_is_told_as_far_as_is_needed(
    customer: str | None, number: str | None, expected: tuple[str | None, str | None]
) -> None:
    call = rows.call("1.1", customer=customer, number=number, name="Иван", facts=b'{"debt": 1}')
    letter = msgspec.structs.replace(LETTER, call=call)
    assert (told(letter)["customer"], told(letter)["number"]) == expected
    everything = as_json(letter).decode() + as_mail(letter, "a@b.c", "d@e.f", CLOCK).get_content()
    assert "Иван" not in everything
    assert "debt" not in everything
    assert (number in everything) == (expected[1] is not None) if number else True


def test_a_letter_goes_without_a_call_that_the_register_does_not_have_yet() -> None:
    letter = msgspec.structs.replace(LETTER, call=None)
    assert (told(letter)["call"], told(letter)["arrived"]) == ("1.1", None)
    assert "call      1.1\n" in as_mail(letter, "a@b.c", "d@e.f", CLOCK).get_content().replace("\r", "")


def test_a_mail_is_the_same_each_time_and_says_nothing_in_its_header() -> None:
    mail = as_mail(LETTER, "switchboard@example.com", "orders@example.com", CLOCK)
    assert mail["Message-ID"] == "<letter_1@example.com>"
    assert mail["Subject"] == "wish: call 1.1"
    assert "Хочет доставку по субботам" in mail.get_content()
    assert "noted     2026-11-24 12:01 by anna" in mail.get_content()
    assert mail.as_bytes() == as_mail(LETTER, "switchboard@example.com", "orders@example.com", CLOCK).as_bytes()
    assert mail.as_bytes().isascii()


@pytest.mark.parametrize("field", ["reason", "call"])
def test_no_word_of_a_remark_becomes_a_header(field: str) -> None:
    forged = msgspec.structs.replace(REMARK, **{field: "x\r\nBcc: everybody@example.com"})
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        as_mail(msgspec.structs.replace(LETTER, remark=forged), "a@b.c", "d@e.f", CLOCK)


def test_a_webhook_is_signed_as_others_check_it() -> None:
    """The example that the libraries of Standard Webhooks test themselves by."""
    key, at = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), dt.datetime.fromtimestamp(1614265330.9, dt.UTC)
    sent = headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', at)
    assert sent["webhook-timestamp"] == "1614265330"
    assert sent["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_it_is_tried_ten_times_in_three_days_and_then_given_up() -> None:
    waits = [pause(failed) for failed in range(1, len(PAUSES) + 2)]
    assert waits[-1] is None
    known = [wait for wait in waits if wait is not None]
    assert len(known) == 9
    assert all(least <= wait <= least * 1.1 for wait, least in zip(known, PAUSES, strict=True))
    assert 3 <= sum(PAUSES) / 86400 < 4
