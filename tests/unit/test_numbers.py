"""Telephone numbers as trunks, people and attackers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.numbers import e164, line_of, normalise
from db.text import clean


@pytest.mark.parametrize(
    ("sent", "known_as"),
    [
        ("+74951234567", "+74951234567"),
        ("74951234567", "+74951234567"),
        ("84951234567", "+74951234567"),
        ("8 (495) 123-45-67", "+74951234567"),
        ("4951234567", "+74951234567"),
        ("tel:+74951234567;phone-context=x", "+74951234567"),
        ("sip:+74951234567@example.com", "+74951234567"),
        ("+12025550123", "+12025550123"),
        ("982188888888", "+982188888888"),
        ("810 98 21 88888888", "+982188888888"),
        ("+۹۸۲۱۸۸۸۸۸۸۸۸", "+982188888888"),
        ("102", "102"),
        ("*43", "*43"),
        ("+100", "+100"),
        ("+7495123456700000", "+7495123456700000"),
        ("7" * 4096, "7" * 32),
        ("1\x00\n2'; DROP TABLE calls; --3", "12"),
        ("12&34", "1234"),
        ("anonymous", None),
        ("Restricted", None),
        ("\udcff\udcfe", None),
        ("", None),
        (None, None),
    ],
)
def test_a_caller_is_known_by_one_form_of_its_number(sent: str | None, known_as: str | None) -> None:
    assert normalise(sent, "RU") == known_as


@pytest.mark.parametrize(
    ("dialled", "line"),
    [("84950000001", "+74950000001"), ("600", "600"), ("anna", ""), ("@anna", "@anna"), ("@600", "@600")],
)
def test_a_colleague_who_was_dialled_is_told_from_a_line(dialled: str, line: str) -> None:
    assert line_of(dialled, "RU") == line


@given(st.text(alphabet=st.characters(), max_size=100), st.sampled_from(["RU", "IR", "ZZ", ""]))
def test_nothing_that_a_caller_sends_breaks_it_and_the_form_is_final(sent: str, country: str) -> None:
    known_as = normalise(sent, country)
    assert known_as is None or set(known_as) <= set("+0123456789*#")
    assert known_as is None or len(known_as) <= 33


@given(st.from_regex(r"\+?[0-9*#]{1,20}", fullmatch=True))
def test_normalising_again_changes_nothing(sent: str) -> None:
    once = normalise(sent, "RU")
    assert normalise(once, "RU") == once


@pytest.mark.parametrize("written", ["102", "+100", "12345678901234567", "x", "", "7" * 100])
def test_a_file_must_have_numbers_that_exist(written: str) -> None:
    assert e164(written, "RU") is None


@given(st.text(alphabet=st.characters()))
def test_clean_text_can_be_stored_and_shown(text: str) -> None:
    shown = clean(text, 20)
    assert len(shown) <= 20
    assert "\x00" not in shown
    assert "\x1b" not in shown
    shown.encode()


def test_persian_keeps_its_joiners() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
