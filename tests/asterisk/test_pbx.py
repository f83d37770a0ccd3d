"""The real Asterisk with our configuration: it listens where it should, admits whom it should, falls for no text."""

import asyncio
import os
import socket
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from ari_app.pbx import log as asterisks_log
from ari_app.pbx.asterisk import Asterisk, NotListeningError, NotStartedError, PbxError, Program, program
from dialplan.plan import LOOPBACK, Pbx, Phone
from tests.asterisk.bare import plan
from tests.asterisk.invites import invite

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deep folder with a space in its name, too long for a Unix socket's path."""
    return tmp_path_factory.mktemp("data") / "a folder; with, odd 'name" / ("deep" * 20)


@pytest.fixture(scope="module")
def pbx(folder: Path) -> Pbx:
    folder.mkdir(parents=True)
    return plan(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(folder: Path, pbx: Pbx) -> AsyncIterator[Asterisk]:
    async with Asterisk(program(os.environ), pbx, folder / "pbx") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(pbx: Pbx, asterisk: Asterisk) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """An ARI application that takes every call and does nothing with it."""
    url = f"http://{LOOPBACK}:{pbx.ports.http}/ari/events"
    headers = {"Authorization": aiohttp.encode_basic_auth(pbx.ari.user, pbx.ari.secret)}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.ws_connect(url, params={"app": "sb-test"}) as events,
    ):
        yield events


def listening(pid: int) -> set[tuple[str, int]]:
    """Where a process can be reached, from the kernel: (address, port). It asks DNS from sockets above 32767."""
    inodes = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    found = set()
    for table, state in (("tcp", "0A"), ("udp", "07"), ("tcp6", "0A"), ("udp6", "07")):
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = row.split()
            address, _, port = fields[1].rpartition(":")
            if fields[3] == state and f"socket:[{fields[9]}]" in inodes and (state == "0A" or int(port, 16) < 32768):
                found.add((address, int(port, 16)))
    return found


async def test_it_listens_at_its_ports_on_loopback_and_nowhere_else(asterisk: Asterisk, pbx: Pbx) -> None:
    loopback = socket.inet_aton(LOOPBACK)[::-1].hex().upper()  # as the kernel writes it
    chosen = pbx.ports
    assert listening(asterisk.pid) == {(loopback, p) for p in (chosen.sip, chosen.sip_tls, chosen.http, chosen.ami)}


async def test_nothing_in_its_folder_can_be_read_by_others(asterisk: Asterisk) -> None:
    open_to_others = [p for p in asterisk.folder.rglob("*") if stat.S_IMODE(p.lstat().st_mode) & 0o077]
    assert [path for path in open_to_others if not path.is_socket()] == []


async def test_its_start_was_without_an_error(asterisk: Asterisk) -> None:
    log = (asterisk.folder / "log" / "messages").read_text()
    assert [line for line in log.splitlines() if "ERROR" in line or "WARNING" in line] == []


async def test_no_version_is_told(asterisk: Asterisk, pbx: Pbx) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"http://{LOOPBACK}:{pbx.ports.http}/ari") as answer:
        assert answer.headers["Server"] == "switchboard"
    endpoint = await asterisk.cli("pjsip show endpoint trunk")
    assert "sdp_session                        : -" in endpoint


@pytest.mark.parametrize(
    "action", ["Command\r\nCommand: core show channels", "Originate\r\nChannel: PJSIP/anna", "UpdateConfig"]
)
async def test_ami_permits_no_more_than_it_must(asterisk: Asterisk, pbx: Pbx, action: str) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, pbx.ports.ami)
    login = f"Action: Login\r\nUsername: {pbx.ami.user}\r\nSecret: {pbx.ami.secret}\r\n\r\n"
    writer.write(f"{login}Action: {action}\r\n\r\n".encode())
    assert b"Success" in await reader.readuntil(b"\r\n\r\n")
    while b"Response:" not in (answer := await reader.readuntil(b"\r\n\r\n")):
        pass
    writer.close()
    assert b"Permission denied" in answer


CALLER = b'"Caller" <sip:+79161234567@192.0.2.9>'


@pytest.mark.parametrize(
    ("user", "caller", "dialled", "number"),
    [
        (b"+74950000001", CALLER, "+74950000001", "+79161234567"),
        (b"74950000001&PJSIP", CALLER, "74950000001", "+79161234567"),
        (b"7495%2C1%2Cevil", CALLER, "74951", "+79161234567"),
        (b"$%7BSHELL(touch%20x)%7D1", CALLER, "1", "+79161234567"),
        (b"1%22%27%3B%29%7D%5D", CALLER, "1", "+79161234567"),
        (b"1%0d%0aAction:%20Originate", CALLER, "1", "+79161234567"),
        (b"%d0%ff%fe1", CALLER, "1", "+79161234567"),
        (b"1" * 4000, CALLER, "1" * 79, "+79161234567"),
        (b"t", CALLER, "", "+79161234567"),
        (b"1", b'"' + b"N" * 4000 + b'" <sip:1@192.0.2.9>', "1", "1"),
        (b"1", b'"a\\"b\\\\ ${X}" <sip:2@192.0.2.9>', "1", "2"),
        (b"1", b'"\xff\xfe\xd0" <sip:3@192.0.2.9>', "1", "3"),
        (b"1", b"<sip:4%0d%0aVariable:%20x@192.0.2.9>", "1", "4"),
        (b"1", b"<sip:$%7BHANGUPCAUSE%7D5&6@192.0.2.9>", "1", "56"),
        (b"1", b'"Anonymous" <sip:anonymous@anonymous.invalid>', "1", ""),
        (b"1", b"<sip:+98-21-1234@192.0.2.9>", "1", "+98211234"),
    ],
    ids=[
        "a plain call",
        "& in the dialled number",
        "commas in the dialled number",
        "a dialplan function in the dialled number",
        "quotes and brackets in the dialled number",
        "a line's end in the dialled number",
        "invalid UTF-8 in the dialled number",
        "a dialled number of 4 KB",
        "a dialplan's own word dialled",
        "a name of 4 KB",
        "quotes and backslashes in the name",
        "invalid UTF-8 in the name",
        "a line's end in the caller's number",
        "a dialplan variable in the caller's number",
        "a withheld number",
        "a number from another country, with hyphens",
    ],
)
async def test_whatever_a_caller_sends_only_digits_reach_the_engine(
    asterisk: Asterisk,
    engine: aiohttp.ClientWebSocketResponse,
    user: bytes,
    caller: bytes,
    dialled: str,
    number: str,
    pbx: Pbx,
) -> None:
    async with invite(pbx.ports.sip, user=user, caller=caller) as sender:
        offered = await next_call(engine)
        channel = offered["channel"]
        assert (offered["args"], channel["caller"]["number"]) == (["call", dialled], number)
        await asterisk.cli(f"channel request hangup {channel['name']}")
        assert await sender.status() >= 300


async def next_call(engine: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    event: dict[str, Any] = {"type": None}
    while event["type"] != "StasisStart":
        event = await engine.receive_json(timeout=5)
        if event["type"] == "CallBroadcast":
            claim = f"events/claim?application=sb-test&channelId={event['channel']['id']}"
            await engine.send_json({"type": "RESTRequest", "request_id": "1", "method": "POST", "uri": claim})
    return event


@pytest.mark.parametrize("user", [b"h", b"", b"1%00"], ids=["h", "nothing", "a zero byte"])
async def test_what_is_no_number_at_all_is_refused_or_offered_but_harms_nothing(
    asterisk: Asterisk, pbx: Pbx, user: bytes
) -> None:
    async with invite(pbx.ports.sip, user=user, caller=CALLER):
        assert "fully booted" in await asterisk.cli("core waitfullybooted")


async def test_who_claims_to_be_a_person_must_prove_it(asterisk: Asterisk, pbx: Pbx) -> None:
    async with invite(pbx.ports.sip, user=b"+74950000001", caller=b"<sip:anna@192.0.2.9>") as sender:
        assert await sender.status() == 401


async def test_no_engine_and_no_operator_the_caller_is_answered_all_the_same(folder: Path) -> None:
    (folder / "alone").mkdir()
    lonely = plan(folder / "alone")
    async with (
        Asterisk(program(os.environ), lonely, folder / "alone" / "pbx"),
        invite(lonely.ports.sip, user=b"+74950000001", caller=CALLER) as sender,
    ):
        assert await sender.status() == 200


async def test_other_people_are_taken_while_it_runs(asterisk: Asterisk, pbx: Pbx) -> None:
    await asterisk.change(
        msgspec.structs.replace(pbx, phones=(*pbx.phones, Phone(person="vera", name="Vera", secret="v" * 24)))
    )
    assert "vera" in await asterisk.cli("pjsip show endpoints")
    await asterisk.change(pbx)
    assert "vera" not in await asterisk.cli("pjsip show endpoints")


async def test_its_log_is_set_aside_once_it_is_long(asterisk: Asterisk, monkeypatch: pytest.MonkeyPatch) -> None:
    log = asterisk.log_file
    before = log.read_bytes()
    await asterisk.cut_log()
    assert log.read_bytes() == before
    monkeypatch.setattr(asterisks_log, "LONGEST", 10)
    await asterisk.cut_log()
    assert log.with_name("messages.old").read_bytes().startswith(before)
    assert len(log.read_bytes()) < len(before)  # Asterisk writes into the new one


async def test_a_port_taken_in_the_last_moment_is_said(folder: Path) -> None:
    (folder / "late").mkdir()
    late = plan(folder / "late")
    with socket.socket() as other:
        other.bind((LOOPBACK, late.ports.http))
        other.listen()
        with pytest.raises(NotListeningError, match=rf"HTTP at 127.0.0.1:{late.ports.http}"):
            async with Asterisk(program(os.environ), late, folder / "late" / "pbx"):
                pass


async def test_what_cannot_start_says_why(folder: Path, pbx: Pbx) -> None:
    (folder / "broken").mkdir()
    broken = folder / "broken" / "asterisk"
    broken.write_text("#!/bin/sh\necho no such library\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(NotStartedError, match="no such library"):
        async with Asterisk(Program(path=broken), pbx, folder / "broken" / "pbx"):
            pass


@pytest.mark.parametrize("environment", [{}, {"SWITCHBOARD_ASTERISK": ""}])
async def test_without_an_asterisk_it_is_said_how_to_get_one(environment: dict[str, str]) -> None:
    with pytest.raises(PbxError, match=r"\./switchboard"):
        program(environment)


async def test_a_command_that_asterisk_does_not_know_is_an_error(asterisk: Asterisk) -> None:
    with pytest.raises(PbxError, match="make coffee"):
        await asterisk.cli("make coffee")


KILLED = """
import asyncio, os, sys
from pathlib import Path
from ari_app.pbx.asterisk import Asterisk, program
from tests.asterisk.test_pbx import plan

async def main(folder):
    async with Asterisk(program(os.environ), plan(folder), folder / "pbx") as asterisk:
        print(asterisk.pid, flush=True)
        await asterisk.ended()

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_nothing_is_left_when_we_are_killed(folder: Path) -> None:
    (folder / "killed").mkdir()
    command = (sys.executable, "-c", KILLED, str(folder / "killed"))
    ours = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert ours.stdout is not None
    watch = os.pidfd_open(int(await ours.stdout.readline()))
    ours.kill()
    await ours.wait()
    loop, gone = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(watch, gone.set)
    await asyncio.wait_for(gone.wait(), 15)
    loop.remove_reader(watch)
    os.close(watch)
