"""Who is heard, when somebody speaks, and when there is silence."""

from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo import ear, tones
from demo.ear import Ear
from demo.g711 import FRAME, RATE, Codec, Samples, pcma, pcmu
from demo.rtp import Packet
from demo.tones import GRID, WINDOW, Span, tone

QUIET = array("h", bytes(2 * RATE))


def mixed(*parts: Samples) -> Samples:
    """Several voices at once."""
    return array("h", [sum(samples) for samples in zip(*parts, strict=True)])


@pytest.mark.parametrize("codec", [pcmu(), pcma()], ids=lambda codec: codec.name)
@pytest.mark.parametrize("hz", GRID)
def test_each_tone_is_told_from_all_others_through_a_telephone(hz: int, codec: Codec) -> None:
    heard = codec.decode(codec.encode(tone(hz, WINDOW)))
    assert [other for other in GRID if tones.has_tone(heard, other)] == [hz]


def test_two_voices_at_once_are_both_heard_and_nobody_speaks_alone() -> None:
    both = mixed(tone(1050, WINDOW), tone(2010, WINDOW))
    assert [hz for hz in GRID if tones.has_tone(both, hz)] == [1050, 2010]
    assert tones.loudest(both, ["anna", "boris", "daria"]) is None


def test_who_hums_alone_is_known() -> None:
    assert tones.loudest(tone(tones.tone_of("boris"), WINDOW), ["anna", "boris"]) == "boris"
    assert tones.loudest(tone(3390, WINDOW), ["anna", "boris"]) is None
    assert tones.loudest(QUIET[:WINDOW], ["anna", "boris"]) is None
    assert tones.loudest(tone(1050, WINDOW), []) is None


@given(st.lists(st.integers(-32768, 32767), max_size=WINDOW))
def test_a_share_is_a_part_of_the_whole(samples: list[int]) -> None:
    assert -0.01 <= tones.share(array("h", samples), 1050) <= 2.01


def test_a_strangers_tone_is_none_of_the_company() -> None:
    assert tones.tone_of("+79169990000") not in {tones.tone_of(who) for who in ("anna", "boris", "oleg")}
    assert tones.tone_of("\udcff") in GRID, "a hostile caller hums too"


def test_a_recording_tells_when_a_tone_sounds() -> None:
    recording = QUIET + tone(1050, RATE) + QUIET + tone(2010, RATE // 2) + tone(1050, WINDOW)
    assert tones.spans(recording.tobytes(), 1050) == (Span(1.0, 2.0),)
    assert [round(span.seconds, 2) for span in tones.spans(recording.tobytes(), 2010)] == [0.48]
    assert [round(span.start, 1) for span in tones.speech(recording.tobytes())] == [1.0, 3.0]
    assert tones.spans(b"\x01", 1050) == (), "half a sample"


# ------------------------------------------------------------------------------------------------------------------ ear


def hearing(*parts: tuple[float, Samples]) -> Ear:
    """An ear that heard these samples, each from its moment on."""
    it = Ear(0.0)
    for start, samples in parts:
        coded = pcmu().encode(samples)
        for place in range(0, len(coded), FRAME):
            it.hear(Packet(0, 0, 0, 0, coded[place : place + FRAME]), start + (place + FRAME) / RATE)
    return it


def test_silence_counts_from_the_last_sound_whether_silence_is_sent_or_nothing() -> None:
    spoken = (0.0, tone(1050, RATE))
    assert hearing(spoken).silent_for(0, 3.0) == pytest.approx(2.0)
    assert hearing(spoken, (1.0, QUIET)).silent_for(0, 3.0) == pytest.approx(2.0)


def test_a_click_is_no_speech_and_what_was_before_does_not_count() -> None:
    assert hearing((0.0, tone(1050, 4 * FRAME))).silent_for(0, 1.0) is None
    assert hearing((0.0, tone(1050, RATE))).silent_for(50, 1.0) is None


def test_times_in_what_was_heard_are_true_where_nothing_was_sent() -> None:
    heard = hearing((0.5, tone(1050, RATE)), (3.0, tone(1050, RATE))).pcm()
    assert [round(span.start, 1) for span in tones.speech(heard)] == [0.5, 3.0]


def test_what_is_neither_our_audio_nor_a_digit_is_passed_over() -> None:
    it = Ear(0.0, events=101)
    it.hear(Packet(9, 0, 0, 0, bytes(160)), 0.0)
    it.hear(Packet(101, 0, 0, 0, b"?"), 0.0)
    assert (it.frames, it.digits, it.pcm()) == ([], "", b"")


def test_a_saved_call_can_be_loaded(tmp_path: Path) -> None:
    ear.save(tone(1050).tobytes(), tmp_path / "call.wav")
    assert ear.load(tmp_path / "call.wav") == tone(1050)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    ear.save(b"", tmp_path / "call.wav")
    head = bytearray((tmp_path / "call.wav").read_bytes())
    head[24:28] = (16000).to_bytes(4, "little")
    (tmp_path / "call.wav").write_bytes(head)
    with pytest.raises(ValueError, match="8 kHz"):
        ear.load(tmp_path / "call.wav")
