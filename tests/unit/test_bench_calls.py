"""The load of the bench by itself: callers who ring the managers directly, without a switchboard in between."""

import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from bench.telephones import wire
from bench.telephones.callers import Callers
from bench.telephones.desks import Desks
from bench.telephones.orders import Desk, Place, Register, Spoken
from bench.telephones.sound import SAMPLES, Sound
from bench.telephones.timetable import Timetable

LONGEST = 5.0
CALLERS = ("+79160000000", "+79160000001", "+79160000002")


class Town:
    """Callers and desks in one loop, as the load's own process has them."""

    def __init__(self) -> None:
        self.timetable = Timetable()
        self.callers = Callers(self.timetable)
        self.desks = Desks(self.timetable, self.callers)
        self.reported: tuple[Spoken, ...] = ()

    def place(self, server: int, **more: object) -> tuple[Spoken, ...]:
        """Place calls and wait until they are over."""
        order = {"rate": 500.0, "callers": CALLERS, "talk": 0.01, **more}
        self.callers.place(Place(server=server, **order), self._report)  # type: ignore[arg-type]
        self.until(lambda: self.reported)
        return self.reported

    def until(self, done: Callable[[], object], others: Callable[[], None] = lambda: None) -> None:
        deadline = time.monotonic() + LONGEST
        while not done():
            assert time.monotonic() < deadline
            self.timetable.run()
            self.callers.hear()
            self.desks.hear()
            others()

    def _report(self, calls: tuple[Spoken, ...]) -> None:
        self.reported = calls


@pytest.fixture
def town() -> Iterator[Town]:
    made = Town()
    yield made
    made.callers.close()
    made.desks.close()


class Server:
    """Answers whatever comes with what it is told to."""

    def __init__(self, *statuses: bytes) -> None:
        self.heard: list[bytes] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((wire.HOST, 0))
        self._socket.setblocking(False)
        self._statuses = list(statuses)
        self.port: int = self._socket.getsockname()[1]

    def serve(self) -> None:
        try:
            message, sender = self._socket.recvfrom(4096)
        except BlockingIOError:
            return
        self.heard.append(message)
        if not message.startswith(b"ACK") and self._statuses:
            self._socket.sendto(wire.answer(message, self._statuses.pop(0), tag=b"s"), sender)

    def close(self) -> None:
        self._socket.close()


def test_each_call_is_answered_talked_and_ended(town: Town) -> None:
    calls = town.place(town.desks.line.port)
    assert [(call.caller, call.trouble, call.refused, call.again) for call in calls] == [
        (caller, "", 0, 0) for caller in CALLERS
    ]
    for call in calls:
        assert 0 < call.invited <= call.rung <= call.answered <= call.left <= call.released


def test_callers_dial_what_they_are_told_to(town: Town) -> None:
    server = Server(b"486 Busy Here")
    order = Place(server=server.port, rate=500.0, callers=CALLERS[:1], dialled="+74950000002")
    town.callers.place(order, town._report)
    town.until(lambda: town.reported, server.serve)
    assert server.heard[0].startswith(f"INVITE sip:+74950000002@{wire.HOST}:{server.port} SIP/2.0\r\n".encode())
    server.close()


def test_calls_that_end_together_end_after_the_last_has_begun(town: Town) -> None:
    calls = town.place(town.desks.line.port, together=True, talk=0.5)
    assert min(call.left for call in calls) > max(call.answered for call in calls)


def test_sound_flows_during_talks_and_ends_with_them(town: Town) -> None:
    calls = town.place(town.desks.line.port, sound=True)
    assert [call.trouble for call in calls] == [""] * len(CALLERS)
    town.callers.sound.speak()
    town.desks.sound.speak()


def test_a_refused_call_is_told_from_a_failed_one(town: Town) -> None:
    server = Server(b"503 Service Unavailable")
    town.callers.place(Place(server=server.port, rate=500.0, callers=CALLERS[:1]), town._report)
    town.until(lambda: town.reported, server.serve)
    (call,) = town.reported
    assert (call.refused, call.trouble, call.answered) == (503, "refused with 503", 0)
    town.until(lambda: len(server.heard) == 2, server.serve)
    assert server.heard[1].startswith(b"ACK ")
    server.close()


def test_a_call_that_nobody_answers_is_given_up(town: Town) -> None:
    server = Server()
    town.callers.place(Place(server=server.port, rate=500.0, callers=CALLERS[:1], patience=0.05), town._report)
    town.until(lambda: town.reported, server.serve)
    (call,) = town.reported
    assert call.trouble == "not answered in time"
    town.until(lambda: len(server.heard) == 2, server.serve)
    assert server.heard[1].startswith(b"CANCEL ")
    server.close()


def test_an_invite_that_gets_no_answer_is_sent_again_and_counted(town: Town) -> None:
    server = Server()
    town.callers.place(Place(server=server.port, rate=500.0, callers=CALLERS[:1], patience=0.6), town._report)
    town.until(lambda: town.reported, server.serve)
    assert town.reported[0].again == 1
    assert server.heard[0] == server.heard[1]
    server.close()


def test_telephones_register_with_their_secrets(town: Town) -> None:
    challenge = b'401 Unauthorized\r\nWWW-Authenticate: Digest realm="r", nonce="n", algorithm=MD5, qop="auth"'
    server, done = Server(challenge, b"200 OK"), list[bool]()
    town.desks.register(Register(server.port, (Desk("manager00", "s3cret"),)), lambda: done.append(True))
    town.until(lambda: done, server.serve)
    assert b"Authorization" not in server.heard[0]
    assert b'Authorization: Digest username="manager00"' in server.heard[1]
    assert b"s3cret" not in server.heard[1]
    server.close()


def test_every_talk_hears_the_same_frames_in_their_order() -> None:
    listeners = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
    sound = Sound()
    for listener in listeners:
        listener.bind((wire.HOST, 0))
        listener.settimeout(LONGEST)
        sound.begin(listener.getsockname()[1])
    for _ in range(2):
        sound.speak()
    for listener in listeners:
        first, second = listener.recv(2048), listener.recv(2048)
        assert len(first) == 12 + SAMPLES
        assert [struct.unpack(">HI", packet[2:8]) for packet in (first, second)] == [(1, SAMPLES), (2, 2 * SAMPLES)]
        assert first[12:] == second[12:]
        listener.close()
    sound.close()
