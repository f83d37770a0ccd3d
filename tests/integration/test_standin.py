"""The stand-in with a real data folder and database, its Asterisk played by a script: whole calls, and the process."""

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agi.answering import answer
from db.database import Database, connect
from db.directory import Directory
from db.stories import CallStory, Stories
from dialplan.plan import LOOPBACK
from premises import ports
from premises.alone import AlreadyRunning
from premises.boxes import addressed_to
from premises.duties import Duties
from premises.installation import Installation
from premises.rulebooks import NoRules, Rulebooks
from routing import load
from routing.outcomes import Absence, HandedOver, Missed, Pressed, Said, Unanswered
from routing.rulebook import Rulebook
from routing.state import State, encode_state
from routing.trail import decode
from tests.company import TOP, settle
from tests.unit.agi_peer import CALL, ENVIRONMENT, GONE, Answers, Asterisk

KEY = "+79160000101"
TRIED = (Said(), Said(), Pressed("1"), Unanswered((Missed("anna", Absence.NO_ANSWER),)))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The sample company, whose rules were in force."""
    return settle(tmp_path_factory.mktemp("var"))


@pytest.fixture
def database(house: Installation) -> Iterator[Database]:
    opened = connect(house.settings.database or "")
    yield opened
    opened.close()


@pytest.fixture
def rulebook(house: Installation) -> Rulebook:
    return load(house.rule_file.read_bytes())


_seen = iter(range(1, 1000))


def served(
    house: Installation, answers: Answers, *, number: str = KEY, state: str = "", environment: str | None = None
) -> tuple[Asterisk, str]:
    """Serve one call in this process; gives what Asterisk was told, and the call's id."""
    call = f"1732407469.{next(_seen)}"
    told: Answers = {
        r"GET.*CALLERID\(num\)": f"200 result=1 ({number})",
        "GET.*DIALLED": "200 result=1 (+74950000001)",
        "GET.*SB_STATE": f"200 result=1 ({state})",
        "GET.*ASTDATADIR": "200 result=1 (/nowhere)",
        "GET.*DEVICE": "200 result=1 (NOT_INUSE)",
    }
    environment = (environment or ENVIRONMENT + "\n").replace(CALL, call)
    with Asterisk(answers | told, environment) as asterisk:
        answer(asterisk.ours, house, Rulebooks(house))
    return asterisk, call


def story(database: Database, call: str) -> CallStory:
    found = Stories(database).story(call)
    assert found is not None
    return found


ANSWERED: Answers = {
    "WAIT FOR DIGIT": "200 result=49",
    "STREAM FILE": "200 result=0 endpos=8000",
    "GET.*DIALSTATUS": "200 result=1 (ANSWER)",
    "GET.*HANGUPCAUSE": "200 result=1 (16)",
    "GET.*SB_ANSWERED": f"200 result=1 ({time.time():.3f})",
}


def test_a_call_is_served_from_its_arrival_to_its_closed_row(house: Installation, database: Database) -> None:
    asterisk, call = served(house, ANSWERED)
    row = story(database, call).call
    assert (row.number, row.name, row.customer, row.intent) == (KEY, "Иван", "c101", "order")
    assert (row.end, row.served_by) == ("talk", "stand-in")
    assert [leg.person for leg in story(database, call).legs] == ["anna"]
    assert decode(row.trail).ending is not None
    assert asterisk.commands[-1] == "HANGUP"
    assert 'SET VARIABLE "CALLERID(name)" "Иван"' in asterisk.commands


def test_a_call_that_an_engine_had_begun_is_continued_in_its_row(
    house: Installation, database: Database, rulebook: Rulebook
) -> None:
    at = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
    state = State(rules=rulebook.version, at=at, outcomes=TRIED, began=at, answered=at)
    asterisk, call = served(house, ANSWERED, state=encode_state(state))
    row = story(database, call).call
    assert (row.arrived, row.answered, row.end) == (at, at, "talk")
    assert decode(row.trail).outcomes[: len(TRIED)] == TRIED
    assert asterisk.told("STREAM") == []


def test_a_call_that_was_handed_over_goes_to_whom_it_was_handed_over_to(
    house: Installation, database: Database, rulebook: Rulebook
) -> None:
    outcomes = (Said(), Said(), Pressed("1"), HandedOver("anna", "102"))
    state = State(rules=rulebook.version, at=dt.datetime.now(dt.UTC), outcomes=outcomes)
    _, call = served(house, ANSWERED, state=encode_state(state))
    told = story(database, call)
    assert ([leg.person for leg in told.legs], told.call.end) == (["boris"], "talk")


def test_who_was_tried_in_the_step_under_way_is_not_rung_again(
    house: Installation, database: Database, rulebook: Rulebook
) -> None:
    tried = (Missed("boris", Absence.BUSY),)
    at = dt.datetime.now(dt.UTC)
    state = State(rules=rulebook.version, at=at, outcomes=TRIED, missed=tried)
    _, call = served(house, ANSWERED, state=encode_state(state))
    assert [leg.person for leg in story(database, call).legs] == ["viktor"]


@pytest.mark.parametrize(
    ("rules", "outcomes", "why"),
    [
        pytest.param(None, (Said(), Pressed("1")), "cannot come of", id="outcomes that do not fit"),
        pytest.param("0123456789ab", (Said(),), "were not kept", id="rules that nobody has"),
    ],
)
def test_a_call_that_cannot_go_on_begins_anew_and_says_so(
    house: Installation, database: Database, rulebook: Rulebook, rules: str | None, outcomes: tuple[Said, ...], why: str
) -> None:
    state = State(rules=rules or rulebook.version, at=dt.datetime.now(dt.UTC), outcomes=outcomes)
    _, call = served(house, ANSWERED, state=encode_state(state))
    row = story(database, call).call
    assert row.end == "talk"
    assert why in decode(row.trail).entries[0].step.notes[0].text


@pytest.mark.parametrize(
    ("answers", "end", "served_by"),
    [
        pytest.param({"ANSWER": GONE}, "caller left", "stand-in", id="the caller leaves"),
        pytest.param({"ANSWER": "close"}, "link lost", "stand-in", id="Asterisk ends"),
        pytest.param({"ANSWER": "510 Invalid"}, "failed", "ring", id="a command fails: the dialplan rings"),
    ],
)
def test_whatever_ends_a_call_closes_its_row(
    house: Installation, database: Database, answers: Answers, end: str, served_by: str
) -> None:
    asterisk, call = served(house, {"CHANNEL": "200 result=4"} | answers | ANSWERED)
    row = story(database, call).call
    assert (row.end, row.served_by, row.answered) == (end, served_by, None)
    assert bool(asterisk.told("HANGUP")) is (end == "caller left")


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        pytest.param(ENVIRONMENT + "\nagi_dnid: more\n", "behind its end", id="more than an environment"),
        pytest.param(ENVIRONMENT.replace("Иван", "x\nagi_uniqueid: 1.1") + "\n", "came twice", id="a forged one"),
    ],
)
def test_a_forged_environment_is_refused_before_anything_is_done(
    house: Installation, environment: str, why: str
) -> None:
    with capture_logs() as logs:
        asterisk, _ = served(house, {}, environment=environment)
    assert why in logs[0]["why"]
    assert asterisk.commands == []


def test_who_only_asks_whether_it_lives_is_left_at_once(house: Installation) -> None:
    asterisk, _ = served(house, {}, environment=ENVIRONMENT.replace("script: call", "script: alive") + "\n")
    assert asterisk.commands == []


def test_a_feature_code_is_kept_for_the_engines_and_for_the_directory(house: Installation, database: Database) -> None:
    environment = ENVIRONMENT.replace("script: call", "script: duty").replace("trunk-", "boris-")
    environment = environment.replace("extension: stand-in", "extension: *471")
    asterisk, _ = served(house, {}, environment=environment + "\n")
    assert len(asterisk.told("STREAM")) == 2
    said = Directory(database).read_staff().duties["boris"]
    assert (said.kind, said.reason) == ("away", "lunch")
    assert Duties(house.duties, lambda _row: None).of("boris") == said
    Directory(database).set_away("boris", None)


def test_without_a_database_callers_are_served_by_the_snapshot_and_rows_wait_in_the_spool(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(house, ANSWERED)  # the staff is in the snapshot now
    monkeypatch.setenv("SWITCHBOARD_DATABASE", "postgresql://nobody@127.0.0.1:1/nothing")
    asterisk, _ = served(house, ANSWERED)
    assert any("Dial" in command for command in asterisk.commands)
    assert any(house.spool.iterdir())


def test_without_a_directory_the_dialplan_rings(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_DATABASE", "postgresql://nobody@127.0.0.1:1/nothing")
    for file in house.snapshot.iterdir():
        file.unlink()
    with capture_logs() as logs:
        asterisk, _ = served(house, ANSWERED)
    assert logs[0]["event"] == "stood aside, the dialplan rings"
    assert asterisk.commands == []


def test_a_message_waits_for_the_engine_with_its_address(house: Installation, tmp_path: Path) -> None:
    (tmp_path / "recording").mkdir()
    answers: Answers = {
        "GET.*ASTSPOOLDIR": f"200 result=1 ({tmp_path})",
        "GET.*DEVICE": "200 result=1 (UNAVAILABLE)",
        "WAIT": "200 result=49",
        "GET.*DIALSTATUS": "200 result=1 (CHANUNAVAIL)",
    }
    recording = tmp_path / "recording" / f"m-{CALL}-s1.wav"
    environment = ENVIRONMENT + "\n"
    with Asterisk(answers | {"GET.*num": f"200 result=1 ({KEY})"}, environment) as asterisk:
        recording.write_bytes(b"")
        answer(asterisk.ours, house, Rulebooks(house))
    box = addressed_to(recording)
    assert box is not None
    assert (box.name, box.owner) == ("office", "operators")


# ------------------------------------------------------------------------------------------------------------ rules


def test_a_changed_rule_file_that_no_engine_has_looked_at_does_not_count(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.prepare()
    text = (TOP / "routing_rules.yaml").read_bytes()
    (tmp_path / "settings.yaml").write_text("rules: mine.yaml\n")
    rules = Rulebooks(installation)
    with pytest.raises(NoRules):
        rules.now()
    (tmp_path / "mine.yaml").write_bytes(text)
    first = rules.now()
    assert rules.now() is first
    (installation.rules / f"{first.version}.yaml").write_bytes(text)
    (tmp_path / "mine.yaml").write_bytes(text + b"# changed\n")
    assert rules.now().version == first.version
    assert rules.of(first.version) is rules.now()
    assert rules.of("0123456789ab") is None
    changed = load(text + b"# changed\n").version
    (installation.rules / f"{changed}.yaml").write_bytes(text + b"# changed\n")
    assert rules.now().version == changed
    earlier = rules.of(first.version)
    assert earlier is not None
    assert earlier.version == first.version
    (tmp_path / "mine.yaml").write_text("nonsense: [")
    assert rules.now().version == changed


# ---------------------------------------------------------------------------------------------------------- process


@contextmanager
def running(house: Installation) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    """The stand-in's own process, its port and its log."""
    port = ports.settle(house.ports_file).agi
    log = house.folder / "stand-in.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "agi", "--data", str(house.folder)], cwd=TOP, stderr=output)
    try:
        while "stand-in serves" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        yield process, port, log
    finally:
        process.kill()
        process.wait()


def until(log: Path, text: str) -> None:
    """Wait for a line in the log."""
    deadline = time.monotonic() + 10
    while text not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def test_the_process_refuses_a_second_one_and_ends_when_told_although_calls_go_on(house: Installation) -> None:
    with running(house) as (process, port, log):
        second = subprocess.run(
            [sys.executable, "-m", "agi", "--data", str(house.folder)],
            cwd=TOP, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        assert (second.returncode, "another stand-in serves" in second.stderr) == (1, True)
        with socket.create_connection((LOOPBACK, port)) as forged, socket.create_connection((LOOPBACK, port)) as call:
            forged.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert forged.recv(100) == b""
            until(log, "AGI environment refused")
            call.sendall(f"{ENVIRONMENT}\n".encode())
            assert call.recv(100).startswith(b"GET FULL VARIABLE")
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((LOOPBACK, port))
            with house.stood_in_for():  # the call's process does not hold the lock
                call.sendall(b"200 result=0\n")
                assert call.recv(100)
        until(log, "stood aside")


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "start ./switchboard up once"), (b"{}", "up writes it anew")],
    ids=["never started", "an old file"],
)
def test_without_ports_it_says_what_to_do(tmp_path: Path, content: bytes | None, why: str) -> None:
    installation = Installation(tmp_path)
    installation.prepare()
    if content is not None:
        installation.ports_file.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "agi", "--data", str(tmp_path)],
        cwd=TOP, capture_output=True, text=True, timeout=30, check=False, env=os.environ | {"LANG": "C"},
    )  # fmt: skip
    assert done.returncode == 1
    assert why in done.stderr


def test_a_folder_has_one_stand_in(tmp_path: Path) -> None:
    with (
        Installation(tmp_path).stood_in_for(),
        pytest.raises(AlreadyRunning, match="stand-in"),
        Installation(tmp_path).stood_in_for(),
    ):
        pass
