"""The telephones of the bench: what they read from a message, and when they do what is due."""

import pytest

from bench.telephones import wire
from bench.telephones.timetable import Timetable

INVITE = wire.request(
    "INVITE sip:manager07@127.0.0.1:5070 SIP/2.0",
    (
        "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK-1",
        'From: "Customer" <sip:+79160000007@127.0.0.1>;tag=a',
        "To: <sip:manager07@127.0.0.1>",
        "Call-ID: call-1",
        "CSeq: 1 INVITE",
        "Contact: <sip:asterisk@127.0.0.1:5060>",
    ),
    wire.description(4000),
)


@pytest.mark.parametrize(
    ("name", "expected"), [(b"Call-ID", b"call-1"), (b"CSeq", b"1 INVITE"), (b"WWW-Authenticate", b"")]
)
def test_a_header_is_read(name: bytes, expected: bytes) -> None:
    assert wire.field(INVITE, name) == expected


def test_who_calls_and_where_is_read() -> None:
    assert wire.user(wire.field(INVITE, b"From")) == "+79160000007"
    assert wire.uri(wire.field(INVITE, b"Contact")) == "sip:asterisk@127.0.0.1:5060"
    assert wire.audio_port(INVITE) == 4000


def test_an_answer_repeats_what_it_must_and_says_who_answers() -> None:
    answer = wire.answer(INVITE, b"200 OK", tag=b"b", contact=b"<sip:manager@127.0.0.1:5070>", body=b"v=0\r\n")
    assert answer.startswith(b"SIP/2.0 200 OK\r\n")
    for name in (b"Via", b"From", b"Call-ID", b"CSeq"):
        assert wire.field(answer, name) == wire.field(INVITE, name)
    assert wire.field(answer, b"To") == b"<sip:manager07@127.0.0.1>;tag=b"
    assert answer.endswith(b"Content-Length: 5\r\n\r\nv=0\r\n")


def test_an_answer_keeps_the_tag_that_is_there() -> None:
    bye = INVITE.replace(b"To: <sip:manager07@127.0.0.1>", b"To: <sip:manager07@127.0.0.1>;tag=x")
    assert wire.field(wire.answer(bye, b"200 OK", tag=b"b"), b"To").endswith(b";tag=x")


def test_what_is_due_is_done_in_its_order_and_the_rest_waited_for() -> None:
    done: list[str] = []
    table = Timetable()
    table.after(-1, lambda: done.append("second"))
    table.after(-2, lambda: done.append("first"))
    table.after(60, lambda: done.append("much later"))
    assert table.run() == 1.0
    assert done == ["first", "second"]
