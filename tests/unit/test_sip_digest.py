"""Digest authentication against the examples of the RFCs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo import digest
from demo.digest import Challenge

# RFC 7616, section 3.9.1, and RFC 2617, section 3.5
RFC_7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    challenge = digest.read_challenge(RFC_7616.format(algorithm))
    assert challenge is not None
    value = digest.credentials(
        challenge, user="Mufasa", secret="Circle of Life", method="GET", uri="/dir/index.html", cnonce=CNONCE
    )
    assert f'response="{response}"' in value
    assert f'opaque="{challenge.opaque}"' in value
    assert f"algorithm={algorithm}, qop=auth, nc=00000001" in value


def test_a_server_without_qop_gets_the_old_answer() -> None:
    value = digest.credentials(
        Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093"),
        user="Mufasa",
        secret="Circle Of Life",
        method="GET",
        uri="/dir/index.html",
        cnonce="unused",
    )
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in value  # as computed by RFC 2069's formula
    assert "qop" not in value


def test_the_strongest_challenge_that_we_know_is_answered() -> None:
    offers = [RFC_7616.format(name) for name in ("MD5", "SHA-512-256", "SHA-256")]
    best = digest.strongest(offers)
    assert best is not None
    assert best.algorithm == "SHA-256"
    assert digest.strongest(offers[1:2]) is None


@pytest.mark.parametrize("value", ["", "Basic realm=x", "Digest realm=x", 'Digest nonce="1", algorithm=AKAv1-MD5'])
def test_what_cannot_be_answered_is_passed_over(value: str) -> None:
    assert digest.read_challenge(value) is None


@given(st.text())
def test_no_challenge_crashes_the_reader(text: str) -> None:
    digest.read_challenge(text)
    digest.read_challenge("Digest " + text)
