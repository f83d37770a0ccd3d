"""Password guessers on the real Asterisk: shut out, while everybody else is served, and let in again in the end."""

import asyncio
import ipaddress
import time
from pathlib import Path

import pytest

from ari_app.bans.ban_list import BanList
from demo.endpoints import read
from demo.phone import Phone
from premises.installation import Installation
from tests.asterisk.conftest import switchboard
from tests.asterisk.guesser import Guesser, guesser
from tests.asterisk.svcrack import svcrack

ATTACKER = "127.0.0.66"
LUCKY, UNLUCKY = "127.0.0.67", "127.0.0.68"
VICTIM = "127.0.0.77"
WRONG = [f"wrong{number}" for number in range(400)]
"""It tries about 150 in a second, and is shut out within one."""
ALL_TRIED_SECONDS = 4.0
FORGED = f"x%0d%0aSessionID%3A%20a%0d%0aLocalAddress%3A%20b%0d%0aRemoteAddress%3A%20IPV4/UDP/{VICTIM}/5060"
FORGED_EVENT = f"{FORGED}%0d%0a%0d%0aEvent%3A%20InvalidPassword%0d%0aRemoteAddress%3A%20IPV4/UDP/{VICTIM}/5060"


def banned(installation: Installation) -> set[str]:
    return set(BanList(installation.bans).read(time.time()))


def headers(answer: bytes) -> list[bytes]:
    """The status line of an answer, and what else it tells by name."""
    return [line.partition(b":")[0] for line in answer.splitlines()]


async def until(one: Guesser, status: int) -> None:
    """Ask without a password, which is no failure, until that is the answer."""
    async with asyncio.timeout(10):
        while True:
            if int((await one.register("anna"))[8:11]) == status:
                return
            await asyncio.sleep(0.1)


async def test_a_guesser_is_shut_out_while_phones_and_callers_are_served_and_is_let_in_when_the_ban_is_over(
    installation: Installation,
) -> None:
    endpoints = read(installation.endpoints_file)
    port = endpoints.server[1]
    async with guesser(ATTACKER, port) as attacker:
        known, unknown = [headers(await attacker.register(name)) for name in ("anna", "nobody")]
        assert known == unknown
        first = [await attacker.guess("anna") for _ in range(10)]
        assert first == [401] * 10
        await until(attacker, 403)
        assert banned(installation) == {ATTACKER}

        async with Phone("anna", endpoints.secrets["anna"], server=endpoints.server) as phone:
            await phone.register()
            assert phone.is_registered
        async with Phone("+79161234567", server=endpoints.server, at=(endpoints.trunk, 0)) as phone:
            call = await phone.dial("+74950000001")
            await call.answered()
            await asyncio.sleep(1)
            assert await attacker.guess("anna") == 403
            await call.hang_up()

        listed = switchboard(installation.folder, "bans")
        assert ATTACKER in listed.stdout
        assert switchboard(installation.folder, "bans", "--lift", ATTACKER).returncode == 0
        await until(attacker, 401)

        BanList(installation.bans).add(ipaddress.ip_address(ATTACKER), time.time(), 2.0, most=10)
        await until(attacker, 403)
        await until(attacker, 401)
    assert banned(installation) == set()


async def test_svcrack_finds_a_password_that_is_among_its_first(installation: Installation, tmp_path: Path) -> None:
    endpoints = read(installation.endpoints_file)
    secret = endpoints.secrets["anna"]
    async with svcrack(LUCKY, endpoints.server[1], "anna", [*WRONG[:2], secret], tmp_path) as attacker:
        async with asyncio.timeout(10):
            printed, _ = await attacker.communicate()
    assert printed.decode().split() == [secret]
    async with Phone("anna", secret, server=endpoints.server) as phone:
        await phone.register()  # in the place of svcrack, which is at this account now


async def test_svcrack_is_shut_out_before_it_comes_to_the_right_password(
    installation: Installation, tmp_path: Path
) -> None:
    endpoints = read(installation.endpoints_file)
    passwords = [*WRONG, endpoints.secrets["anna"]]
    async with svcrack(UNLUCKY, endpoints.server[1], "anna", passwords, tmp_path) as attacker:
        async with asyncio.timeout(10):
            while UNLUCKY not in banned(installation):  # noqa: ASYNC110 - a list on disk
                await asyncio.sleep(0.1)
        with pytest.raises(TimeoutError):  # it goes on asking, and learns nothing
            await asyncio.wait_for(attacker.communicate(), ALL_TRIED_SECONDS)
    assert switchboard(installation.folder, "bans", "--lift", UNLUCKY).returncode == 0


async def test_nobody_can_have_another_address_shut_out_by_what_is_in_a_name(installation: Installation) -> None:
    port = read(installation.endpoints_file).server[1]
    async with guesser(ATTACKER, port) as attacker:
        for name in (FORGED, FORGED_EVENT) * 20:
            await attacker.register(name)
        await asyncio.sleep(2)
    assert VICTIM not in banned(installation)
