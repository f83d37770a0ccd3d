"""The feature code for after a talk, as the stand-in hears it (T5)."""

import datetime as dt
from pathlib import Path

import pytest

from agi import after_call
from db.records import CallRow, RemarkRow, Row, TaskRow
from premises.installation import Installation
from premises.rulebooks import Rulebooks
from routing.facts import Caller, Customer, Facts
from routing.trail import encode_facts
from tests.unit.agi_peer import channel
from tests.unit.rules_text import RULES

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def rules(tmp_path: Path) -> Rulebooks:
    (tmp_path / "routing_rules.yaml").write_text(RULES)
    (tmp_path / "settings.yaml").write_text("rules: routing_rules.yaml\n")
    return Rulebooks(Installation(tmp_path))


def last_call(version: str | None) -> CallRow:
    customer = Customer(id="c1", name="Ромашка", type="retail", department="wholesale")
    facts = Facts(call="1.1", at=NOON, dialled="+74950000001", caller=Caller(customer=customer))
    return CallRow(
        id="1.1",
        arrived=NOON,
        number=None,
        name=None,
        dialled="+74950000001",
        facts=encode_facts(facts),
        rules=version,
    )


def dialled(rules: Rulebooks, code: str, call: CallRow | None, safe: bool = True) -> tuple[list[Row], list[str]]:
    """What Anna notes by this code, whose last call was this one; and the sounds that she hears."""
    kept: list[Row] = []

    def keep(rows: tuple[Row, ...]) -> bool:
        kept.extend(rows)
        return safe

    with channel({}) as (caller, asterisk):
        after_call.serve(caller, code, "anna", rules, lambda _who, _since: call, keep)
    return kept, [command.split('"')[1] for command in asterisk.told("STREAM")]


@pytest.mark.parametrize(
    ("code", "talked", "safe", "sound", "noted"),
    [
        pytest.param("*491", True, True, "auth-thankyou", [("wish", "wholesale", ("wholesale", "finance"))], id="wish"),
        pytest.param("*492", True, True, "auth-thankyou", [("price", "wholesale", ())], id="nobody is told"),
        pytest.param("*493", True, True, "pbx-invalid", [], id="no such key"),
        pytest.param("*49", True, True, "pbx-invalid", [], id="no key"),
        pytest.param("*4912", True, True, "pbx-invalid", [], id="two keys"),
        pytest.param("*491", False, True, "im-sorry", [], id="no talk of late"),
        pytest.param("*491", True, False, "im-sorry", [("wish", "wholesale", ("wholesale", "finance"))], id="not safe"),
    ],
)
def test_what_a_code_notes_and_what_is_answered(
    rules: Rulebooks,
    code: str,
    talked: bool,
    safe: bool,
    sound: str,
    noted: list[tuple[str, str, tuple[str, ...]]],
) -> None:
    rows, sounds = dialled(rules, code, last_call(rules.now().version) if talked else None, safe)
    remarks = [row for row in rows if isinstance(row, RemarkRow)]
    assert sounds == [sound]
    assert [(row.reason, row.department, row.tell) for row in remarks] == noted
    assert {(row.by, row.call) for row in remarks} <= {("anna", "1.1")}
    tasks = [(row.owner, row.about) for row in rows if isinstance(row, TaskRow)]
    assert tasks == [("head of wholesale", "wish") for reason, *_ in noted if reason == "wish"]


def test_the_same_code_again_is_the_same_remark(rules: Rulebooks) -> None:
    call = last_call(rules.now().version)
    first, again, other = (dialled(rules, code, call)[0][0] for code in ("*491", "*491", "*492"))
    assert isinstance(first, RemarkRow)
    assert isinstance(again, RemarkRow)
    assert isinstance(other, RemarkRow)
    assert first.id == again.id != other.id


@pytest.mark.parametrize("version", [None, "0123456789ab"])
def test_without_the_rules_of_the_call_somebody_is_told_all_the_same(rules: Rulebooks, version: str | None) -> None:
    ((row, _), _) = dialled(rules, "*491", last_call(version))
    assert isinstance(row, RemarkRow)
    assert (row.department, row.tell) == (None, ("any", "finance"))
