"""SIP messages: what comes in is understood or refused, never a crash; what goes out can be read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo import sip
from demo.sip import Address, Headers, Malformed, Request, Response

INVITE = (
    b"INVITE sip:+74950000001@127.0.0.1 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKab;rport\r\n"
    b'f: "A \\"quoted\\" name, with <brackets>" <sip:+7916@host>;tag=one\r\n'
    b"To: <sip:+74950000001@127.0.0.1>\r\n"
    b"i: 12@host\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Subject: folded\r\n over two lines\r\n"
    b"l: 4\r\n\r\nbody and more"
)


def test_a_request_is_read_with_short_header_names_folded_lines_and_its_length() -> None:
    request = sip.parse(INVITE)
    assert isinstance(request, Request)
    assert (request.method, request.uri) == ("INVITE", "sip:+74950000001@127.0.0.1")
    assert (request.branch, request.sequence) == ("z9hG4bKab", 7)
    assert request.headers.get("subject") == "folded over two lines"
    assert request.body == b"body"
    caller = sip.read_address(request.headers.get("From"))
    assert caller == Address("sip:+7916@host", 'A "quoted" name, with <brackets>', {"tag": "one"})
    assert caller.user == "+7916"


@pytest.mark.parametrize(
    ("datagram", "complaint"),
    [
        (b"\r\n\r\n", "no Via"),
        (b"hello", "no empty line"),
        (INVITE.replace(b"SIP/2.0\r\nv", b"SIP/3.0\r\nv"), "first line"),
        (INVITE.replace(b"INVITE sip", b"IN\xc3\xbcITE sip"), "first line"),
        (INVITE.replace(b"CSeq: 7 INVITE", b"CSeq: seven"), "CSeq"),
        (INVITE.replace(b"i: 12@host\r\n", b""), "Call-ID"),
        (INVITE.replace(b"l: 4", b"l: 400"), "Content-Length"),
        (INVITE.replace(b"l: 4", b"l: -1"), "Content-Length"),
        (INVITE.replace(b"Subject: ", b"Subject "), "header line"),
        (INVITE.replace(b"INVITE sip:+74950000001@127.0.0.1 SIP/2.0", b"SIP/2.0 999 What"), "status"),
    ],
)
def test_what_is_no_message_says_why(datagram: bytes, complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        sip.parse(datagram)


@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda noise: INVITE[:120] + noise + INVITE[120:]))
def test_no_datagram_crashes_the_parser(datagram: bytes) -> None:
    try:
        message = sip.parse(datagram)
    except Malformed:
        return
    assert sip.parse(sip.serialise(message)).headers.get("Call-ID") == message.headers.get("Call-ID")


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_no_address_crashes_the_reader(value: str) -> None:
    sip.read_address(value)
    sip.split(value)
    assert isinstance(sip.parameter(value, "tag"), str)


@given(st.binary(max_size=80).filter(lambda raw: not set(raw) & set(b"\r\n") and raw == raw.strip()))
def test_any_bytes_of_a_name_are_sent_as_they_are(name: bytes) -> None:
    text = name.decode("utf-8", "surrogateescape")
    datagram = sip.serialise(Request("INVITE", "sip:x", Headers((("From", text), ("Via", "v"), ("Call-ID", "1")))))
    assert b"\r\nFrom: " + name + b"\r\n" in datagram


def test_an_answer_repeats_what_it_must_and_adds_the_tag_once() -> None:
    request = sip.parse(INVITE)
    assert isinstance(request, Request)
    ringing = sip.answer(request, 180, tag="two", extra=(("Contact", "<sip:me@here>"),))
    trying = sip.answer(request, 100, tag="two")
    assert ringing.headers.get("To") == "<sip:+74950000001@127.0.0.1>;tag=two"
    assert trying.headers.get("To") == "<sip:+74950000001@127.0.0.1>"
    read = sip.parse(sip.serialise(ringing))
    assert isinstance(read, Response)
    assert (read.code, read.reason, read.method, read.branch) == (180, "Ringing", "INVITE", "z9hG4bKab")
    assert not read.is_final
    assert read.headers.get("Contact") == "<sip:me@here>"


def test_headers_are_replaced_in_place_or_added() -> None:
    headers = Headers((("f", "old"), ("To", "b"), ("Via", "1, 2"), ("Via", "3")))
    assert list(headers.put("From", "new").put("X", "y")) == [
        ("f", "new"),
        ("To", "b"),
        ("Via", "1, 2"),
        ("Via", "3"),
        ("X", "y"),
    ]
    assert headers.listed("v") == ("1", "2", "3")


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("a, b ,c", ("a", "b", "c")),
        ('"x, y" <sip:a,b@c>;p=1, <sip:d>', ('"x, y" <sip:a,b@c>;p=1', "<sip:d>")),
        (r'"say \", please" <sip:a>, b', (r'"say \", please" <sip:a>', "b")),
        ("", ()),
    ],
)
def test_lists_are_split_outside_quotes_and_brackets(value: str, parts: tuple[str, ...]) -> None:
    assert sip.split(value) == parts


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("sip:a@b;tag=1", Address("sip:a@b", "", {"tag": "1"})),
        ("Name <sip:a@b;lr>;tag=2", Address("sip:a@b;lr", "Name", {"tag": "2"})),
        ("<sip:host>", Address("sip:host")),
        ("", Address("")),
    ],
)
def test_addresses_are_read_in_every_form(value: str, address: Address) -> None:
    assert sip.read_address(value) == address


def test_an_address_without_a_user_has_none() -> None:
    assert Address("sip:host").user == ""
