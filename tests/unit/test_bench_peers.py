"""The peers do the reference call, no more and no less: what they tell Asterisk, and what they write down of it."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from panoramisk.fast_agi import Application

from bench.peers import PEERS, environment
from bench.peers.aiohttp_app.program import Calls
from bench.peers.books import OPERATOR, Books
from bench.peers.fastagi import program as fastagi
from bench.peers.peer import Peer, Site
from bench.peers.stasis import APP

TOP = Path(__file__).resolve().parents[2]
CUSTOMER, MANAGER = "+79160000003", 3
SCRIPT = TOP / "bench" / "peers" / "agi_process" / "script.py"
ENVIRONMENT = f"agi_network: yes\nagi_network_script: call\nagi_uniqueid: 1.2\nagi_callerid: {CUSTOMER}\n\n"
TALK = ("200 result=-1", "200 result=1 (1500/16)")
UNANSWERED = ("200 result=0", "200 result=1 (/17)")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    file = tmp_path / "directory.db"
    with closing(sqlite3.connect(file)) as books, books:
        books.execute("create table customers(number text primary key, name text, manager integer)")
        books.execute(
            "create table calls(id integer primary key, caller text, manager integer,"
            " started real, answered real, ended real, cause integer)"
        )
        books.execute("insert into customers values (?, 'Customer', ?)", (CUSTOMER, MANAGER))
    return file


def row(directory: Path) -> tuple[Any, ...]:
    """The one call: caller, manager, seconds of talk, cause."""
    with closing(sqlite3.connect(directory)) as books:
        ((*of_whom, talk, cause),) = books.execute("select caller, manager, ended - answered, cause from calls")
    return (*of_whom, talk and round(talk, 1), cause)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(
        folder=tmp_path,
        python=Path(sys.executable),
        ari="http://127.0.0.1:1",
        ari_user="u",
        ari_password="geheim",
        ami_port=2,
        ami_user="u",
        ami_password="geheim",
        agi_port=3,
        directory=tmp_path / "directory.db",
        recordings=tmp_path / "recordings",
    )


@pytest.mark.parametrize("peer", PEERS, ids=[peer.name for peer in PEERS])
def test_every_number_is_served_and_both_directions_are_recorded(peer: Peer, site: Site) -> None:
    plan = peer.dialplan(site)
    steps = [part.splitlines() for part in plan.split("exten => ")[1:]]
    assert [lines[0].split(",")[0] for lines in steps] == ["_X.", "_+X."]
    for first, *others in steps:
        assert f"r({site.recordings}/${{UNIQUEID}}-r.wav)t({site.recordings}/${{UNIQUEID}}-t.wav)" in first
        assert others[-1] == " same => n,Hangup()"


@pytest.mark.parametrize("name", ["requirements-peers.lock", "bench/peers/node_app/package-lock.json"])
def test_what_peers_need_is_pinned_and_comes_from_wherever_the_machine_gets_its_packages(name: str) -> None:
    lock = (TOP / name).read_text()
    assert "sha256:" in lock or '"integrity": "sha512-' in lock
    assert "://" not in lock


def test_without_node_its_application_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(environment.NotHere, match=r"no node .*apt-get install nodejs"):
        environment.install_node(lambda _: None)


def test_who_is_no_customer_gets_the_operator(directory: Path) -> None:
    books = Books(str(directory))
    assert [books.manager_of(number) for number in (CUSTOMER, "+7000")] == [MANAGER, OPERATOR]


@pytest.mark.parametrize(
    ("answers", "written"),
    [
        pytest.param(TALK, (CUSTOMER, MANAGER, 1.5, 16), id="a talk"),
        pytest.param(UNANSWERED, (CUSTOMER, MANAGER, None, 17), id="nobody answers"),
    ],
)
async def test_fastagi_dials_the_customers_manager_and_writes_a_row(
    directory: Path, answers: tuple[str, str], written: tuple[Any, ...]
) -> None:
    application = Application()
    application.add_route("call", partial(fastagi.call, Books(str(directory))))
    async with await asyncio.start_server(application.handler, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(ENVIRONMENT.encode())
        sent = []
        for answer in answers:
            sent.append((await reader.readline()).decode())
            writer.write(f"{answer}\n".encode())
        assert await reader.read() == b""
        writer.close()
    assert sent[0] == f"EXEC Dial PJSIP/manager{MANAGER:02},30\n"
    assert row(directory) == written


@pytest.mark.parametrize(
    ("answers", "written"),
    [
        pytest.param(TALK, (CUSTOMER, MANAGER, 1.5, 16), id="a talk"),
        pytest.param(UNANSWERED, (CUSTOMER, MANAGER, None, 17), id="nobody answers"),
    ],
)
def test_the_agi_script_dials_the_customers_manager_and_writes_a_row(
    directory: Path, answers: tuple[str, str], written: tuple[Any, ...]
) -> None:
    asterisk = "".join([ENVIRONMENT, *(f"{answer}\n" for answer in answers)])
    command = (sys.executable, SCRIPT, directory)
    done = subprocess.run(command, input=asterisk, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[0] == f'EXEC Dial "PJSIP/manager{MANAGER:02},30"'
    assert row(directory) == written


class Asterisk:
    """Says what happens, and notes the commands that it is given."""

    def __init__(self) -> None:
        self.commands: asyncio.Queue[str] = asyncio.Queue()
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def say(self, kind: str, channel: str, **more: object) -> None:
        self._events.put_nowait({"type": kind, "channel": {"id": channel, "caller": {"number": CUSTOMER}}, **more})

    async def told(self, count: int) -> list[str]:
        """The next commands."""
        return [await self.commands.get() for _ in range(count)]

    async def events(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        while (event := await self._events.get())["type"] != "the end":
            await socket.send_json(event)
        await socket.close()
        return socket

    async def obey(self, request: web.Request) -> web.Response:
        asked = " ".join([request.method, request.path.removeprefix("/ari/"), *request.query.values()])
        self.commands.put_nowait(asked)
        return web.Response(status=204)


@asynccontextmanager
async def serving(directory: Path) -> AsyncIterator[Asterisk]:
    """The aiohttp application at such an Asterisk, which it leaves when all is done."""
    asterisk, application = Asterisk(), web.Application()
    application.router.add_get("/ari/events", asterisk.events)
    application.router.add_route("*", "/ari/{command:.*}", asterisk.obey)
    async with TestServer(application) as server, ClientSession(server.make_url("/")) as http, asyncio.timeout(10):
        serving = asyncio.create_task(Calls(http, APP, Books(str(directory)), "mixing").serve())
        yield asterisk
        asterisk.say("the end", "")
        await serving


@pytest.mark.parametrize(
    ("who", "other"),
    [pytest.param("1.2", "1.2-leg", id="the caller leaves"), pytest.param("1.2-leg", "1.2", id="the manager leaves")],
)
async def test_an_ari_application_connects_both_and_lets_the_other_go(directory: Path, who: str, other: str) -> None:
    async with serving(directory) as asterisk:
        asterisk.say("StasisStart", "1.2")
        ring = await asterisk.told(1)
        asterisk.say("StasisStart", "1.2-leg")
        connect = await asterisk.told(3)
        asterisk.say("ChannelHangupRequest", who, cause=16)
        release = await asterisk.told(2)
        await written(directory)
    assert ring == [f"POST channels PJSIP/manager{MANAGER:02} {CUSTOMER} {APP} 1.2-leg"]
    assert connect == [
        "POST channels/1.2/answer",
        "POST bridges mixing 1.2-bridge",
        "POST bridges/1.2-bridge/addChannel 1.2,1.2-leg",
    ]
    assert release == [f"DELETE channels/{other}", "DELETE bridges/1.2-bridge"]
    assert row(directory) == (CUSTOMER, MANAGER, 0.0, 16)


async def test_an_ari_application_lets_a_caller_go_whom_nobody_answers(directory: Path) -> None:
    async with serving(directory) as asterisk:
        asterisk.say("StasisStart", "1.2")
        await asterisk.told(1)
        asterisk.say("ChannelDestroyed", "1.2-leg", cause=19)
        assert await asterisk.told(1) == ["DELETE channels/1.2"]
        await written(directory)
    assert row(directory) == (CUSTOMER, MANAGER, None, 19)


async def written(directory: Path) -> None:
    """Until there is a row."""
    with closing(sqlite3.connect(directory)) as books:
        while books.execute("select count(*) from calls").fetchone() == (0,):  # noqa: ASYNC110 - files do not tell
            await asyncio.sleep(0.005)
