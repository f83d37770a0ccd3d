"""Free ports: where they may be, that a taken one is seen, and that an installation keeps its own."""

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from dialplan.plan import LOOPBACK, Ports
from premises import ports


def every(chosen: Ports) -> list[int]:
    return [
        chosen.sip,
        chosen.sip_tls,
        chosen.http,
        chosen.ami,
        chosen.agi,
        *range(chosen.rtp_first, chosen.rtp_last + 1),
    ]


@contextmanager
def taken(kind: socket.SocketKind, port: int) -> Iterator[None]:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind((LOOPBACK, port))
        if kind == socket.SOCK_STREAM:
            other.listen()
        yield


def test_all_are_different_and_below_the_range_that_the_kernel_lends() -> None:
    chosen = every(ports.pick())
    assert len(set(chosen)) == len(chosen)
    assert max(chosen) < 32768
    assert min(chosen) >= 1024


def test_that_it_has_moved_is_said(tmp_path: Path) -> None:
    first = ports.settle(tmp_path / "ports.json")
    with taken(socket.SOCK_STREAM, first.sip), capture_logs() as said:
        now = ports.settle(tmp_path / "ports.json").sip
    assert [(line["before"], line["now"]) for line in said] == [(first.sip, now)]


def test_an_installation_keeps_its_ports(tmp_path: Path) -> None:
    first = ports.settle(tmp_path / "ports.json")
    assert ports.settle(tmp_path / "ports.json") == first


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (socket.SOCK_DGRAM, "sip"),
        (socket.SOCK_STREAM, "sip"),
        (socket.SOCK_STREAM, "sip_tls"),
        (socket.SOCK_STREAM, "http"),
        (socket.SOCK_STREAM, "ami"),
        (socket.SOCK_DGRAM, "rtp_last"),
    ],
    ids=["SIP over UDP", "SIP over TCP", "SIP over TLS", "HTTP", "AMI", "RTP"],
)
def test_a_taken_port_makes_it_move(tmp_path: Path, kind: socket.SocketKind, name: str) -> None:
    first = ports.settle(tmp_path / "ports.json")
    with taken(kind, getattr(first, name)):
        second = ports.settle(tmp_path / "ports.json")
    assert second != first
    assert msgspec.json.decode((tmp_path / "ports.json").read_bytes(), type=Ports) == second


def test_a_stand_in_that_runs_is_no_reason_to_move(tmp_path: Path) -> None:
    first = ports.settle(tmp_path / "ports.json")
    with taken(socket.SOCK_STREAM, first.agi):
        assert ports.settle(tmp_path / "ports.json") == first
        assert ports.pick().agi != first.agi


def test_a_damaged_file_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("{")
    assert ports.settle(tmp_path / "ports.json") == ports.settle(tmp_path / "ports.json")


def test_a_pick_moves_on_from_a_taken_place() -> None:
    first = ports.pick(dice=random.Random(7))
    with taken(socket.SOCK_STREAM, first.http):
        assert ports.pick(dice=random.Random(7)) != first


def test_an_address_that_is_not_ours_is_said() -> None:
    with pytest.raises(ports.NoFreePortsError, match=r"192\.0\.2\.1 is no address of this machine"):
        ports.pick("192.0.2.1")
