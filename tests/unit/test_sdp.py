"""Offer and answer: what two phones agree on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo import sdp
from demo.sdp import Media, Unsuitable

ASTERISK = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 16002 RTP/AVP 8 0 9 96\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:9 G722/8000\r\n"
    b"a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\na=ptime:20\r\na=maxptime:140\r\na=sendrecv\r\n"
)


def test_an_offer_of_asterisk_is_understood() -> None:
    assert sdp.read(ASTERISK) == Media("127.0.0.1", 16002, ("PCMA", "PCMU"), 96, "sendrecv")


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (b"a=rtpmap:0 PCMU/8000\r\n", b"", Media("127.0.0.1", 16002, ("PCMA", "PCMU"), 96)),
        (b"sendrecv", b"sendonly", Media("127.0.0.1", 16002, ("PCMA", "PCMU"), 96, "sendonly")),
        (b"m=audio", b"a=inactive\r\nm=audio", Media("127.0.0.1", 16002, ("PCMA", "PCMU"), 96)),
        (b"a=ptime:20", b"c=IN IP4 192.0.2.7", Media("192.0.2.7", 16002, ("PCMA", "PCMU"), 96)),
        (b"telephone-event", b"cn", Media("127.0.0.1", 16002, ("PCMA", "PCMU"), None)),
        (
            b"m=audio",
            b"m=video 9 RTP/AVP 99\r\nc=IN IP4 192.0.2.8\r\nm=audio",
            Media("127.0.0.1", 16002, ("PCMA", "PCMU"), 96),
        ),
    ],
    ids=["well-known codec unnamed", "hold", "direction of the session", "own address", "no digits", "with video"],
)
def test_what_an_offer_may_contain(old: bytes, new: bytes, wanted: Media) -> None:
    assert sdp.read(ASTERISK.replace(old, new)) == wanted


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"m=audio", b"m=video"), (b"16002", b"0"), (b"RTP/AVP", b"RTP/SAVP"), (b"RTP/AVP 8 0 9", b"RTP/AVP 9")],
    ids=["no audio", "refused", "encrypted", "another codec"],
)
def test_what_cannot_be_agreed_on_is_said(old: bytes, new: bytes) -> None:
    with pytest.raises(Unsuitable):
        sdp.read(ASTERISK.replace(old, new))


@given(st.binary() | st.binary(max_size=30).map(lambda noise: ASTERISK[:110] + noise + ASTERISK[110:]))
def test_no_description_crashes_the_reader(body: bytes) -> None:
    try:
        sdp.read(body)
    except Unsuitable:
        return


@pytest.mark.parametrize("media", [Media("127.0.0.1", 4000), Media("127.0.0.1", 4000, ("PCMA",), None, "recvonly")])
def test_what_is_written_is_read_again(media: Media) -> None:
    assert sdp.read(sdp.write(media)) == media


def test_the_answer_takes_their_first_coding_that_we_want_and_the_other_direction() -> None:
    offer = Media("192.0.2.1", 4000, ("PCMA", "PCMU"), 96, "sendonly")
    assert sdp.agree(offer, "192.0.2.2", 5000) == Media("192.0.2.2", 5000, ("PCMA",), 96, "recvonly")
    assert sdp.agree(offer, "192.0.2.2", 5000, ("PCMU",)).codec.name == "PCMU"


def test_nothing_in_common_is_no_answer() -> None:
    with pytest.raises(Unsuitable, match="PCMU"):
        sdp.agree(Media("192.0.2.1", 4000, ("PCMU",)), "192.0.2.2", 5000, ("PCMA",))
