"""The HTTP API as a process: who is let in, by what, and what is said to those who are not."""

import io
import signal
import socket
import ssl
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from starlette.requests import HTTPConnection

from db.accounts import AccountBook
from db.database import connect
from dialplan import certificate
from premises.clock import now
from premises.installation import Installation
from tests.company import settle
from tests.integration.web_api import PASSWORD, Api, address, running, serving, sign_in, start
from web.__main__ import AGAIN_SECONDS
from web.asking import LONGEST_BODY
from web.entrance import REQUESTS, Entrance
from web.office import open_office
from web.problems import Problem

OLGA = {"name": "olga", "password": PASSWORD}
JSON = {"Content-Type": "application/json"}
TOO_LONG = io.BytesIO(b" " * (LONGEST_BODY + 1))
TOO_DEEP = b'{"reason": ' + b"[" * 100_000 + b"]" * 100_000 + b', "kind": "away"}'


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        yield api


async def test_everybody_may_know_that_it_is_alive_and_what_it_can_be_asked(api: Api) -> None:
    assert await api.get(None, "/health") == {"alive": True}
    assert (await api.get(None, "/openapi.json"))["openapi"] == "3.1.0"


async def test_a_browser_signs_in_stays_so_and_signs_out(api: Api) -> None:
    jar = aiohttp.CookieJar(unsafe=True)  # which means: also of an address without a name
    async with aiohttp.ClientSession(api.url, cookie_jar=jar) as browser:
        async with browser.post("/session", json=OLGA) as answer:
            cookie = answer.headers["Set-Cookie"]
            assert (answer.status, (await answer.json())["role"]) == (200, "operator")
        for needed in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"):
            assert needed in cookie
        async with browser.get("/me") as answer:
            assert (await answer.json())["account"] == "olga"
        async with browser.delete("/session") as answer:
            assert answer.status == 204
        async with browser.get("/me") as answer:
            assert answer.status == 401


async def test_a_cookie_that_was_signed_out_is_worth_nothing(api: Api) -> None:
    signed_in = await api.ask(None, "POST", "/session", json=OLGA)
    cookie = {"Cookie": signed_in.headers["Set-Cookie"].partition(";")[0]}
    assert (await api.ask(None, "GET", "/me", headers=cookie)).status == 200
    await api.ask(None, "DELETE", "/session", headers=cookie)
    assert (await api.ask(None, "GET", "/me", headers=cookie)).status == 401


async def test_a_program_gets_a_token(api: Api) -> None:
    made = await api.ask(None, "POST", "/tokens", json=OLGA)
    assert made.status == 201
    assert "Set-Cookie" not in made.headers
    proof = {"Authorization": f"Bearer {made.json['token']}"}
    assert (await api.ask(None, "GET", "/me", headers=proof)).json["person"] == "olga"


async def test_no_token_is_in_the_database(api: Api) -> None:
    made = await api.ask(None, "POST", "/tokens", json=OLGA)
    dumped = "".join(
        str(row) for row in api.database.engine.raw_connection().cursor().execute("SELECT * FROM sessions")
    )
    assert made.json["token"] not in dumped


@pytest.mark.parametrize(
    ("name", "password"),
    [("olga", "wrong horse battery"), ("nobody", PASSWORD)],
    ids=["a wrong password", "an unknown name"],
)
async def test_who_may_not_sign_in_is_not_told_why(api: Api, name: str, password: str) -> None:
    answer = await api.ask(None, "POST", "/session", json={"name": name, "password": password})
    assert (answer.status, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.json["detail"].startswith("name or password is wrong")


async def test_a_new_password_ends_all_sessions_of_the_account(api: Api) -> None:
    new = {"old": PASSWORD, "new": "another long password"}
    assert (await api.ask("anna", "PUT", "/me/password", json=new)).status == 204
    assert (await api.ask("anna", "GET", "/me")).status == 401


@pytest.mark.parametrize(
    ("method", "path", "given", "status", "says"),
    [
        pytest.param("GET", "/me", {}, 401, "sign in first", id="nobody has signed in"),
        pytest.param("GET", "/me?token=x", {"who": "olga"}, 400, "takes no parameters", id="a secret in an address"),
        pytest.param("GET", "/nothing", {}, 404, "/openapi.json says what there is", id="no such path"),
        pytest.param("POST", "/me", {}, 405, "none of this path's methods", id="no such method"),
        pytest.param("POST", "/session", {"data": b"name=olga"}, 415, "send JSON", id="a form"),
        pytest.param(
            "POST", "/session", {"json": OLGA | {"as": "root"}}, 400, "unknown field `as`", id="unknown field"
        ),
        pytest.param("POST", "/session", {"json": {"name": "olga"}}, 400, "missing required field", id="half of it"),
        pytest.param("POST", "/session", {"data": TOO_LONG, "headers": JSON}, 413, "at most 1048576", id="too long"),
        pytest.param(
            "PUT",
            "/people/olga/duty",
            {"who": "olga", "data": TOO_DEEP, "headers": JSON},
            400,
            "the body: maximum recursion depth",
            id="too many brackets",
        ),
    ],
)
async def test_what_goes_wrong_is_told_with_what_to_do(
    api: Api, method: str, path: str, given: dict[str, Any], status: int, says: str
) -> None:
    answer = await api.ask(given.get("who"), method, path, **{key: one for key, one in given.items() if key != "who"})
    assert (answer.status, answer.json["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert says in answer.json["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="another site's page"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a neighbour's page"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="another site's page in an old browser"),
        pytest.param({"Origin": "null"}, 403, id="a page from nowhere"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 204, id="a page of ours"),
        pytest.param({}, 204, id="no browser"),
    ],
)
async def test_only_pages_of_ours_change_anything(api: Api, headers: dict[str, str], status: int) -> None:
    begun = AccountBook(api.database).begin("olga", "browser", now())
    assert begun
    port = api.url.rpartition(":")[2]
    cookie = {"Cookie": f"session-{port}={begun[0]}"}
    assert (await api.ask(None, "DELETE", "/session", headers=headers | cookie)).status == status


async def test_an_answer_is_kept_by_nobody(api: Api) -> None:
    answer = await api.ask("olga", "GET", "/me")
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in {name.lower() for name in answer.headers}


async def test_no_secret_is_in_the_log(api: Api) -> None:
    made = await api.ask(None, "POST", "/tokens", json=OLGA)
    log = (api.installation.logs / "web.log").read_text()
    assert '"signed in"' in log
    assert made.json["token"] not in log
    assert PASSWORD not in log


def test_its_files_are_for_their_owner_only(api: Api) -> None:
    for file in (api.installation.web_file, api.installation.logs / "web.log"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_one_in_the_same_folder_is_refused(api: Api) -> None:
    with start(api.installation) as second:
        _, said = second.communicate(timeout=30)
    assert second.returncode == 1
    assert b"another HTTP API serves from" in said


async def test_who_guesses_has_to_wait(api: Api) -> None:
    guess = OLGA | {"password": "guess"}
    tries = [await api.ask(None, "POST", "/session", json=guess)]
    while tries[-1].status == 401 and len(tries) < 15:
        tries.append(await api.ask(None, "POST", "/session", json=guess))
    assert tries[-1].status == 429
    assert int(tries[-1].headers["Retry-After"]) >= 1


async def test_it_comes_back_at_the_same_address_and_with_its_sessions(tmp_path: Path) -> None:
    with serving(tmp_path) as api:
        first = api.url
    (api.installation.logs / "web.log").unlink()
    with running(api.installation) as second:
        assert second == first
        assert (await api.ask("olga", "GET", "/me")).status == 200


async def test_tls(tmp_path: Path) -> None:
    installation = settle(tmp_path)
    certificate.provide(tmp_path, "127.0.0.1")
    with (tmp_path / "settings.yaml").open("a") as settings:
        settings.write(f"web: {{certificate: {certificate.CERTIFICATE}, key: {certificate.KEY}}}\n")
    with running(installation) as url:
        assert url.startswith("https://")
        context = ssl.create_default_context(cafile=tmp_path / certificate.CERTIFICATE)
        async with aiohttp.ClientSession() as session, session.get(f"{url}/health", ssl=context) as answer:
            assert answer.status == 200
        await _signs_in_over_tls(installation, url, context)


async def _signs_in_over_tls(installation: Installation, url: str, context: ssl.SSLContext) -> None:
    """The cookie goes through no network in the clear, is this very host's, and lets in, to the stream as well."""
    with closing(connect(installation.settings.database or "")) as database:
        sign_in(AccountBook(database))
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        async with browser.post(f"{url}/session", json=OLGA, ssl=context) as answer:
            cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-session-")
        assert "Secure" in cookie.split("; ")
        headers = {"Cookie": cookie.partition(";")[0], "Origin": url}
        async with browser.ws_connect(f"{url}/events", headers=headers, ssl=context) as socket:
            assert "sequence" in await socket.receive_str()


async def test_one_companys_accounts_and_sessions_are_nothing_to_another(api: Api, tmp_path: Path) -> None:
    with serving(tmp_path) as other:
        AccountBook(other.database).remove("galina")
        strangers = {"Authorization": f"Bearer {api.tokens['root']}"}
        assert (await other.ask(None, "GET", "/calls", headers=strangers)).status == 401
        port = other.url.rpartition(":")[2]
        cookie = {"Cookie": f"session-{port}={api.tokens['root']}"}
        assert (await other.ask(None, "GET", "/calls", headers=cookie)).status == 401
        galina = {"name": "galina", "password": PASSWORD}
        assert (await other.ask(None, "POST", "/tokens", json=galina)).status == 401


def test_who_asks_too_much_has_to_wait_and_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    scope = {"type": "http", "headers": []}
    one, other = (HTTPConnection(scope | {"client": (address, 1)}) for address in ("192.0.2.1", "192.0.2.2"))
    with open_office(settle(tmp_path)) as office:
        entrance = Entrance(office)

        def ask_on() -> None:
            for _ in range(3 * REQUESTS.burst):
                entrance.count(one)

        with pytest.raises(Problem, match="asks too much") as why:
            ask_on()
        assert (why.value.status, int(why.value.headers["Retry-After"]) >= 1) == (429, True)
        entrance.count(other)


@pytest.mark.parametrize(
    ("web", "says"),
    [
        pytest.param("{address: 0.0.0.0}", "is beyond this machine: give certificate and key", id="in the clear"),
        pytest.param("{certificate: a.pem}", "certificate and key go together", id="half of it"),
        pytest.param("{certificate: a.pem, key: b.pem}", "a.pem: No such file", id="no such certificate"),
        pytest.param(
            "{certificate: settings.yaml, key: settings.yaml}", "are no certificate and its key", id="no certificate"
        ),
        pytest.param("{address: 192.0.2.1, port: 8443}", "192.0.2.1 is", id="beyond this machine, in the clear"),
        pytest.param("{port: 70000}", "web.port", id="no such port"),
    ],
)
def test_settings_that_cannot_be_used_are_told(tmp_path: Path, web: str, says: str) -> None:
    (tmp_path / "settings.yaml").write_text(f"web: {web}\n")
    with start(Installation(tmp_path)) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline().decode()
        finally:
            process.kill()
    assert f"{tmp_path}/settings.yaml" in said
    assert says in said
    assert not (tmp_path / "web.json").exists()


def test_a_port_that_another_program_has_is_told_once_and_taken_when_it_is_free(tmp_path: Path) -> None:
    installation = settle(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other, ExitStack() as stack:
        port = other.getsockname()[1]
        with (tmp_path / "settings.yaml").open("a") as settings:
            settings.write(f"web: {{port: {port}}}\n")
        process = stack.enter_context(start(installation))
        stack.callback(process.kill)
        assert process.stderr is not None
        said = process.stderr.readline().decode()
        time.sleep(2 * AGAIN_SECONDS)
        other.close()
        assert address(installation, process) == f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr.read() == b""
    assert f"web: port: another program has {port}: end it, or set another one" in said
