"""What is kept of a customer is handed out whole, and erased so that nothing brings it back."""

import datetime as dt
import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ari_app.cli import main
from ari_app.erasing import Erased, NotErased, erase
from ari_app.outbox.contents import as_json
from db import personal
from db.copying import Pace, copy_customers
from db.database import Database
from db.directory import Directory
from db.outbox import Outbox
from db.personal import CallsGoOnError, known_of
from db.records import Row
from db.register import Register
from db.snapshot import Snapshot
from db.stories import CallStory, Stories
from db.tables import Customers
from db.tasks import TaskList
from db.writing.spool import Spool
from premises.access import AccessLog
from premises.clock import now
from premises.installation import Installation
from tests.integration import rows
from tests.integration.conftest import Import
from tests.integration.rows import after
from tests.integration.test_outbox import remark

NUMBER, SECOND, OTHERS = "+79160000101", "+74952220101", "+79160000102"
CUSTOMERS = f"""id,name,type,numbers,overdue,balance,code
c1,Ромашка,key,{NUMBER} {SECOND},10.50,200,4471
c2,Тюльпан,key,{OTHERS},,,
"""
LEFT = "Иван Ромашкин"
CALLS = [
    rows.call("1.1", number=NUMBER, customer="c1", name=LEFT, trail=b'{"rules": "x"}', facts='"Ромашка"'.encode()),
    rows.call("1.2", number=SECOND, customer=None, name=None, trail=b"", facts=b"", dialled=">mark"),  # we called it
    rows.call("1.3", number="+79999999999", customer="c1", name=LEFT, trail=b"", facts=b""),  # an old number
    rows.call("1.4", number=OTHERS, customer="c2", trail=b"", facts=b""),
    rows.call("1.5", number=NUMBER, customer="c2", trail=b"", facts=b""),  # it was another one's then
]
SOUNDS: list[Row] = [
    rows.leg("leg-1.1-1", call="1.1"),
    rows.recording("1.1"),
    rows.recording("1.4"),
    rows.message("m-1.1-1", call="1.1"),
]


CALLED: list[Row] = [
    rows.leg("leg-1.2-1", call="1.2", person=SECOND),
    rows.leg("leg-1.2-2", call="1.2", person="mark"),
]

WORDS = "Ромашкин просит звонить вечером"
REMARKS: list[Row] = [
    remark("wish", text=WORDS, tell=("retail",)),
    remark("price", call="1.4", text="of another one", tell=("retail",)),
]


@pytest.fixture
def installation(tmp_path: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("SWITCHBOARD_DATABASE", migrated_url)
    installation = Installation(tmp_path / "data")
    installation.prepare()
    for folder, file in ((installation.recordings, "2026/11/24/1.1.wav"), (installation.messages, "m-1.1-1.wav")):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(b"sound of it")
    return installation


@pytest.fixture
def database(database: Database, customers_from: Import, installation: Installation) -> Database:
    assert customers_from(CUSTOMERS).mistakes == ()
    register = Register(database)
    tasks = (rows.task("m-1.1-1", call="1.1"), rows.task("m-1.4-1", call="1.4"))
    register.put(*CALLS, *SOUNDS, *CALLED, *REMARKS, *tasks)
    assert register.close() == ()
    copy_customers(database, Snapshot(installation.snapshot).customers_file, Pace(share=1.0))
    return database


def test_all_that_is_known_of_a_customer(database: Database) -> None:
    known = known_of(database, "c1")
    assert known.entry is not None
    assert (known.entry["name"], known.numbers) == ("Ромашка", (SECOND, NUMBER))
    assert "code" not in known.entry
    assert [story.call.id for story in known.calls] == ["1.1", "1.2", "1.3"]
    assert [leg.id for leg in known.calls[0].legs] == ["leg-1.1-1"]
    assert {type(sound) for sound in known.sounds} == {type(row) for row in SOUNDS[1:]}


def test_its_calls_stay_as_numbers_without_a_person(database: Database, installation: Installation) -> None:
    stories = Stories(database)
    before = stories.story("1.1")
    assert erase(installation, database, "c1") == Erased(entry=True, calls=3, files=2)
    for key in ("1.1", "1.2", "1.3"):
        story = stories.story(key)
        assert story is not None
        call = story.call
        assert (call.number, call.name, call.customer, call.facts, call.trail) == (None, None, None, b"", b"")
        assert call.erased is not None
    story = stories.story("1.1")
    assert story is not None
    assert before is not None
    assert story.legs == before.legs
    assert story.recording is not None
    assert story.recording.removed is not None
    assert [message.removed is not None for message in story.messages] == [True]
    kept = ("arrived", "answered", "ended", "end", "dialled", "intent", "cause", "served_by")
    assert [getattr(story.call, name) for name in kept] == [getattr(before.call, name) for name in kept]


def test_whom_we_called_is_somebody_outside_then(database: Database, installation: Installation) -> None:
    erase(installation, database, "c1")
    assert [leg.person for leg in known_story(database, "1.2").legs] == ["+", "mark"]


def test_nothing_is_owed_to_it_any_more(database: Database, installation: Installation) -> None:
    assert main(["customer", "--data", str(installation.folder), "erase", "c1", "--yes"]) == 0
    assert [owed.task.id for owed in TaskList(database).open()] == ["m-1.4-1"]


def test_what_was_noted_stays_to_be_counted_and_nobody_is_told_of_it_any_more(
    database: Database, installation: Installation
) -> None:
    outbox = Outbox(database)
    folder = installation.told / "retail"
    folder.mkdir(parents=True)
    for letter in outbox.due(now(), 9):
        (folder / f"{letter.id}.json").write_bytes(as_json(letter))
    erase(installation, database, "c1")
    (noted,) = known_story(database, "1.1").remarks
    assert (noted.reason, noted.department, noted.text, noted.erased is not None) == ("wish", "wholesale", None, True)
    assert [letter.remark.id for letter in outbox.due(now(), 9)] == ["remark-price"]
    assert [json.loads(file.read_bytes())["data"]["reason"] for file in folder.iterdir()] == ["price"]


def known_story(database: Database, call: str) -> CallStory:
    story = Stories(database).story(call)
    assert story is not None
    return story


def test_others_lose_nothing(database: Database, installation: Installation) -> None:
    others = {key: Stories(database).story(key) for key in ("1.4", "1.5")}
    erase(installation, database, "c1")
    assert {key: Stories(database).story(key) for key in others} == others
    assert Directory(database).customer(OTHERS) is not None


def test_nothing_of_it_is_left_in_directory_snapshot_and_files(database: Database, installation: Installation) -> None:
    snapshot = Snapshot(installation.snapshot)
    assert snapshot.customer(NUMBER) is not None
    erase(installation, database, "c1")
    for known in (Directory(database), snapshot):
        assert [known.customer(number) for number in (NUMBER, SECOND)] == [None, None]
        assert known.customer(OTHERS) is not None
    assert [file for folder in (installation.recordings, installation.messages) for file in folder.rglob("*.wav")] == []
    snapshot.close()


def test_not_even_in_the_bytes_of_the_file(database: Database, installation: Installation) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL's own files are VACUUM's business")
    erase(installation, database, "c1")
    file = Path(str(database.engine.url.database))
    left = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    left += b"".join(path.read_bytes() for path in installation.folder.rglob("*") if path.is_file())
    for what in ("Ромашк", WORDS, SECOND, "+79999999999"):
        assert what.encode() not in left


def test_doing_it_again_does_no_harm(database: Database, installation: Installation) -> None:
    erase(installation, database, "c1")
    first = [Stories(database).story(key) for key in ("1.1", "1.2", "1.3", "1.4")]
    assert erase(installation, database, "c1") == Erased(entry=False, calls=0, files=0)
    assert [Stories(database).story(key) for key in ("1.1", "1.2", "1.3", "1.4")] == first


def test_a_row_that_comes_late_does_not_bring_it_back(database: Database, installation: Installation) -> None:
    erase(installation, database, "c1")
    register = Register(database)
    register.put(CALLS[0], *SOUNDS, REMARKS[0])
    assert register.close() == ()
    story = known_story(database, "1.1")
    assert [noted.text for noted in story.remarks] == [None]
    assert (story.call.number, story.call.customer, story.call.facts) == (None, None, b"")
    assert story.recording is not None
    assert story.recording.removed is not None


@pytest.mark.parametrize(
    "row",
    [
        rows.call("9.1", customer="c1"),
        rows.call("9.2", customer=None, number=SECOND),
        rows.recording("1.1"),
        rows.message("m-2", call="1.2"),
        remark("wish", call="1.2"),
    ],
    ids=["a call of it", "a call from its number", "a recording of its call", "a message of its call", "a remark"],
)
@pytest.mark.parametrize("damaged", [False, True], ids=["waiting", "damaged"])
def test_what_the_spool_has_must_be_delivered_first(
    database: Database, installation: Installation, row: Row, damaged: bool
) -> None:
    spool = Spool(installation.spool)
    spool.append([rows.call("9.9", customer="c2"), row])
    if damaged:
        next(installation.spool.glob("*.rows")).rename(installation.spool / "old.damaged")
    with pytest.raises(NotErased, match="has rows of this customer"):
        erase(installation, database, "c1")
    spool.close()
    assert known_of(database, "c1").entry is not None
    assert list(AccessLog(installation.access_log).entries()) == []


def test_what_the_spool_has_of_others_is_no_matter(database: Database, installation: Installation) -> None:
    spool = Spool(installation.spool)
    spool.append([rows.call("9.9", customer="c2", number=NUMBER), rows.leg("leg-9.9-1", call="9.9")])
    assert erase(installation, database, "c1").entry
    spool.close()


def test_a_recording_that_is_not_sealed_must_be_sealed_first(database: Database, installation: Installation) -> None:
    piece = installation.pbx / "spool" / "monitor" / "1.2-t.wav"
    piece.parent.mkdir(parents=True)
    piece.touch()
    with pytest.raises(NotErased, match=r"recording of call 1\.2 is not sealed yet"):
        erase(installation, database, "c1")
    piece.unlink()
    assert erase(installation, database, "c1").calls == 3


def test_a_call_in_progress_must_end_first(database: Database, installation: Installation) -> None:
    register = Register(database)
    register.put(rows.call("1.9", number=NUMBER, customer="c1", ended=None, end=None))
    assert register.close() == ()
    with pytest.raises(NotErased, match=r"in progress: 1\.9"):
        erase(installation, database, "c1")
    with pytest.raises(CallsGoOnError, match=r"1\.9"):
        personal.erase(database, "c1", dt.datetime.now(dt.UTC), lambda _: None)
    assert known_of(database, "c1").entry is not None


def test_a_file_that_cannot_be_deleted_leaves_all_as_it_was(database: Database) -> None:
    def refuse(_: object) -> None:
        raise PermissionError("the disk is read-only")

    before = known_of(database, "c1")
    with pytest.raises(PermissionError):
        personal.erase(database, "c1", after(0), refuse)
    assert known_of(database, "c1") == before


def test_it_is_exported_as_json_and_noted(
    database: Database, installation: Installation, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["customer", "--data", str(installation.folder), "export", "c1"]) == 0
    told = json.loads(capfdbinary.readouterr().out)
    assert (told["directory"]["name"], told["numbers"]) == ("Ромашка", [SECOND, NUMBER])
    assert [one["call"]["id"] for one in told["calls"]] == ["1.1", "1.2", "1.3"]
    assert told["calls"][0]["call"]["trail"] == {"rules": "x"}
    assert told["calls"][0]["recording"]["file"] == "2026/11/24/1.1.wav"
    assert [one["file"] for one in told["calls"][0]["messages"]] == ["m-1.1-1.wav"]
    assert [one["text"] for one in told["calls"][0]["remarks"]] == [WORDS]
    assert b"4471" not in json.dumps(told).encode()
    assert [(one.what, one.of) for one in AccessLog(installation.access_log).entries()] == [("customer exported", "c1")]


def test_nothing_is_known_of_a_stranger(
    database: Database, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["export", "nobody"], ["erase", "nobody", "--yes"]):
        assert main(["customer", "--data", str(installation.folder), *command]) == 1
        assert "nothing is known of a customer nobody" in capsys.readouterr().err
    assert not installation.access_log.exists()


@pytest.mark.parametrize(("typed", "status"), [("c1\n", 0), ("yes\n", 1), ("", 1)], ids=["its id", "yes", "nothing"])
def test_it_is_erased_only_if_somebody_is_sure(
    database: Database, installation: Installation, monkeypatch: pytest.MonkeyPatch, typed: str, status: int
) -> None:
    monkeypatch.setattr("sys.stdin", __import__("io").StringIO(typed))
    assert main(["customer", "--data", str(installation.folder), "erase", "c1"]) == status
    with database.reading() as connection:
        count = connection.execute(select(func.count()).where(Customers.id == "c1")).scalar_one()
    assert count == status
    assert len(list(AccessLog(installation.access_log).entries())) == 1 - status


def test_it_is_erased_without_asking_and_the_obstacle_is_told(
    database: Database, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = Spool(installation.spool)
    spool.append([CALLS[0]])
    command = ["customer", "--data", str(installation.folder), "erase", "c1", "--yes"]
    assert main(command) == 1
    assert "nothing was erased: " in capsys.readouterr().err
    spool.close()
    for file in installation.spool.iterdir():
        file.unlink()
    assert main(command) == 0
    assert "customer c1: 3 calls are nobody's now, 2 sound files deleted" in capsys.readouterr().out
    assert main(["call", "--data", str(installation.folder), "1.1"]) == 0
    assert "somebody erased dialled" in capsys.readouterr().out
    assert main(["calls", "--data", str(installation.folder)]) == 0
    assert "erased" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("key", "sound"), [("1.1", "recording exported"), ("m-1.1-1", "message exported")], ids=["recording", "message"]
)
def test_a_copy_is_for_its_owner_only_and_noted(
    database: Database,
    installation: Installation,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    key: str,
    sound: str,
) -> None:
    to = tmp_path / "copy.wav"
    command = ["recordings", "--data", str(installation.folder), "export", key, str(to)]
    assert main(command) == 0
    assert (to.read_bytes(), stat.S_IMODE(to.stat().st_mode)) == (b"sound of it", 0o600)
    (access,) = AccessLog(installation.access_log).entries()
    assert (access.what, access.of, access.to) == (sound, key, str(to))
    assert main(command) == 1
    assert "File exists" in capsys.readouterr().err
    assert main(["recordings", "--data", str(installation.folder), "access"]) == 0
    listed = capsys.readouterr().out
    assert all(word in listed for word in (sound, key, str(to), access.who))


def test_what_was_deleted_or_never_was_is_not_exported(
    database: Database, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    erase(installation, database, "c1")
    said = []
    for arguments in (["1.1"], ["7.7"], []):
        assert main(["recordings", "--data", str(installation.folder), "export", *arguments]) == 1
        said.append(capsys.readouterr().err)
    assert "1.1 was deleted at" in said[0]
    assert "no recording of a call 7.7, nor a message" in said[1]
    assert "say which" in said[2]


def test_what_cannot_be_noted_is_not_handed_out(database: Database, installation: Installation, tmp_path: Path) -> None:
    installation.access_log.mkdir()
    to = tmp_path / "copy.wav"
    assert main(["recordings", "--data", str(installation.folder), "export", "1.1", str(to)]) == 1
    assert not to.exists()
