"""What we understand of what Asterisk says. The samples are a real Asterisk's."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.ari import events
from ari_app.ari.events import Answer, Event, Malformed, Unknown, decode
from tests.unit.ari_samples import FRAMES

OTHERS = {"ChannelVarset", "PlaybackContinuing"}


@pytest.mark.parametrize("kind", FRAMES)
def test_a_real_frame_is_understood(kind: str) -> None:
    value = decode(FRAMES[kind])
    if kind in OTHERS:
        assert isinstance(value, Unknown)
        assert value.kind == kind
        assert value.raw == FRAMES[kind]
    elif kind.startswith("RESTResponse"):
        assert isinstance(value, Answer)
        assert f"RESTResponse{value.status_code}" == kind
    else:
        assert type(value).__name__ == kind
        assert isinstance(value, Event)
        assert value.application in ("sb-t", "watch-sb-t")
        assert value.at.tzinfo is not None


def test_a_caller_is_shown_as_the_caller_wishes() -> None:
    start = decode(FRAMES["StasisStart"])
    assert isinstance(start, events.StasisStart)
    assert start.args == ("call", "+74950000001")
    assert start.channel.id == "c1"
    assert start.channel.caller.number == "+79161234567"
    assert 'Ünï "quoted" é' in start.channel.caller.name.replace("\\", "")
    assert start.at > dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_a_busy_telephone_is_told_with_its_cause() -> None:
    busy = decode(FRAMES["ChannelDestroyed"])
    assert isinstance(busy, events.ChannelDestroyed)
    assert (busy.channel.id, busy.cause, busy.tech_cause) == ("leg-9", 17, 486)


def test_a_telephone_comes_online() -> None:
    change = decode(FRAMES["DeviceStateChanged"])
    assert isinstance(change, events.DeviceStateChanged)
    assert (change.device_state.name, change.device_state.state) == ("PJSIP/boris", "NOT_INUSE")


def test_a_failed_recording_says_why() -> None:
    recording = {"name": "m-1", "format": "wav", "target_uri": "channel:1", "state": "failed", "cause": "disk full"}
    failed = decode(json.dumps({"type": "RecordingFailed", "recording": recording}).encode())
    assert isinstance(failed, events.RecordingFailed)
    assert failed.recording.cause == "disk full"


MALFORMED = {
    "nothing": b"",
    "not JSON": b"{nonsense",
    "not UTF-8": b'{"type":"StasisEnd","channel":{"id":"\xff"}}',
    "no type": b"{}",
    "a list": b"[1]",
    "a type that is no text": b'{"type":7}',
    "a known kind without its channel": b'{"type":"StasisStart"}',
    "an answer without a status": b'{"type":"RESTResponse","request_id":"1"}',
    "nested without end": b'{"type":"X","a":' + b"[" * 100_000,
}


@pytest.mark.parametrize("frame", MALFORMED.values(), ids=MALFORMED)
def test_nonsense_is_a_value(frame: bytes) -> None:
    value = decode(frame)
    assert isinstance(value, Malformed)
    assert value.raw == frame
    assert value.why


@given(
    st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda it: json.dumps(it).encode())
)
def test_no_frame_at_all_raises(frame: bytes) -> None:
    assert isinstance(decode(frame), Event | Answer | Malformed)


@given(st.sampled_from(sorted(FRAMES)), st.data())
def test_no_damaged_frame_raises(kind: str, data: st.DataObject) -> None:
    frame = bytearray(FRAMES[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(decode(bytes(frame)), Event | Answer | Malformed)


@given(st.sampled_from(sorted(FRAMES)), st.data())
def test_no_frame_with_foreign_values_raises(kind: str, data: st.DataObject) -> None:
    frame = json.loads(FRAMES[kind])
    key = data.draw(st.sampled_from(sorted(frame)))
    frame[key] = data.draw(
        st.none() | st.booleans() | st.integers() | st.text() | st.dictionaries(st.text(), st.text())
    )
    assert isinstance(decode(json.dumps(frame).encode()), Event | Answer | Malformed)
