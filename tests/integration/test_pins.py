"""PINs in the directory, the command that sets one, and signing in by one at the stand-in (T3)."""

import io
from collections.abc import Callable

import pytest

from ari_app.cli import main
from db import people
from db.database import Database
from db.pins import Kept, PinBook
from premises.installation import Installation
from routing.facts import Person
from tests.company import settle
from tests.integration.test_standin import ANSWERED, served
from tests.unit.agi_peer import ENVIRONMENT

ANNA = Person(id="anna", name="Anna", role="operator", extension="101")
VERA = Person(id="vera", name="Vera", role="operator")


def staffed(database: Database) -> PinBook:
    with database.writing() as connection:
        people.put(database, connection, (ANNA, VERA))
    return PinBook(database)


def test_a_pin_is_found_by_the_internal_number_until_it_is_taken_away(database: Database) -> None:
    book = staffed(database)
    assert book.of("101") is None
    book.set("anna", "kept")
    book.set("anna", "kept anew")
    assert book.of("101") == Kept("anna", "kept anew")
    assert "kept" not in repr(book.of("101"))
    book.set("anna", None)
    assert book.of("101") is None


def test_whoever_is_no_longer_in_the_directory_has_no_pin(database: Database) -> None:
    book = staffed(database)
    book.set("anna", "kept")
    with database.writing() as connection:
        people.remove(connection, ["anna"])
    staffed(database)
    assert book.of("101") is None


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return settle(tmp_path_factory.mktemp("var"))


@pytest.fixture
def people_command(
    house: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    def run(*words: str, types: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(types))
        status = main(["people", *words, "--data", str(house.folder)])
        told = capsys.readouterr()
        return status, told.out + told.err

    return run


@pytest.mark.parametrize(
    ("words", "types", "status", "says"),
    [
        (("anna", "--pin"), "4711\n", 0, "by *44, 101# and the PIN"),
        (("anna", "--pin"), "1234\n", 1, "the first PIN that anybody tries"),
        (("anna", "--pin"), "\n", 1, "4 to 12 digits"),
        (("--pin",), "4711\n", 1, "say who"),
        (("nobody", "--pin"), "4711\n", 1, "nobody in the directory"),
    ],
)
def test_a_pin_is_set_by_the_command_line(
    people_command: Callable[..., tuple[int, str]], words: tuple[str, ...], types: str, status: int, says: str
) -> None:
    done, told = people_command(*words, types=types)
    assert (done, says in told) == (status, True)
    assert "4711" not in told


def test_who_signs_in_by_keys_calls_by_the_own_number_from_there(
    house: Installation, people_command: Callable[..., tuple[int, str]]
) -> None:
    people_command("anna", "--pin", types="4711\n")
    keys = [f"200 result={ord(key)}" for key in "101#4711#"]
    at_boris = ENVIRONMENT.replace("trunk-", "boris-") + "\n"
    code = at_boris.replace("script: call", "script: duty").replace("extension: stand-in", "extension: *44")
    asterisk, _ = served(house, {"WAIT FOR DIGIT": keys}, environment=code)
    assert [one.split('"')[1] for one in asterisk.told("STREAM")] == ["agent-user", "agent-pass", "agent-loginok"]
    assert "  sits at boris" in people_command("anna", "--why")[1].splitlines()
    assert "  sits nowhere, since anna sits at the own telephone" in people_command("boris", "--why")[1].splitlines()
    asterisk, _ = served(house, ANSWERED, environment=at_boris)
    assert 'SET VARIABLE "CALLERID(num)" "101"' in asterisk.commands
    assert 'SET VARIABLE "CALLERID(name)" "Anna Orlova"' in asterisk.commands
