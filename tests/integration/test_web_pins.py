"""Setting and removing PINs over the HTTP API."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.accounts import Account
from db.pins import PinBook
from premises import passwords
from premises.clock import now
from tests.company import settle
from tests.integration.web_api import Api, serving
from web.office import open_office
from web.permissions import Asker
from web.pins import NewPin, set_pin
from web.words import OfOne

OLGA = "302"
"""Her extension."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        yield api


def signs_in(api: Api, pin: str) -> bool:
    """Whether olga does by this PIN."""
    kept = PinBook(api.database).of(OLGA)
    return kept is not None and passwords.fits(pin, kept.pin)


async def test_a_pin_signs_in_until_it_is_another_one_or_none(api: Api) -> None:
    assert (await api.ask("root", "PUT", "/people/olga/pin", json={"pin": "471108"})).status == 204
    assert signs_in(api, "471108")
    assert (await api.ask("olga", "PUT", "/people/olga/pin", json={"pin": "8026"})).status == 204
    assert (signs_in(api, "8026"), signs_in(api, "471108")) == (True, False)
    for _ in range(2):  # also where there is none any more
        assert (await api.ask("root", "DELETE", "/people/olga/pin")).status == 204
        assert PinBook(api.database).of(OLGA) is None


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        pytest.param("root", "anna", 204, id="an admin anybody's"),
        pytest.param("olga", "olga", 204, id="one's own"),
        pytest.param("olga", "oleg", 404, id="not a colleague's"),
        pytest.param("galina", "olga", 404, id="not that of somebody whom one leads"),
        pytest.param("sveta", "olga", 404, id="not without being somebody"),
        pytest.param("audit", "olga", 403, id="not by somebody who only looks"),
        pytest.param("root", "nobody", 404, id="nobody's"),
    ],
)
async def test_who_may_set_and_remove_whose_pin(api: Api, who: str, whose: str, status: int) -> None:
    answer = await api.ask(who, "PUT", f"/people/{whose}/pin", json={"pin": "4711"})
    assert answer.status == status
    assert (await api.ask(who, "DELETE", f"/people/{whose}/pin")).status == status


@pytest.mark.parametrize(
    ("pin", "status", "why"),
    [
        pytest.param("234567", 409, "the first PIN that anybody tries", id="a row"),
        pytest.param("471", 400, "pin", id="too short"),
        pytest.param("4711081180267", 400, "pin", id="too long"),
        pytest.param("47a1", 400, "pin", id="not only digits"),
    ],
)
async def test_what_is_no_pin_is_refused_with_the_reason(api: Api, pin: str, status: int, why: str) -> None:
    answer = await api.ask("root", "PUT", "/people/olga/pin", json={"pin": pin})
    assert (answer.status, why in answer.json["detail"]) == (status, True)


async def test_a_pin_is_never_told_nor_written_down(api: Api) -> None:
    pins = {"40118822": 204, "47118822x": 400, "98765432": 409}
    for pin, status in pins.items():
        answer = await api.ask("root", "PUT", "/people/olga/pin", json={"pin": pin})
        assert (answer.status, pin.encode() in answer.content) == (status, False)
    told = await api.ask("root", "GET", "/people/olga")
    written = b"".join(file.read_bytes() for file in api.installation.logs.iterdir())
    assert b"sets the PIN of somebody" in written
    assert not any(pin.encode() in told.content + written for pin in pins)


async def test_hashing_a_pin_keeps_no_question_to_the_database_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "kept", lambda _: threading.current_thread().name)
    root = Asker(account=Account(name="root", role="admin", made=now()), kind="program")
    with open_office(settle(tmp_path)) as office:
        await set_pin(office, root, OfOne(id="olga"), NewPin(pin="4711"))
        hashed = office.pins.of(OLGA)
    assert hashed is not None
    assert hashed.pin == "passwords 1"
