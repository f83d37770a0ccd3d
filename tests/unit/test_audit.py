"""Asterisk's list of calls and the register side by side: what is told of a call that they know differently."""

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest

from ari_app.witness import cdr, starts
from ari_app.witness.cdr import Cdr
from ari_app.witness.comparing import TO_DO, Picture, compare
from ari_app.witness.repairing import repaired, row_from_cdr
from ari_app.witness.rotation import rotate
from db.records import CallRow, RecordingRow

NOW = 1_795_600_000.0
ID = "1795599000.7"
CAME = NOW - 1000


def at(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(CAME + seconds, dt.UTC)


HEARD = Cdr(call=ID, start=CAME, answer=CAME + 1, end=CAME + 61, talked=False)
TALKED = Cdr(call=ID, start=CAME, answer=CAME + 1, end=CAME + 61, talked=True)
LEFT = Cdr(call=ID, start=CAME, answer=None, end=CAME + 3, talked=False)
ROW = CallRow(
    id=ID, arrived=at(0), number="+79161234567", name=None, dialled="1", answered=at(1), ended=at(61), end="talk"
)
LEFT_ROW = msgspec.structs.replace(ROW, answered=None, ended=at(3), end="caller left")
RECORDING = RecordingRow(call=ID, file="a.wav", started=at(1), seconds=60, bytes=1, sha256="0")


def picture(
    record: Cdr | None,
    row: CallRow | None,
    recording: RecordingRow | None = RECORDING,
    *,
    restarted: bool = False,
    living: bool = True,
) -> Picture:
    return Picture(
        cdrs={ID: record} if record else {},
        rows={ID: row} if row else {},
        recordings={ID: recording} if recording else {},
        starts=[CAME - 5000, CAME + 100] if restarted else [CAME - 5000],
        living=living,
        since=CAME - 100,
        now=NOW,
    )


def row(**other: object) -> CallRow:
    return msgspec.structs.replace(ROW, **other)


def recording(seconds: float) -> RecordingRow:
    return msgspec.structs.replace(RECORDING, seconds=seconds)


OPEN = row(ended=None, end=None)
CUT_OFF = row(end="link lost")


@pytest.mark.parametrize(
    ("seen", "kinds"),
    [
        pytest.param(picture(HEARD, ROW), [], id="both tell the same"),
        pytest.param(picture(LEFT, LEFT_ROW, None), [], id="left before an answer: no recording is due"),
        pytest.param(picture(HEARD, row(ended=at(62.5))), [], id="a machine under load is a little late"),
        pytest.param(picture(HEARD, None), ["not in the register"], id="nobody registered it"),
        pytest.param(picture(LEFT, None, None), ["not in the register"], id="nobody registered one who left"),
        pytest.param(picture(None, ROW), ["not in Asterisk's list"], id="Asterisk knows nothing of it"),
        pytest.param(picture(None, CUT_OFF), ["not in Asterisk's list"], id="link lost, Asterisk lived on"),
        pytest.param(picture(None, CUT_OFF, restarted=True), [], id="it died with its Asterisk"),
        pytest.param(picture(None, CUT_OFF, living=False), [], id="it died with its Asterisk, none runs"),
        pytest.param(
            picture(None, ROW, restarted=True), ["not in Asterisk's list"], id="ended properly, before Asterisk died"
        ),
        pytest.param(picture(None, OPEN, None), [], id="it goes on"),
        pytest.param(picture(None, OPEN, None, restarted=True), ["never closed"], id="open, its Asterisk is gone"),
        pytest.param(picture(None, OPEN, None, living=False), ["never closed"], id="open, and no Asterisk runs"),
        pytest.param(picture(HEARD, OPEN), ["never closed"], id="open, and Asterisk saw its end"),
        pytest.param(picture(HEARD, row(answered=None)), ["answered differently"], id="only Asterisk answered it"),
        pytest.param(picture(LEFT, ROW), ["answered differently"], id="only the engine answered it"),
        pytest.param(picture(HEARD, row(ended=at(71))), ["length differs"], id="ten seconds too long"),
        pytest.param(picture(HEARD, row(ended=at(51))), ["length differs"], id="ten seconds too short"),
        pytest.param(
            picture(TALKED, row(ended=at(71))), ["length differs"], id="a talk too long, its recording is not"
        ),
        pytest.param(
            picture(TALKED, row(ended=at(71)), recording(70)),
            [],
            id="after a talk the caller stayed",
        ),
        pytest.param(
            picture(TALKED, row(ended=at(71)), None), ["no recording"], id="after a talk nothing tells how long"
        ),
        pytest.param(picture(TALKED, ROW, recording(70)), ["recording's length"], id="a talk recorded for too long"),
        pytest.param(
            picture(TALKED, row(ended=at(51)), recording(50)),
            ["length differs", "recording's length"],
            id="a talk too short in both",
        ),
        pytest.param(picture(HEARD, ROW, None), ["no recording"], id="answered and not recorded"),
        pytest.param(picture(HEARD, ROW, recording(50)), ["recording's length"], id="ten seconds are not recorded"),
    ],
)
def test_what_the_audit_says(seen: Picture, kinds: list[str]) -> None:
    findings = compare(seen)
    assert [finding.kind for finding in findings] == kinds
    for finding in findings:
        assert str(finding).startswith(f"{ID}: {finding.kind}: ")
        assert str(finding).endswith(TO_DO[finding.kind])


@pytest.mark.parametrize(
    ("seen", "answered", "ended", "end"),
    [
        (picture(HEARD, None), at(1), at(61), "goodbye"),
        (picture(TALKED, None), at(1), at(61), "talk"),
        (picture(LEFT, None, None), None, at(3), "caller left"),
        (picture(HEARD, row(answered=None, ended=None, end=None)), at(1), at(61), "caller left"),
        (picture(None, OPEN, living=False), at(1), at(40), "asterisk ended"),
        (picture(None, OPEN, restarted=True), at(1), at(40), "asterisk ended"),
    ],
    ids=[
        "dialplan apologised",
        "dialplan rang",
        "nobody answered",
        "open",
        "open, no Asterisk",
        "open, another Asterisk",
    ],
)
def test_a_row_is_made_from_what_asterisk_says(
    seen: Picture, answered: dt.datetime | None, ended: dt.datetime, end: str
) -> None:
    (made,) = repaired(compare(seen), seen, lambda _: None, lambda _: at(40))
    assert isinstance(made, CallRow)
    assert (made.id, made.arrived, made.answered, made.ended, made.end) == (ID, at(0), answered, ended, end)
    mended = msgspec.structs.replace(seen, rows={ID: made})
    assert not {"not in the register", "never closed"} & {finding.kind for finding in compare(mended)}


def test_what_cannot_be_mended_is_left_alone() -> None:
    seen = picture(HEARD, ROW, None)
    assert list(repaired(compare(seen), seen, lambda _: None, lambda _: None)) == []


def test_nothing_of_the_caller_is_made_up() -> None:
    made = row_from_cdr(HEARD)
    assert (made.number, made.name, made.dialled, made.looked_up) == (None, None, "", "not")


def line(**other: object) -> str:
    fields = {
        "uniqueid": ID,
        "channel": "PJSIP/trunk-00000002",
        "dstchannel": "",
        "dcontext": "switchboard",
        "start": 100.5,
        "answer": 101.25,
        "end": 160.0,
        "disposition": "ANSWERED",
        "lastapp": "Stasis",
    }
    return json.dumps(fields | other) + "\n"


def test_only_channels_of_callers_are_read_and_a_torn_line_costs_itself(tmp_path: Path) -> None:
    (tmp_path / "calls.json").write_text(
        line()
        + line(uniqueid=f"leg-{ID}-1", dcontext="phones")
        + line(uniqueid="9.1", dcontext="phones", lastapp="Echo")
        + line(uniqueid="9.2\r\nEvent: x")
        + line(uniqueid="9.3", start=-1)
        + line(uniqueid="9.4", answer=0.0)
        + line(uniqueid="9.5")[:-30]
        + "\n"
    )
    with (tmp_path / "calls.json").open("ab") as lines:
        lines.write(line(uniqueid="9.6", src="?").encode().replace(b"?", b"\xff"))
    found = cdr.read(tmp_path)
    assert found.keys() == {ID, "9.4"}
    assert found[ID] == Cdr(call=ID, start=100.5, answer=101.25, end=160.0, talked=False)
    assert found["9.4"].answer is None


def test_the_records_of_all_phones_that_dial_rang_are_one_call(tmp_path: Path) -> None:
    (tmp_path / "calls.json").write_text(
        line(answer=0.0, end=110.0, disposition="NO ANSWER", dstchannel="PJSIP/boris-1")
        + line(start=100.0, answer=104.0, dstchannel="PJSIP/anna-1")
        + line(answer=0.0, end=109.0)
    )
    assert cdr.read(tmp_path) == {ID: Cdr(call=ID, start=100.0, answer=104.0, end=160.0, talked=True)}


def test_calls_that_ended_before_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "calls.json").write_text(line() + line(uniqueid="9.4", end=50.0))
    assert cdr.read(tmp_path, since=100.0).keys() == {ID}


def test_a_long_list_is_cut_into_files_all_of_which_are_read_and_the_oldest_deleted(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / "calls.json").write_text(line(uniqueid=f"9.{number}"))
        rotate(tmp_path, at(number), longest=10, kept=2)
    (tmp_path / "calls.json").write_text(line(uniqueid="9.9"))
    rotate(tmp_path, at(5), longest=10_000, kept=2)
    assert cdr.read(tmp_path).keys() == {"9.2", "9.3", "9.9"}


def test_asterisks_starts_are_remembered_and_only_the_last_thousand(tmp_path: Path) -> None:
    assert starts.read(tmp_path) == []
    (tmp_path / starts.FILE).write_text("".join(f"{number}.5\n" for number in range(2000)) + "torn 1.2.3\n")
    starts.note(tmp_path)
    known = starts.read(tmp_path)
    assert len(known) == starts.KEPT
    assert known[-1] > NOW - 10 * 365 * 86400
