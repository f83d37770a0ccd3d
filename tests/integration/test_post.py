"""Departments are told by mail, by webhook or by a file: once at least, whatever dies, and by nobody else's address."""

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
import json
import ssl
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import update

from ari_app.one_engine import Pace
from ari_app.outbox.delivering import Post
from ari_app.outbox.retrying import PAUSES
from db.database import Database, connect
from db.outbox import Outbox
from db.register import Register
from db.tables import Letters
from dialplan.certificate import CERTIFICATE, provide
from dialplan.certificate import KEY as PRIVATE_KEY
from premises.alone import AlreadyRunning
from premises.clock import now
from premises.installation import Installation
from tests.integration import rows
from tests.integration.smtp_peer import mail_server
from tests.integration.test_outbox import remark
from tests.until import until

ROOT = Path(__file__).parents[2]
KEY = b"k" * 32
SECRET = "whsec_" + base64.b64encode(KEY).decode()
ENGINE = """
import asyncio, sys
from pathlib import Path
from ari_app.outbox.delivering import Post
from db.database import connect
from db.outbox import Outbox
from premises.installation import Installation
house = Installation(Path(sys.argv[1]))
asyncio.run(Post(house, Outbox(connect(house.settings.database))).keep())
"""
"""The part of an engine that sends, in a process of its own."""


@asynccontextmanager
async def engine(house: Installation) -> AsyncIterator[None]:
    """Sends until the block ends, which kills it at once (SIGKILL)."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", ENGINE, str(house.folder), cwd=ROOT)
    try:
        yield
    finally:
        process.kill()
        await process.wait()


class Receiver:
    """Whoever takes webhooks: checks each as its maker's documents say, and answers as it is told."""

    def __init__(self, answers: Iterable[int]) -> None:
        self.came: list[str] = []
        """The ids, in order."""
        self.bodies: list[bytes] = []
        self.elsewhere = 0
        self.url = ""
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._answers = iter(answers)

    async def take(self, request: web.Request) -> web.Response:
        body, given = await request.read(), request.headers
        signed = f"{given['webhook-id']}.{given['webhook-timestamp']}.".encode() + body
        right = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert given["webhook-signature"] == f"v1,{right}"
        self.came.append(given["webhook-id"])
        self.bodies.append(body)
        await self.may_answer.wait()
        return web.Response(status=next(self._answers, 200), headers={"location": "/elsewhere"})

    async def take_elsewhere(self, _: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.Response()


@asynccontextmanager
async def receiver(*answers: int, certificate: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Takes webhooks until the block ends; after these answers all is well."""
    one = Receiver(answers)
    app = web.Application()
    app.router.add_post("/remarks", one.take)
    app.router.add_route("*", "/elsewhere", one.take_elsewhere)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate).start()
    one.url = f"{'https' if certificate else 'http'}://127.0.0.1:{runner.addresses[0][1]}/remarks"
    try:
        yield one
    finally:
        await runner.cleanup()


@pytest.fixture
def house(tmp_path: Path) -> Installation:
    installation = Installation(tmp_path / "data")
    installation.prepare()
    return installation


@pytest.fixture
def database(house: Installation) -> Iterator[Database]:
    """With a call, of which wholesale is told something."""
    with closing(connect(house.settings.database or "")) as database:
        note(database, "wish")
        yield database


def note(database: Database, reason: str) -> None:
    register = Register(database)
    register.put(rows.call("1.1"), remark(reason, tell=("wholesale",), at=now()))
    assert register.close() == ()


def settings(house: Installation, text: str) -> None:
    (house.folder / "settings.yaml").write_text(text)


def webhook(house: Installation, to: Receiver) -> None:
    settings(house, f"tell: {{wholesale: {{webhook: '{to.url}', secret: {SECRET}}}}}")


def let_time_pass(database: Database) -> None:
    """Until all is due that waits."""
    with database.writing() as connection:
        connection.execute(update(Letters).where(Letters.due.is_not(None)).values(due=now() - dt.timedelta(days=1)))


async def test_without_an_address_it_is_a_file_for_the_department(house: Installation, database: Database) -> None:
    post = Post(house, Outbox(database))
    await post.send_due()
    (file,) = house.told.rglob("*.json")
    assert (file.parent.name, file.stat().st_mode & 0o777) == ("wholesale", 0o600)
    assert json.loads(file.read_bytes())["data"]["reason"] == "wish"
    assert Outbox(database).due(now(), 9) == ()


async def test_a_webhook_that_fails_is_tried_again_with_the_same_id(house: Installation, database: Database) -> None:
    post = Post(house, Outbox(database))
    async with receiver(500, 503, 429) as to:
        webhook(house, to)
        for attempt in range(1, 6):
            await post.send_due()
            assert len(to.came) == min(attempt, 4)
            await post.send_due()  # it is not its time yet
            assert len(to.came) == min(attempt, 4)
            let_time_pass(database)
    assert len(set(to.came)) == 1
    assert len(set(to.bodies)) == 1
    assert Outbox(database).unsent() == ()


async def test_after_ten_failures_it_is_given_up_until_somebody_has_it_tried_again(
    house: Installation, database: Database
) -> None:
    post, outbox = Post(house, Outbox(database)), Outbox(database)
    async with receiver(*[500] * 10) as to:
        webhook(house, to)
        for _ in range(len(PAUSES) + 5):
            await post.send_due()
            let_time_pass(database)
        assert len(to.came) == len(PAUSES) + 1
        (letter,) = outbox.unsent()
        assert (letter.due, letter.why) == (None, "its receiver answered 500")
        assert outbox.send_again(now()) == 1
        await post.send_due()
        assert len(to.came) == len(PAUSES) + 2
    assert outbox.unsent() == ()


async def test_a_redirect_leads_nowhere(house: Installation, database: Database) -> None:
    async with receiver(307) as to:
        webhook(house, to)
        await Post(house, Outbox(database)).send_due()
    assert (len(to.came), to.elsewhere) == (1, 0)
    assert [letter.why for letter in Outbox(database).unsent()] == ["its receiver answered 307"]


async def test_a_webhook_goes_through_no_proxy(
    house: Installation, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with receiver() as to:
        webhook(house, to)
        await Post(house, Outbox(database)).send_due()
    assert len(to.came) == 1


async def test_a_webhook_goes_only_to_whom_a_certificate_proves(house: Installation, database: Database) -> None:
    async with receiver(certificate=certified(house)) as to:
        webhook(house, to)
        await Post(house, Outbox(database)).send_due()
    assert to.came == []
    assert ["certificate" in letter.why for letter in Outbox(database).unsent()] == [True]


def certified(house: Installation) -> ssl.SSLContext:
    """A server with a certificate that it made itself."""
    provide(house.folder, "127.0.0.1")
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(house.folder / CERTIFICATE, house.folder / PRIVATE_KEY)
    return own


async def test_one_address_that_fails_keeps_no_other_waiting(house: Installation, database: Database) -> None:
    register = Register(database)
    register.put(remark("price", tell=("retail",), at=now()))
    assert register.close() == ()
    async with receiver(500) as to:
        webhook(house, to)
        await Post(house, Outbox(database)).send_due()
    assert [path.parent.name for path in house.told.rglob("*.json")] == ["retail"]
    assert [letter.department for letter in Outbox(database).unsent()] == ["wholesale"]


async def test_killed_between_sending_and_noting_it_is_sent_again_with_the_same_id(
    house: Installation, database: Database
) -> None:
    async with receiver() as to:
        webhook(house, to)
        to.may_answer.clear()
        async with engine(house):
            await until(lambda: len(to.came) == 1)
        to.may_answer.set()
        assert [letter.remark.reason for letter in Outbox(database).due(now(), 9)] == ["wish"]
        note(database, "price")  # nothing else is lost either
        async with engine(house):
            await until(lambda: len(to.came) == 3)
            await until(lambda: not Outbox(database).due(now(), 9))
    assert to.came.count(to.came[0]) == 2
    assert len(set(to.came)) == 2


async def test_of_two_engines_one_sends_and_the_other_goes_on_when_it_is_gone(
    house: Installation, database: Database
) -> None:
    async with receiver() as to:
        webhook(house, to)
        async with engine(house):
            await until(lambda: len(to.came) == 1)
            with pytest.raises(AlreadyRunning), house.posting():
                pass
            ours = asyncio.create_task(Post(house, Outbox(database), Pace(look=0.02, turn=0.02)).keep())
            note(database, "price")
            await until(lambda: len(set(to.came)) == 2)
        note(database, "order")
        await until(lambda: len(set(to.came)) == 3)
        ours.cancel()


class LockedAtFirst(Outbox):
    """Takes no notes of what is sent, three times."""

    refusals = 3

    def sent(self, letter: str, at: dt.datetime) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OSError("locked")
        super().sent(letter, at)


async def test_what_cannot_be_noted_as_sent_is_not_sent_again(house: Installation, database: Database) -> None:
    outbox = LockedAtFirst(database)
    post = Post(house, outbox)
    async with receiver() as to:
        webhook(house, to)
        for _ in range(3):
            with pytest.raises(OSError, match="locked"):
                await post.send_due()
        await post.send_due()
    assert len(to.came) == 1
    assert outbox.due(now(), 9) == ()


async def test_a_mail_is_handed_to_the_server_here(house: Installation, database: Database) -> None:
    async with mail_server() as box:
        mail = f"mail: {{server: 127.0.0.1, port: {box.port}, tls: none, from: us@example.com}}\n"
        settings(house, mail + "tell: {any: {mail: office@example.com}}")
        await Post(house, Outbox(database)).send_due()
    (told,) = box.mails
    assert (told["To"], told["Subject"]) == ("office@example.com", "wish: call 1.1")
    assert "customer  c1" in told.get_content()
    assert Outbox(database).unsent() == ()


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "a stranger's certificate"])
async def test_a_mail_goes_only_to_a_server_that_proves_who_it_is(
    house: Installation, database: Database, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(house.folder / CERTIFICATE))
    async with mail_server(certified(house)) as box:
        mail = f"mail: {{server: 127.0.0.1, port: {box.port}, from: us@example.com, user: us, password: hush}}\n"
        settings(house, mail + "tell: {any: {mail: office@example.com}}")
        await Post(house, Outbox(database)).send_due()
    assert ("AUTH" in box.said, len(box.mails)) == (trusted, int(trusted))
    assert [letter.why.count("CERTIFICATE_VERIFY_FAILED") for letter in Outbox(database).unsent()] == [1] * (
        not trusted
    )
