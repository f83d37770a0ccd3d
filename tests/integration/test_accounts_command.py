"""``switchboard accounts``, as somebody at a shell uses it: the password comes from standard input."""

import io
from contextlib import closing

import pytest

from ari_app.cli import main
from db.accounts import AccountBook
from db.database import connect
from premises import passwords
from premises.installation import Installation
from tests.company import settle

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return settle(tmp_path_factory.mktemp("var"))


@pytest.fixture
def accounts(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> "Accounts":
    return Accounts(installation, monkeypatch, capsys)


class Accounts:
    """Runs the command."""

    def __init__(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._installation, self._monkeypatch, self._capsys = installation, monkeypatch, capsys

    def __call__(self, *words: str, types: str = "") -> tuple[int, str]:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(types))
        status = main(["accounts", *words, "--data", str(self._installation.folder)])
        told = self._capsys.readouterr()
        return status, told.out + told.err

    def kept(self, name: str) -> str | None:
        with closing(connect(self._installation.settings.database or "")) as database:
            return AccountBook(database).password(name)


def test_an_account_is_made_its_password_changed_and_it_is_removed(accounts: Accounts) -> None:
    assert accounts("add", "olga", "--role", "operator", types=f"{PASSWORD}\n") == (
        0,
        "olga: may sign in as operator, is olga\n",
    )
    assert passwords.fits(PASSWORD, accounts.kept("olga"))
    status, told = accounts()
    assert (status, "operator" in told) == (0, True)
    assert accounts("password", "olga", types="another long password\n")[0] == 0
    assert passwords.fits("another long password", accounts.kept("olga"))
    assert accounts("remove", "olga") == (0, "olga: is no account any more\n")
    assert accounts.kept("olga") is None


@pytest.mark.parametrize(
    ("words", "types", "says"),
    [
        pytest.param("add root", PASSWORD, "say --role: one of operator, supervisor", id="no role"),
        pytest.param("add root --role admin", "short", "at least 12 characters: nothing was changed", id="too short"),
        pytest.param("add a/b --role admin", PASSWORD, "is no name for an account", id="no name"),
        pytest.param("add x --role operator", PASSWORD, "say --person: the operator is somebody", id="whose calls?"),
        pytest.param("add x --role head --person y", PASSWORD, "in the directory is called 'y'", id="a stranger"),
        pytest.param("password nobody", PASSWORD, "there is no account 'nobody'", id="no such account"),
        pytest.param("remove nobody", "", "there is no account 'nobody'", id="nothing to remove"),
        pytest.param("add", PASSWORD, "say whose", id="nobody named"),
    ],
)
def test_what_cannot_be_done_is_told(accounts: Accounts, words: str, types: str, says: str) -> None:
    status, told = accounts(*words.split(), types=types)
    assert status == 1
    assert says in told


def test_a_name_is_given_once(accounts: Accounts) -> None:
    assert accounts("add", "sveta", "--role", "supervisor", types=PASSWORD)[0] == 0
    status, told = accounts("add", "sveta", "--role", "admin", types=PASSWORD)
    assert (status, "there is an account 'sveta' already" in told) == (1, True)
