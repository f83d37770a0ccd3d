"""What is counted: read back as Prometheus reads it."""

import datetime as dt

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ari_app.metrics import Counted, Metrics
from db.records import CallRow, LegRow, RecordingRow, Row

AT = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def after(seconds: float) -> dt.datetime:
    return AT + dt.timedelta(seconds=seconds)


class Book:
    """A register that remembers."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def put(self, *rows: Row) -> None:
        self.rows.extend(rows)


def numbers(metrics: Metrics) -> dict[str, float]:
    """Every sample that is not 0, by its name and labels."""
    text = metrics.text(calls=3, waiting=5, lost=7).decode()
    return {
        sample.name.removeprefix("switchboard_")
        + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.value and not sample.name.endswith(("_created", "_bucket"))
    }


def call(**known: object) -> CallRow:
    return CallRow(**{"id": "1", "arrived": AT, "number": None, "name": None, "dialled": "1", **known})  # type: ignore[arg-type]


def leg(**known: object) -> LegRow:
    return LegRow(**{"id": "leg-1-1", "call": "1", "person": "anna", "rang": AT, **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "counted"),
    [
        pytest.param(call(), {}, id="a call in progress"),
        pytest.param(
            call(answered=after(2), ended=after(60), end="talk"),
            {"calls_total talk": 1, "lookups_total now": 1, "answer_seconds_count": 1, "answer_seconds_sum": 2},
            id="a call that ended with a talk",
        ),
        pytest.param(
            call(looked_up="not", ended=after(1)),
            {"calls_total failed": 1, "lookups_total not": 1},
            id="a call that was never answered",
        ),
        pytest.param(leg(), {}, id="a telephone that rings"),
        pytest.param(
            leg(answered=after(5), ended=after(65)),
            {"legs_total talk": 1, "ring_seconds_count": 1, "ring_seconds_sum": 5, "talk_seconds_total": 60},
            id="a talk",
        ),
        pytest.param(
            leg(why="busy", ended=after(0.5)),
            {"legs_total busy": 1, "ring_seconds_count": 1, "ring_seconds_sum": 0.5},
            id="somebody busy",
        ),
        pytest.param(
            leg(ended=after(-3)),
            {"legs_total caller left": 1, "ring_seconds_count": 1},
            id="the caller left, and the clock was set back",
        ),
        pytest.param(
            RecordingRow(call="1", file="x", started=AT, seconds=1, bytes=1, sha256=""), {}, id="another kind of row"
        ),
    ],
)
def test_what_the_register_gets_is_counted_and_handed_on(row: Row, counted: dict[str, float]) -> None:
    metrics, book = Metrics(), Book()
    Counted(book, metrics.note).put(row)
    now = {"calls_in_progress": 3, "register_rows_waiting": 5, "register_rows_lost": 7}
    assert numbers(metrics) == counted | now
    assert book.rows == [row]


def test_recordings_rules_and_links_are_counted() -> None:
    metrics = Metrics()
    for repaired in (True, False, False):
        metrics.recording_sealed(repaired=repaired)
    metrics.recording_failed()
    metrics.rules_accepted()
    metrics.rules_refused()
    metrics.linked()
    assert numbers(metrics).items() >= {
        "recordings_sealed_total true": 1,
        "recordings_sealed_total false": 2,
        "recordings_failed_total": 1,
        "rules_changes_total accepted": 1,
        "rules_changes_total refused": 1,
        "links_total": 1,
    }.items()  # fmt: skip


def test_attackers_and_missing_calls_are_counted() -> None:
    metrics = Metrics()
    metrics.call_missing()
    metrics.login_failed(protected=False)
    metrics.login_failed(protected=False)
    metrics.login_failed(protected=True)
    metrics.address_banned()
    metrics.limit_reached("maxcalls")
    counted = numbers(metrics)
    assert counted["calls_missing_total"] == counted["addresses_banned_total"] == 1
    assert counted["limits_reached_total maxcalls"] == 1
    assert (counted["logins_failed_total false"], counted["logins_failed_total true"]) == (2, 1)
