"""Audio and digits in packets: what is sent can be heard, in step and without loss."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo import mouth, rtp, tones
from demo.ear import Ear
from demo.g711 import FRAME, Codec, by_payload_type, pcma, pcmu
from demo.mouth import Mouth
from demo.rtp import Event, Packet

CODECS = [pcmu(), pcma()]


def packets(ours: Mouth, frames: int) -> list[list[Packet]]:
    """What is sent, frame by frame."""
    found = [[rtp.read_packet(datagram) for datagram in ours.breathe()] for _ in range(frames)]
    return [[packet for packet in frame if packet] for frame in found]


# ---------------------------------------------------------------------------------------------------------------- G.711


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_each_code_stands_for_itself(codec: Codec) -> None:
    levels = codec.decode(bytes(range(256)))
    assert codec.decode(codec.encode(levels)) == levels


@pytest.mark.parametrize(
    ("codec", "code", "level"),
    [(pcmu(), 0xFF, 0), (pcmu(), 0x80, 32124), (pcmu(), 0x00, -32124), (pcma(), 0xD5, 8), (pcma(), 0x2A, -32256)],
)
def test_levels_are_those_of_the_standard(codec: Codec, code: int, level: int) -> None:
    assert codec.levels[code] == level


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
@given(sample=st.integers(-32000, 32000))
def test_a_sample_is_heard_nearly_as_it_was_spoken(codec: Codec, sample: int) -> None:
    heard = codec.decode(codec.encode(array("h", [sample])))[0]
    assert abs(heard - sample) <= max(16, abs(sample) / 16)


def test_only_our_two_codecs_have_their_payload_types() -> None:
    assert [by_payload_type(number) for number in (0, 8, 9)] == [pcmu(), pcma(), None]


# -------------------------------------------------------------------------------------------------------------- packets


@given(
    st.builds(
        Packet,
        payload_type=st.integers(0, 71) | st.integers(96, 127),
        sequence=st.integers(0, 0xFFFF),
        timestamp=st.integers(0, 0xFFFFFFFF),
        source=st.integers(0, 0xFFFFFFFF),
        payload=st.binary(),
        marker=st.booleans(),
    )
)
def test_a_packet_is_read_as_it_was_written(packet: Packet) -> None:
    assert rtp.read_packet(rtp.write_packet(packet)) == packet


@given(st.binary(max_size=80))
def test_no_datagram_crashes_the_reader(datagram: bytes) -> None:
    rtp.read_packet(datagram)
    rtp.read_packet(b"\x90" + datagram)
    rtp.read_event(datagram)


def test_what_is_no_rtp_is_passed_over() -> None:
    rtcp = b"\x80\xc8" + bytes(26)
    assert [rtp.read_packet(noise) for noise in (b"", bytes(20), rtcp)] == [None, None, None]


def test_extensions_contributors_and_padding_are_taken_off() -> None:
    head = b"\xb1\x00" + bytes(10) + bytes(4)
    assert rtp.read_packet(head + b"\xbe\xde\x00\x01abcd" + b"audio" + b"\x00\x02") == Packet(0, 0, 0, 0, b"audio")


def test_numbers_wrap_around() -> None:
    packet = rtp.read_packet(rtp.write_packet(Packet(0, 0x10001, 0x100000002, 0, b"")))
    assert packet == Packet(0, 1, 2, 0, b"")


# ------------------------------------------------------------------------------------------------------------- speaking


def test_audio_goes_out_in_step() -> None:
    sent = [frame[0] for frame in packets(Mouth(pcma(), 101, 7), 3)]
    assert [(packet.payload_type, packet.sequence, packet.timestamp, packet.source) for packet in sent] == [
        (8, 0, 0, 7),
        (8, 1, 160, 7),
        (8, 2, 320, 7),
    ]
    assert {packet.payload for packet in sent} == {pcma().silence}


def test_a_tone_goes_on_without_a_click() -> None:
    ours = Mouth(pcmu(), 101, 7)
    ours.say(mouth.humming(1050, pcmu()))
    heard = pcmu().decode(b"".join(frame[0].payload for frame in packets(ours, 20)))
    assert min(tones.share(heard[start : start + FRAME], 1050) for start in range(0, len(heard), FRAME)) > 0.9
    ours.hush()
    assert packets(ours, 1)[0][0].payload == pcmu().silence


def test_a_file_is_spoken_to_its_end_and_then_there_is_silence() -> None:
    ours = Mouth(pcmu(), 101, 7)
    ours.say(mouth.speaking(array("h", [1000] * 200), pcmu()))
    sent = [frame[0].payload for frame in packets(ours, 2)]
    assert ours.is_speaking
    assert pcmu().decode(b"".join(sent)).count(988) == 200, "1000 is sent as 988, and the last frame filled up"
    packets(ours, 1)
    assert not ours.is_speaking


# ----------------------------------------------------------------------------------------------------------------- keys


def test_a_key_is_held_100_ms_and_its_end_told_three_times() -> None:
    ours = Mouth(pcmu(), 101, 7)
    packets(ours, 2)
    ours.press("5")
    frames = packets(ours, rtp.PRESSED_FRAMES + 1 + rtp.PAUSE_FRAMES)
    keyed = [packet for frame in frames for packet in frame if packet.payload_type == 101]
    events = [rtp.read_event(packet.payload) for packet in keyed]
    assert events == [
        *(Event("5", is_over=False, samples=samples) for samples in (160, 320, 480, 640, 800)),
        *[Event("5", is_over=True, samples=960)] * 3,
    ]
    assert {packet.timestamp for packet in keyed} == {320}
    assert [packet.marker for packet in keyed] == [True] + [False] * 7
    assert [packet.sequence for packet in keyed] == list(range(2, 10))
    packets(ours, 1)
    assert not ours.is_pressing


@given(st.text(rtp.KEYS, max_size=12))
def test_whoever_hears_the_packets_knows_the_keys(keys: str) -> None:
    ours, theirs = Mouth(pcmu(), 101, 7), Ear(0.0, events=101)
    ours.press(keys)
    while ours.is_pressing:
        for frame in packets(ours, 1):
            for packet in frame:
                theirs.hear(packet, 0.0)
    assert theirs.digits == keys


def test_a_lost_packet_loses_no_key_and_doubles_none() -> None:
    ours = Mouth(pcmu(), 101, 7)
    ours.press("11")
    sent = [packet for frame in packets(ours, 22) for packet in frame if packet.payload_type == 101]
    for lost in range(len(sent)):
        theirs = Ear(0.0, events=101)
        for packet in sent[:lost] + sent[lost + 1 :]:
            theirs.hear(packet, 0.0)
        assert theirs.digits == "11"


@pytest.mark.parametrize(("keys", "events"), [("x", 101), ("1", None)], ids=["no such key", "none understood"])
def test_what_cannot_be_pressed_is_said(keys: str, events: int | None) -> None:
    with pytest.raises(ValueError, match="cannot press"):
        Mouth(pcmu(), events, 7).press(keys)


def test_a_hook_flash_is_no_key() -> None:
    assert rtp.read_event(bytes([16, 0, 0, 160])) is None
