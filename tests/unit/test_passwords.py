"""Passwords as they are kept."""

import pytest

from premises.passwords import fits, kept, wrong_with

PASSWORD = "correct horse battery"


def test_a_password_fits_what_was_kept_of_it_and_no_other_does() -> None:
    first, second = kept(PASSWORD), kept(PASSWORD)
    assert first.startswith("$argon2id$")
    assert PASSWORD not in first
    assert first != second
    assert [fits(PASSWORD, first), fits(PASSWORD + " ", first), fits(PASSWORD, None), fits("nobody's", None)] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("password", "why"),
    [("a" * 11, "a password has at least 12 characters"), ("a" * 12, None), ("a" * 1025, "at most 1024 characters")],
)
def test_what_is_a_password(password: str, why: str | None) -> None:
    told = wrong_with(password)
    assert told is None if why is None else told is not None and why in told
