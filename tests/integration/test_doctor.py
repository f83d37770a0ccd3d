"""What ``switchboard doctor`` says of a register, a snapshot and a database that are not as they should be."""

import datetime as dt
import os
import socket
import time
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from ari_app.cli import main
from db.database import connect, file_url
from db.outbox import Outbox
from db.register import Register
from db.snapshot import Snapshot
from db.writing.segment import SUFFIX
from db.writing.spool import Spool
from dialplan import certificate
from premises.clock import now
from premises.installation import Installation
from tests.company import settle
from tests.integration import rows
from tests.integration.test_outbox import remark
from tests.integration.web_api import running


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    installation = Installation(tmp_path / "data")
    installation.prepare()
    return installation


def told(installation: Installation, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["doctor", "--data", str(installation.folder), *options]) == 1  # no engine runs here
    return capsys.readouterr().out


def test_a_new_installation_lacks_nothing_of_it(installation: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(installation, capsys)
    for name in ("disk", "register", "snapshot"):
        assert f"✓ {name}" in said


def test_rows_that_wait_for_the_database_are_counted(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = Spool(installation.spool)
    spool.append([rows.call("1.1"), rows.call("1.2")])
    (installation.spool / "old.damaged").touch()
    said = told(installation, capsys)
    assert "✗ register" in said
    assert "2 rows wait in" in said
    assert f"{installation.spool}/old.damaged was damaged" in said
    assert [path.suffix for path in installation.spool.glob(f"*{SUFFIX}")] == [SUFFIX]
    spool.close()


def test_damaged_files_of_the_spool_are_named_until_they_are_dropped(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    file = installation.spool / "old.damaged"
    file.touch()
    os.utime(file, (86_400, 86_400))
    assert "./switchboard audit --since 1970-01-0" in told(installation, capsys)
    said = told(installation, capsys, "--drop-damaged")
    assert f"deleted: {file}" in said
    assert "✓ register" in said
    assert not file.exists()


def test_an_old_snapshot_is_told(installation: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    file = Snapshot(installation.snapshot).customers_file
    file.touch()
    os.utime(file, (time.time() - 86_400, time.time() - 86_400))
    assert "the snapshot of the directory is 1 day, 0:00:0" in told(installation, capsys)


def test_a_folder_that_takes_nothing_is_told(installation: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    installation.messages.rmdir()
    installation.messages.symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        installation.prepare()
    installation.messages.unlink()
    installation.messages.symlink_to("/proc")
    assert f"nothing can be kept in {installation.messages}" in told(installation, capsys)


def test_without_a_database_all_else_is_looked_at(
    installation: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SWITCHBOARD_DATABASE", f"postgresql://nobody@/none?host={tmp_path}")
    said = told(installation, capsys)
    assert "✗ directory" in said
    assert "✗ recordings" in said
    assert "✓ register" in said
    assert "✗ engine" in said


def test_people_are_found_wherever_their_database_is(
    installation: Installation, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (installation.folder / "settings.yaml").write_text(f"database: {file_url(tmp_path / 'elsewhere.db')}\n")
    assert "nobody is in it" in told(installation, capsys)
    company = Path(__file__).parents[2] / "demo" / "company" / "people.csv"
    assert main(["import", "people", str(company), "--data", str(installation.folder)]) == 0
    assert "✓ directory" in told(installation, capsys)


@pytest.mark.parametrize(
    ("file", "content", "wrong"),
    [
        ("settings.yaml", "desks: many", {"settings", "rules", "directory", "recordings"}),
        ("settings.yaml", "rules: nowhere.yaml", {"rules", "outbox"}),
        ("settings.yaml", "rules: wrong.yaml", {"rules", "outbox"}),
        ("endpoints.json", '{"sip": ', {"engine"}),
    ],
)
def test_what_is_wrong_in_one_place_hides_nothing_in_another(
    installation: Installation, capsys: pytest.CaptureFixture[str], file: str, content: str, wrong: set[str]
) -> None:
    (installation.folder / "wrong.yaml").write_text("company: {}\n")
    (installation.folder / file).write_text(content)
    said = told(installation, capsys)
    assert {name for name in wrong if f"✗ {name}" not in said} == set()
    assert "✗ engine\n    not running" in said


def test_departments_that_could_not_be_told_are_named_until_they_are(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    (installation.folder / "settings.yaml").write_text(
        "mail: {server: mail.example.com, from: a@example.com}\ntell: {wolesale: {mail: orders@example.com}}\n"
    )
    with closing(connect(installation.settings.database or "")) as database:
        register, outbox = Register(database), Outbox(database)
        register.put(remark("wish"), remark("price"))
        assert register.close() == ()
        for letter in outbox.due(now(), 9):
            outbox.failed(letter, "connection refused", now() if letter.department == "retail" else None)
        said = told(installation, capsys)
        assert "✗ outbox" in said
        assert "2 letters to retail could not be sent yet (connection refused): they are tried again" in said
        assert "2 letters to wholesale were given up (connection refused): put it right, then ./switchboard" in said
        assert "`tell` has `wolesale`, and the rules have no such department" in said
        command = ["outbox", "--data", str(installation.folder)]
        assert main(command) == 0
        assert capsys.readouterr().out.count("given up") == 2
        assert main([*command, "--again"]) == 0
        assert "2 letters are tried again" in capsys.readouterr().out
        for letter in outbox.due(now(), 9):
            outbox.sent(letter.id, now())
        (installation.folder / "settings.yaml").unlink()
        assert "✓ outbox" in told(installation, capsys)


def test_an_api_that_is_not_served_is_told_with_who_has_its_port(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        (installation.folder / "settings.yaml").write_text(f"web: {{port: {port}}}\n")
        assert f"✗ HTTP API\n    {installation.folder}/settings.yaml: web: port: another" in told(installation, capsys)
    assert "✗ HTTP API\n    not running, though the settings allow it" in told(installation, capsys)
    (installation.folder / "settings.yaml").write_text("web: {serve: no}\n")
    assert "✓ HTTP API\n    not to be served" in told(installation, capsys)


def test_an_api_that_answers_is_told_with_how_long_its_certificate_is_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installation = settle(tmp_path)
    certificate.provide(tmp_path, "127.0.0.1")
    with (tmp_path / "settings.yaml").open("a") as settings:
        settings.write(f"web: {{certificate: {certificate.CERTIFICATE}, key: {certificate.KEY}}}\n")
    with running(installation) as url:
        said = told(installation, capsys)
        assert f"✓ HTTP API\n    answers at {url}\n" in said
        assert f"{tmp_path}/certificate.pem is good until 20" in said
        certify(tmp_path, now() + dt.timedelta(days=9, hours=1))
        said = told(installation, capsys)
        assert "still serves a certificate that ends on 20" in said
        assert "which is 9 days: put a new one there before" in said
        certify(tmp_path, now() - dt.timedelta(days=1))
        assert "certificate.pem ended on 20" in told(installation, capsys)


def certify(folder: Path, until: dt.datetime) -> None:
    """Another certificate in the place of the one that is there, good so long."""
    private_key, file = Ed25519PrivateKey.generate(), folder / certificate.CERTIFICATE
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(who, who, private_key.public_key(), 1, until - dt.timedelta(days=90), until)
    file.write_bytes(made.sign(private_key, None).public_bytes(Encoding.PEM))
    (folder / certificate.KEY).write_bytes(private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
