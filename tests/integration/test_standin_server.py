"""The stand-in's listening side: a process for each call, not too many, and a fault stays with its call."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from dialplan.plan import LOOPBACK
from premises import ports

SERVER = """
import os, sys
import structlog
from agi import server
from premises.log import set_up
set_up()
server.MOST_CALLS = 2
def answer(connection):
    match connection.recv(1):
        case b"f": raise ValueError("a fault")
        case b"d": os._exit(3)
        case _: connection.sendall(b"done")
listener = server.listen("127.0.0.1", int(sys.argv[1]))
structlog.get_logger().info("listening")
server.Server(answer, lambda: None).serve(listener)
"""


class Log:
    """What the server logs."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self._file.read_text().splitlines()]

    def until(self, event: str) -> None:
        deadline = time.monotonic() + 10
        while event not in self.events():
            assert time.monotonic() < deadline, self._file.read_text()
            time.sleep(0.02)


@pytest.fixture
def port() -> int:
    return ports.pick().agi


@pytest.fixture
def log(tmp_path: Path, port: int) -> Iterator[Log]:
    file = tmp_path / "log"
    command = [sys.executable, "-c", SERVER, str(port)]
    with file.open("wb") as output, subprocess.Popen(command, stderr=output) as server:
        found = Log(file)
        found.until("listening")
        yield found
        server.terminate()
        assert server.wait(10) == 0


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection((LOOPBACK, port), 10) as connection:
        yield connection


def served(port: int) -> bool:
    """Whether a call that comes now is served."""
    with connected(port) as connection, suppress(ConnectionResetError):
        connection.sendall(b"x")
        return connection.recv(10) == b"done"
    return False


def test_each_call_is_served(log: Log, port: int) -> None:
    with connected(port) as one, connected(port) as other:
        other.sendall(b"x")
        assert other.recv(10) == b"done"
        one.sendall(b"x")
        assert one.recv(10) == b"done"


def test_who_comes_beyond_the_most_is_sent_away_at_once_and_served_when_there_is_room(log: Log, port: int) -> None:
    with connected(port) as one, connected(port), connected(port) as third:
        assert third.recv(10) == b""
        one.sendall(b"x")
        assert one.recv(10) == b"done"
        assert one.recv(10) == b""
        while not served(port):  # the ended process is reaped a moment later
            time.sleep(0.02)
    assert "too many calls at once, the dialplan rings" in log.events()


@pytest.mark.parametrize(
    ("how", "event"), [(b"f", "the call failed"), (b"d", "a call's process failed")], ids=["a fault", "a sudden end"]
)
def test_a_fault_stays_with_its_call(log: Log, port: int, how: bytes, event: str) -> None:
    with connected(port) as one, connected(port) as other:
        one.sendall(how)
        assert one.recv(10) == b""
        log.until(event)
        log.until("a call's process failed")
        other.sendall(b"x")
        assert other.recv(10) == b"done"
