"""Who is shut out, who never is, for how long, and what of it is kept."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ari_app.ami import AmiEvent
from ari_app.bans import guard
from ari_app.bans.ban_list import BanList
from ari_app.bans.counting import Counting, Policy
from ari_app.bans.failures import Source, source
from ari_app.bans.guard import Guard
from ari_app.bans.protected import TRUSTED, Protected
from ari_app.cli import main
from tests.until import until

POLICY = Policy(failures=3, within=60, ban=1000, unproved_ban=100, addresses=2, bans=2)
ONE, TWO, THREE = (ip_address(f"192.0.2.{last}") for last in (1, 2, 3))


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("IPV4/UDP/192.0.2.1/5060", Source(ONE, proved=False)),
        ("IPV4/TCP/192.0.2.1/40000", Source(ONE, proved=True)),
        ("IPV4/TLS/192.0.2.1/40000", Source(ONE, proved=True)),
        ("IPV6/WSS/2001:db8::1/40000", Source(ip_address("2001:db8::1"), proved=True)),
        ("IPV4/UDP/192.0.2.1", None),
        ("IPV4/UDP/somewhere/5060", None),
        ("192.0.2.1", None),
        ("", None),
    ],
)
def test_the_sender_is_who_the_socket_says(told: str, read: Source | None) -> None:
    assert source(AmiEvent("InvalidPassword", {"RemoteAddress": told})) == read


@pytest.mark.parametrize(
    ("times", "proved", "banned"),
    [
        ([0, 1], True, None),
        ([0, 1, 2], True, 1000),
        ([0, 1, 2], False, 100),
        ([0, 59, 59.9], True, 1000),
        ([0, 30, 60.1], True, None),
        ([0, 40, 80, 120, 160, 200], True, None),
        ([0, 1, 2, 3], True, None),
    ],
    ids=["two", "three", "three over UDP", "just in time", "too slow", "slow for ever", "counted anew after a ban"],
)
def test_so_many_failures_in_so_long_a_time_are_a_ban(times: list[float], proved: bool, banned: float | None) -> None:
    counting = Counting(POLICY)
    assert [counting.failed(Source(ONE, proved), moment) for moment in times][-1] == banned


def test_each_address_is_counted_for_itself_and_their_number_is_bounded() -> None:
    counting = Counting(POLICY)
    for moment, address in enumerate((ONE, ONE, TWO, TWO, THREE)):  # the third drives out the first
        assert counting.failed(Source(address, proved=True), moment) is None
    assert counting.failed(Source(ONE, proved=True), 6) is None
    assert counting.failed(Source(THREE, proved=True), 7) is None
    assert counting.failed(Source(THREE, proved=True), 8) == 1000


def test_bans_are_kept_until_they_are_over_or_lifted(tmp_path: Path) -> None:
    bans = BanList(tmp_path / "bans.json")
    assert bans.read(0) == {}
    bans.add(ONE, 0, 10, most=9)
    bans.add(TWO, 0, 20, most=9)
    again = BanList(tmp_path / "bans.json")
    assert again.read(9).keys() == {"192.0.2.1", "192.0.2.2"}
    assert again.read(10).keys() == {"192.0.2.2"}
    assert again.lift("192.0.2.2", 10)
    assert not again.lift("192.0.2.2", 10)
    assert bans.read(10) == {}


def test_beyond_their_number_the_oldest_bans_are_lifted(tmp_path: Path) -> None:
    bans = BanList(tmp_path / "bans.json")
    for moment, address in enumerate((ONE, TWO, ONE, THREE)):
        bans.add(address, moment, 100, most=2)
    assert bans.read(5).keys() == {"192.0.2.1", "192.0.2.3"}


@pytest.mark.parametrize(
    "content", [b"", b"[{", b'[{"address": "\xff"}]', b'[{"address": "all", "since": 0, "until": 9e9}]', b'{"a": 1}']
)
def test_a_damaged_list_shuts_nobody_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bans.json").write_bytes(content)
    assert BanList(tmp_path / "bans.json").read(0) == {}


def test_the_trunk_this_machine_and_whoever_logged_in_are_never_shut_out() -> None:
    protected = Protected(["198.51.100.0/28", "sip.example.com"], "192.0.2.1")
    assert [protected.covers(ip_address(text), 0) for text in ("198.51.100.15", "198.51.100.16")] == [True, False]
    assert protected.covers(ONE, 0)
    assert not protected.covers(TWO, 0)
    protected.logged_in(TWO, 0)
    assert protected.covers(TWO, TRUSTED - 1)
    assert not protected.covers(TWO, TRUSTED + 1)


class Count:
    failed = protected = banned = 0

    def login_failed(self, *, protected: bool) -> None:
        self.failed += 1
        self.protected += protected

    def address_banned(self) -> None:
        self.banned += 1


class Door:
    """A guard, and the ACL that it sets."""

    def __init__(self, folder: Path) -> None:
        self.count, self.bans = Count(), BanList(folder / "bans.json")
        self.guard = Guard(self.bans, Protected(["198.51.100.1"], "192.0.2.9"), self.count, POLICY)
        self.set: list[list[str]] = []
        self.tried = 0
        self.stuck = False

    async def apply(self, addresses: Sequence[str]) -> None:
        self.tried += 1
        if self.stuck:
            raise OSError("Asterisk is frozen")
        self.set.append(list(addresses))

    def fails(self, address: str, times: int, kind: str = "ChallengeResponseFailed") -> None:
        for _ in range(times):
            self.guard.hear(AmiEvent(kind, {"RemoteAddress": f"IPV4/UDP/{address}/5060"}))

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.guard.keep(self.apply))
        yield
        task.cancel()
        await asyncio.wait((task,))
        assert task.cancelled()  # nothing else has ended it


async def test_an_attacker_is_shut_out_and_let_in_when_the_list_says_so(tmp_path: Path) -> None:
    door = Door(tmp_path)
    door.fails("192.0.2.1", 3)
    door.fails("192.0.2.2", 2)
    async with door.kept():
        await until(lambda: door.set)
        door.bans.lift("192.0.2.1", time.time())
        await until(lambda: len(door.set) == 2)
    assert door.set == [["192.0.2.1"], []]
    assert (door.count.failed, door.count.protected, door.count.banned) == (5, 0, 1)


async def test_who_is_protected_is_counted_and_not_shut_out(tmp_path: Path) -> None:
    door = Door(tmp_path)
    door.fails("198.51.100.1", 9)
    door.fails("192.0.2.1", 1, kind="SuccessfulAuth")
    door.fails("192.0.2.1", 9)
    async with door.kept():
        await until(lambda: door.set)
    assert door.set == [[]]
    assert (door.count.failed, door.count.protected, door.count.banned) == (18, 18, 0)


async def test_what_is_no_failure_or_names_nobody_is_passed_over(tmp_path: Path) -> None:
    door = Door(tmp_path)
    door.fails("192.0.2.1", 9, kind="ChallengeSent")
    door.fails("nowhere", 9)
    assert door.count.failed == 0


async def test_bans_of_before_are_in_force_at_once_and_an_asterisk_that_does_not_answer_ends_nothing(
    tmp_path: Path,
) -> None:
    door = Door(tmp_path)
    door.bans.add(ONE, time.time(), 100, most=9)
    door.stuck = True
    async with door.kept():
        await until(lambda: door.tried)
    assert door.set == []
    door.stuck = False
    async with door.kept():
        await until(lambda: door.set)
    assert door.set == [["192.0.2.1"]]


async def test_a_disk_that_takes_no_list_ends_nothing_and_nobody_is_forgotten(tmp_path: Path) -> None:
    door = Door(tmp_path / "away")
    door.fails("192.0.2.1", 3)
    async with door.kept():
        await asyncio.sleep(0.2)
        assert door.set == []
        (tmp_path / "away").mkdir()
        await until(lambda: door.set)
    assert door.set == [["192.0.2.1"]]


async def test_an_acl_that_is_not_taken_is_told_when_that_begins_and_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "AGAIN_SECONDS", 0.01)
    door = Door(tmp_path)
    door.bans.add(ONE, time.time(), 100, most=9)
    door.stuck = True
    with capture_logs() as told:
        async with door.kept():
            await until(lambda: door.tried > 3)
            door.stuck = False
            await until(lambda: door.set)
    lines = [(line["log_level"], line["event"], line.get("why")) for line in told]
    assert lines == [("error", "ban list not applied", "Asterisk is frozen"), ("info", "ban list applied again", None)]


def test_bans_are_listed_and_lifted_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pbx").mkdir()
    BanList(tmp_path / "pbx" / "bans.json").add(ONE, time.time(), 100, most=9)
    data = ("--data", str(tmp_path))
    assert main(["bans", *data]) == 0
    assert "192.0.2.1" in capsys.readouterr().out
    assert main(["bans", *data, "--lift", "192.0.2.1"]) == 0
    assert main(["bans", *data, "--lift", "192.0.2.1"]) == 1
    assert "192.0.2.1 is not shut out" in capsys.readouterr().err
    assert main(["bans", *data, "--lift", "everybody"]) == 1
    assert "'everybody' is no address" in capsys.readouterr().err
