"""The HTTP API as a process of its own, on the sample company in SQLite, and somebody who asks it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from db.accounts import Account, AccountBook, Role
from db.database import Database, connect
from premises import passwords
from premises.clock import now
from premises.installation import Installation
from tests.company import TOP, settle

PASSWORD = "correct horse battery"
START_SECONDS = 30.0
ACCOUNTS: dict[str, tuple[Role, str | None]] = {
    "olga": ("operator", "olga"),
    "anna": ("operator", "anna"),
    "sveta": ("supervisor", None),
    "galina": ("head", "galina"),
    "root": ("admin", None),
    "audit": ("auditor", None),
}
"""Who has an account; each has the same password.

By the sample company anna is a key-account manager (wholesale), olga an operator (both), galina the head of retail.
"""


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Api:
    """The process, and what is behind it."""

    def __init__(self, installation: Installation, database: Database, url: str, tokens: dict[str, str]) -> None:
        self.installation = installation
        self.database = database
        self.url = url
        self.tokens = tokens

    async def ask(
        self, who: str | None, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> Answer:
        """Ask as somebody who has signed in as a program; None: as nobody."""
        given = dict(headers or {}) | ({"Authorization": f"Bearer {self.tokens[who]}"} if who else {})
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(method, self.url + path, headers=given, **more) as answer,
        ):
            return Answer(answer.status, answer.headers, await answer.read())

    async def get(self, who: str | None, path: str, **more: Any) -> Any:
        """The JSON of an answer that must be good."""
        answer = await self.ask(who, "GET", path, **more)
        assert answer.status == 200, answer.content
        return answer.json


class Follower:
    """Somebody who follows, and keeps what was told last of each call, person, task and queue."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.sequence = -1
        self.calls: dict[str, Any] = {}
        self.people: dict[str, Any] = {}
        self.tasks: dict[str, Any] = {}
        self.queues: dict[str, Any] = {}

    async def take(self) -> None:
        """The next thing told."""
        told = json.loads(await self.socket.receive_str(timeout=30))
        self.sequence = told["sequence"]
        self.calls |= {one["id"]: one for one in told["calls"]}
        self.people |= {one["id"]: one for one in told["people"]}
        self.tasks |= {one["id"]: one for one in told["tasks"]}
        self.queues |= {one["name"]: one for one in told["queues"]}
        for task in told["gone"]:
            self.tasks.pop(task, None)

    async def until_known(self, *calls: str) -> None:
        while not self.calls.keys() >= set(calls):
            await self.take()


@asynccontextmanager
async def following(api: Api, who: str, since: int | None = None) -> AsyncIterator[Follower]:
    """What was told first, the number, is taken."""
    headers = {"Authorization": f"Bearer {api.tokens[who]}"}
    query = {} if since is None else {"since": str(since)}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{api.url}/events", headers=headers, params=query) as socket,
    ):
        follower = Follower(socket)
        await follower.take()
        yield follower


@contextmanager
def serving(folder: Path) -> Iterator[Api]:
    """The API in a new data folder, until the block ends; it must end well then."""
    installation = settle(folder)
    with closing(connect(installation.settings.database or "")) as database:
        tokens = sign_in(AccountBook(database))
        with running(installation) as url:
            yield Api(installation, database, url, tokens)


@contextmanager
def running(installation: Installation) -> Iterator[str]:
    """The process; gives its address."""
    with start(installation) as process:
        try:
            yield address(installation, process)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()


def start(installation: Installation) -> subprocess.Popen[bytes]:
    """Just started; its log goes to log/web.log."""
    command = [sys.executable, "-m", "web", "--log", "--data", str(installation.folder)]
    return subprocess.Popen(command, cwd=TOP, stderr=subprocess.PIPE)


def address(installation: Installation, process: subprocess.Popen[bytes]) -> str:
    """Where it serves, once it does."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if '"HTTP API serves"' in _log(installation):
            return installation.web().api
        time.sleep(0.05)
    raise AssertionError(f"the API does not serve: {_log(installation)}")


def _log(installation: Installation) -> str:
    file = installation.logs / "web.log"
    return file.read_text() if file.exists() else ""


def sign_in(book: AccountBook) -> dict[str, str]:
    """Make all accounts; gives a token of each."""
    kept = passwords.kept(PASSWORD)
    tokens = {}
    for name, (role, person) in ACCOUNTS.items():
        assert book.add(Account(name=name, role=role, person=person, made=now()), kept)
        begun = book.begin(name, "program", now())
        assert begun
        tokens[name] = begun[0]
    return tokens
