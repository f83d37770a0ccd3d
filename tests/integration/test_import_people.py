"""People from a CSV file, and who is away."""

import datetime as dt
from pathlib import Path

import pytest

from ari_app.cli import main
from db.database import Database
from db.directory import Directory
from db.importing import people
from dialplan.plan import TRUNK
from routing.facts import Leave, Person
from routing.presence import Duty
from tests.integration.conftest import Import

HEADER = "id,name,role,departments,hours,leave,languages,extension\n"
ANNA = 'anna,Anna Orlova,key_account_manager,wholesale retail,office,"2026-12-01..2026-12-14; 2027-01-03",en ru,101\n'
BORIS = "boris,Boris Titov,head,,,,,102\n"
NINE = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)


@pytest.fixture
def directory(database: Database) -> Directory:
    return Directory(database)


def test_people_come_in_the_order_of_their_ids_with_all_they_have(directory: Directory, people_from: Import) -> None:
    report = people_from(HEADER + BORIS + ANNA)
    assert (report.mistakes, report.rows, report.added) == ((), 2, 2)
    anna = Person(
        id="anna",
        name="Anna Orlova",
        role="key_account_manager",
        departments=("wholesale", "retail"),
        hours="office",
        leave=(
            Leave(dt.date(2026, 12, 1), dt.date(2026, 12, 14)),
            Leave(dt.date(2027, 1, 3), dt.date(2027, 1, 3)),
        ),
        languages=("en", "ru"),
        extension="101",
    )
    assert directory.staff() == (anna, Person(id="boris", name="Boris Titov", role="head", extension="102"))


MISTAKES = {
    "id": ("Anna,A,head,,,,,", "2:1: id: `Anna` cannot be an id (small letters, digits and _"),
    "the trunk": ("trunk,Tom,head,,,,,", "2:1: id: `trunk` is the way to the outside world (choose another id)"),
    "role": ("anna,A,hed,,,,,", "2:8: role: the rules have no role `hed` (did you mean `head`?)"),
    "department": (
        "anna,A,head,retail shop,,,,",
        "departments: the rules have no department `shop` (there are: finance",
    ),
    "hours": ("anna,A,head,,ofice,,,", "hours: the rules have no hours called `ofice` (did you mean `office`?)"),
    "language": ("anna,A,head,,,,de,", "languages: the rules have no language `de` (there are: en, fa, ru)"),
    "no day": ("anna,A,head,,,1.12.2026,,", "leave: `1.12.2026` is no day (write 2026-12-01 or"),
    "backwards": ("anna,A,head,,,2026-12-14 .. 2026-12-01,,", "ends before it begins (write 2026-12-01..2026-12-14)"),
    "two leaves": ("anna,A,head,,,2026-12-01|2026-12-01..2026-12-05,,", "leave: two leaves begin on 2026-12-01"),
    "extension": ("anna,A,head,,,,,x", "extension: this cannot be keyed in by everybody (2 to 8 of the digits 0 to 9)"),
    "same id": ("anna,A,head,,,,,\nanna,B,head,,,,,", "3:1: id: `anna` is the id in line 2 too"),
    "same extension": ("anna,A,head,,,,,101\nolga,B,head,,,,,101", "3:17: extension: `101` is the extension in line 2"),
    "taken extension": ("anna,A,head,,,,,102", "2:1: extension: `102` is the extension of `boris`"),
}


@pytest.mark.parametrize(("rows", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_and_nothing_changes(directory: Directory, people_from: Import, rows: str, told: str) -> None:
    people_from(HEADER + BORIS)
    before = directory.read_staff()
    report = people_from(HEADER + rows + "\n")
    (mistake,) = report.mistakes
    assert told in str(mistake)
    assert directory.read_staff() == before


def test_a_later_file_changes_only_the_columns_that_it_has(directory: Directory, people_from: Import) -> None:
    people_from(HEADER + ANNA)
    (before,) = directory.staff()
    assert people_from("id,name,role,hours\nanna,Anna Titova,head,\n").added == 0
    (after,) = directory.staff()
    assert (after.name, after.role, after.hours) == ("Anna Titova", "head", None)
    assert (after.leave, after.languages, after.extension) == (before.leave, before.languages, before.extension)


def test_two_people_may_swap_their_extensions(directory: Directory, people_from: Import) -> None:
    header = "id,name,role,extension\n"
    people_from(header + "anna,A,head,101\nboris,B,head,102\n")
    assert people_from(header + "anna,A,head,102\nboris,B,head,101\n").mistakes == ()
    assert [person.extension for person in directory.staff()] == ["102", "101"]


def test_an_empty_file_of_people_is_no_harm(directory: Directory, people_from: Import) -> None:
    people_from(HEADER + ANNA)
    assert people_from(HEADER).mistakes == ()
    assert len(directory.staff()) == 1


@pytest.fixture
def staffed(directory: Directory, people_from: Import, customers_from: Import) -> Directory:
    people_from(HEADER + ANNA + BORIS)
    customers_from("id,name,type,manager\nc1,A,key,anna\n")
    return directory


def test_who_is_not_in_the_file_stays_unless_told_otherwise(staffed: Directory, people_from: Import) -> None:
    people_from(HEADER + ANNA)
    assert len(staffed.staff()) == 2
    assert people_from(HEADER + ANNA, remove=True).removed == 1
    assert [person.id for person in staffed.staff()] == ["anna"]


def test_a_manager_of_customers_is_not_removed(staffed: Directory, people_from: Import) -> None:
    report = people_from(HEADER + BORIS, remove=True)
    assert [mistake.message for mistake in report.mistakes] == [
        "`anna` is not in this file, but the manager of customers"
    ]
    assert report.removed == 0
    assert len(staffed.staff()) == 2


def test_who_is_away_is_known_with_reason_and_time(staffed: Directory) -> None:
    staffed.set_away("anna", "lunch\x00", since=NINE)
    assert staffed.read_staff().duties == {"anna": Duty("away", "lunch\ufffd", NINE)}
    staffed.set_away("anna", None)
    assert staffed.read_staff().duties["anna"].kind == "in"


def test_away_is_since_now_unless_told_otherwise(staffed: Directory) -> None:
    before = dt.datetime.now(dt.UTC)
    staffed.set_away("anna", "training")
    since = staffed.read_staff().duties["anna"].since
    assert since is not None
    assert before <= since <= dt.datetime.now(dt.UTC)


def test_an_import_brings_nobody_back_from_lunch(staffed: Directory, people_from: Import) -> None:
    staffed.set_away("anna", "lunch", since=NINE)
    people_from(HEADER + ANNA)
    assert staffed.read_staff().duties == {"anna": Duty("away", "lunch", NINE)}


def test_nobody_unknown_can_be_away(staffed: Directory) -> None:
    with pytest.raises(KeyError, match="nadia"):
        staffed.set_away("nadia", "lunch")


def test_the_version_tells_that_something_has_changed(staffed: Directory, people_from: Import) -> None:
    versions = [staffed.staff_version()]
    staffed.set_away("anna", "lunch")
    versions.append(staffed.staff_version())
    people_from(HEADER + BORIS)
    versions.append(staffed.staff_version())
    assert len(set(versions)) == 3
    assert staffed.staff_version() == staffed.read_staff().version == versions[-1]


def test_the_trunk_is_nobody() -> None:
    assert people.TAKEN == TRUNK


@pytest.mark.parametrize(
    ("row", "told"),
    [("operators,Olga,operator,", "operators"), ("zoe,Zoe,operator,600", "`600` is zoe's own")],
)
def test_people_for_whom_the_rules_are_no_good_any_more_are_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, told: str
) -> None:
    data = ["--data", str(tmp_path / "data")]
    company = str(Path(__file__).parents[2] / "demo" / "company" / "people.csv")
    assert main(["import", "people", company, *data]) == 0
    (tmp_path / "more.csv").write_text(f"id,name,role,extension\n{row}\n")
    capsys.readouterr()
    assert main(["import", "people", str(tmp_path / "more.csv"), *data]) == 0
    said = capsys.readouterr()
    assert "1 rows, 1 new" in said.out
    assert told in said.err


def test_whoever_a_file_does_not_have_leaves_the_directory_if_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = ["--data", str(tmp_path / "data")], tmp_path / "people.csv"
    for rows, command, told in (
        ("anna,Anna,operator\nboris,Boris,operator\n", [], "2 new"),
        ("anna,Anna,operator\n", [], "1 rows, 0 new\n"),
        ("anna,Anna,operator\n", ["--remove"], "1 removed"),
    ):
        file.write_text(f"id,name,role\n{rows}")
        assert main(["import", "people", str(file), *data, *command]) == 0
        assert told in capsys.readouterr().out
