"""The protocol without socket and clock: what becomes of commands and frames in each state of a link."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.ari.command import Command
from ari_app.ari.echoes import REMEMBERED
from ari_app.ari.errors import Fenced, LinkLost, NotFound, TimedOut
from ari_app.ari.events import ApplicationReplaced, Event, Malformed, StasisStart, Unknown
from ari_app.ari.protocol import LEGAL, Beat, Input, Protocol, State
from ari_app.ari.timings import Timings
from tests.unit.ari_samples import FRAMES, PING, answer, sent

if TYPE_CHECKING:
    from ari_app.ari.reply import Reply

TIMINGS = Timings(beat=0.5, silence=2.5, reply=10.0)


def opened() -> Protocol:
    return Protocol(0.0, TIMINGS)


def fenced() -> Protocol:
    protocol = opened()
    protocol.receive(FRAMES["ApplicationReplaced"], 0.0)
    return protocol


def lost() -> Protocol:
    protocol = opened()
    protocol.closed("the connection ended")
    return protocol


IN_STATE: dict[State, Callable[[], Protocol]] = {State.OPEN: opened, State.FENCED: fenced, State.LOST: lost}


def test_answers_reach_their_commands_in_whatever_order() -> None:
    protocol = opened()
    first, one = protocol.command(PING, 0.0)
    answered: Command[None] = Command("POST", "channels/7/answer", {}, None)
    second, two = protocol.command(answered, 0.0)
    assert (sent(one)["request_id"], sent(two)["request_id"]) == ("1", "2")
    assert protocol.pending == ("GET asterisk/ping", "POST channels/7/answer")
    assert protocol.receive(answer("2", 404, {"message": "Channel not found"}), 0.1) is None
    assert (first.done, second.done) == (False, True)
    assert isinstance(second.error(), NotFound)
    protocol.receive(answer("1", 200, {"ping": "pong"}), 0.2)
    assert first.done
    assert first.error() is None
    assert not protocol.pending


def test_a_command_is_one_frame_with_its_parameters_in_the_body() -> None:
    _, frame = opened().command(Command("POST", "channels", {"endpoint": "PJSIP/anna", "timeout": 25}, None), 0.0)
    assert sent(frame) == {
        "type": "RESTRequest",
        "request_id": "1",
        "method": "POST",
        "uri": "channels",
        "content_type": "application/json",
        "message_body": '{"endpoint":"PJSIP/anna","timeout":25}',
    }


def test_a_command_above_what_asterisk_accepts_is_refused_here() -> None:
    protocol = opened()
    with pytest.raises(ValueError, match="more than Asterisk accepts"):
        protocol.command(Command("POST", "channels", {"variables": {"X": "x" * 66_000}}, None), 0.0)
    assert protocol.pending == ()


def test_events_and_strange_frames_are_handed_out() -> None:
    protocol = opened()
    assert isinstance(protocol.receive(FRAMES["StasisStart"], 0.0), StasisStart)
    assert isinstance(protocol.receive(FRAMES["ChannelVarset"], 0.0), Unknown)
    assert isinstance(protocol.receive(b"{nonsense", 0.0), Malformed)
    assert protocol.state is State.OPEN


STRANGE_ANSWERS = {
    "never asked": answer("99"),
    "without an id": b'{"type":"RESTResponse","status_code":400}',
    "given twice": answer("1", 500),
}


@pytest.mark.parametrize("frame", STRANGE_ANSWERS.values(), ids=STRANGE_ANSWERS)
def test_an_answer_that_nobody_waits_for_changes_nothing(frame: bytes) -> None:
    protocol = opened()
    reply, _ = protocol.command(PING, 0.0)
    protocol.receive(answer("1"), 0.0)
    assert protocol.receive(frame, 0.1) is None
    assert reply.error() is None


# ---------------------------------------------------------------------------------------------------------- states


def test_being_replaced_fences_and_fails_what_is_under_way() -> None:
    protocol = opened()
    reply, _ = protocol.command(PING, 0.0)
    assert isinstance(protocol.receive(FRAMES["ApplicationReplaced"], 0.0), ApplicationReplaced)
    assert protocol.state is State.FENCED
    assert isinstance(reply.error(), Fenced)


AFTERWARDS = {"fenced": (fenced, Fenced), "lost": (lost, LinkLost)}


@pytest.mark.parametrize(("link", "error"), AFTERWARDS.values(), ids=AFTERWARDS)
def test_a_link_that_is_over_sends_nothing_and_tells_nothing(
    link: Callable[[], Protocol], error: type[LinkLost]
) -> None:
    protocol = link()
    reply, frame = protocol.command(PING, 1.0)
    assert frame is None
    assert type(reply.error()) is error
    assert protocol.receive(FRAMES["StasisStart"], 1.0) is None
    assert protocol.beat(100.0) is Beat.REST


def test_a_fenced_link_stays_fenced_when_its_socket_ends() -> None:
    protocol = fenced()
    protocol.closed("the connection ended")
    assert protocol.state is State.FENCED
    assert isinstance(protocol.why, Fenced)


def test_the_first_reason_is_kept() -> None:
    protocol = lost()
    protocol.closed("closed")
    assert str(protocol.why) == "the connection ended"


def do(protocol: Protocol, happened: Input) -> None:
    """Have it happen, by whatever brings it about."""
    match happened:
        case Input.COMMAND:
            protocol.command(PING, 0.0)
        case Input.FRAME:
            protocol.receive(FRAMES["StasisStart"], 0.0)
        case Input.REPLACED:
            protocol.receive(FRAMES["ApplicationReplaced"], 0.0)
        case Input.SILENCE:
            for tenth in range(100):
                protocol.beat(tenth / 10)
        case Input.CLOSED:
            protocol.closed("closed")


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("happened", Input)
def test_the_table_of_legal_states_is_what_happens(state: State, happened: Input) -> None:
    protocol = IN_STATE[state]()
    do(protocol, happened)
    assert protocol.state is LEGAL.get((state, happened), state)


# ------------------------------------------------------------------------------------------------------- heartbeat


def beats(protocol: Protocol, *times: float) -> list[Beat]:
    return [protocol.beat(time) for time in times]


def test_a_link_is_pinged() -> None:
    assert beats(opened(), 0.5, 1.0) == [Beat.PING, Beat.PING]


def test_a_frozen_asterisk_is_noticed_within_three_seconds() -> None:
    protocol = opened()
    protocol.alive(0.1)
    assert beats(protocol, 0.5, 1.0, 1.5, 2.0, 2.5) == [Beat.PING] * 5
    assert protocol.beat(3.0) is Beat.DROP
    assert protocol.state is State.LOST
    assert "silent" in str(protocol.why)


@pytest.mark.parametrize("life", ["pong", "event", "answer", "nonsense"])
def test_any_sign_of_life_keeps_the_link(life: str) -> None:
    frames = {"event": FRAMES["StasisEnd"], "answer": answer("1"), "nonsense": b"?"}
    protocol = opened()
    for half in range(1, 20):
        assert protocol.beat(half / 2) is Beat.PING
        if half % 4 == 0:
            protocol.alive(half / 2) if life == "pong" else protocol.receive(frames[life], half / 2)


def test_a_pause_of_our_own_is_not_taken_for_asterisks_silence() -> None:
    protocol = opened()
    assert beats(protocol, 0.5, 9.0) == [Beat.PING, Beat.PING]
    assert beats(protocol, 9.5, 10.0, 10.5, 11.0, 11.5) == [Beat.PING] * 4 + [Beat.DROP]


def test_commands_that_a_lost_link_had_under_way_fail() -> None:
    protocol = opened()
    replies = [protocol.command(PING, 0.0)[0] for _ in range(3)]
    beats(protocol, 0.5, 1.0, 1.5, 2.0, 2.5)
    assert [type(reply.error()) for reply in replies] == [LinkLost] * 3


def test_asterisk_is_asked_elsewhere_when_a_command_is_not_answered() -> None:
    protocol = opened()
    protocol.command(PING, 0.0)
    assert beats(protocol, 0.5, 1.0, 1.5, 2.0, 2.5) == [Beat.PING, Beat.PING, Beat.PROBE, Beat.PROBE, Beat.DROP]


def test_a_command_that_waits_does_not_cost_the_link_while_asterisk_answers_elsewhere() -> None:
    protocol = opened()
    reply, _ = protocol.command(PING, 0.0)
    for half in range(1, 12):
        assert protocol.beat(half / 2) in (Beat.PING, Beat.PROBE)
        protocol.vouch(half / 2)
    protocol.receive(answer("1"), 5.6)
    assert reply.error() is None
    assert protocol.beat(6.0) is Beat.PING


def test_a_link_that_is_deaf_for_the_whole_time_of_an_answer_is_lost() -> None:
    protocol = opened()
    kept = 0
    for half in range(1, 40):
        protocol.command(PING, half / 2)
        if protocol.beat(half / 2) is Beat.DROP:
            break
        kept = half
        protocol.vouch(half / 2)
    assert kept / 2 == 9.5


def test_overdue_answers_are_given_up_and_come_too_late() -> None:
    protocol = opened()
    early, _ = protocol.command(PING, 0.0)
    later, _ = protocol.command(PING, 1.0)
    for half in range(1, 21):
        protocol.alive(half / 2)
        protocol.beat(half / 2)
    assert isinstance(early.error(), TimedOut)
    assert "GET asterisk/ping: no answer in 10 s" in str(early.error())
    assert not later.done
    protocol.receive(answer("1", 404), 10.1)
    assert isinstance(early.error(), TimedOut)


@given(st.lists(st.sampled_from([*FRAMES.values(), b"?", answer("1"), answer("2", 500), None])))
def test_every_command_gets_exactly_one_outcome_whatever_comes(frames: list[bytes | None]) -> None:
    protocol = opened()
    replies: list[Reply[None]] = []
    outcomes: list[int] = []
    for number, frame in enumerate(frames):
        if frame is None:
            replies.append(protocol.command(PING, 0.0)[0])
            replies[-1].then(partial(outcomes.append, number))
        else:
            assert isinstance(protocol.receive(frame, 0.0), Event | Malformed | None)
    protocol.closed("closed")
    assert all(reply.done for reply in replies)
    assert len(outcomes) == len(set(outcomes)) == len(replies)


def test_an_event_that_comes_twice_is_one_event() -> None:
    protocol = opened()
    press = FRAMES["ChannelDtmfReceived"]
    assert isinstance(protocol.receive(press, 0.0), Event)
    assert protocol.receive(press, 0.1) is None
    again = press.replace(b'"timestamp":"20', b'"timestamp":"21')
    assert again != press
    assert isinstance(protocol.receive(again, 0.2), Event)


def test_what_came_long_ago_is_no_echo() -> None:
    protocol = opened()
    frames = [
        b'{"type":"StasisEnd","timestamp":"%d","channel":{"id":"1"}}' % number for number in range(REMEMBERED + 1)
    ]
    assert all(protocol.receive(frame, 0.0) for frame in frames)
    assert protocol.receive(frames[-1], 0.0) is None
    assert protocol.receive(frames[0], 0.0) is not None
