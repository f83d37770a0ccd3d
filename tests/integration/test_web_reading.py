"""What the HTTP API tells, and to whom: people, calls, recordings, customers."""

import asyncio
import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from db.records import CallRow, LegRow
from db.register import Register
from premises.clock import now
from routing.outcomes import Absence, Missed, Said, Talked
from routing.speech import Speech, Words
from routing.steps import Note, Ring, Say
from routing.trail import Entry, Trail, encode
from tests.integration import rows
from tests.integration.web_api import Api, serving

ROLES = ("olga", "anna", "sveta", "galina", "root", "audit")
SOUND = bytes(range(256)) * 40
TODAY = now().replace(microsecond=0)


def ago(minutes: float) -> str:
    """As it is asked for."""
    return f"{TODAY - dt.timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


SPEECH = Speech("en", (Words("Welcome."),))
TRAIL = Trail(
    rules="0123456789ab",
    entries=(
        Entry(Say(speech=SPEECH, rule=None), Said()),
        Entry(
            Ring(
                people=("anna", "boris"),
                seconds=20,
                wanted="assigned_manager",
                rule="D4",
                notes=(Note(text="fits: customer is key", rule="D4", line=90),),
            ),
            Talked(person="boris", ended_by="caller", missed=(Missed("anna", Absence.NO_ANSWER),)),
        ),
    ),
)


def call(key: str, minutes: float, **changes: Any) -> CallRow:
    """A call that came so many minutes ago."""
    arrived = TODAY - dt.timedelta(minutes=minutes)
    usual: dict[str, Any] = {"arrived": arrived, "answered": None, "ended": arrived + dt.timedelta(seconds=60)}
    return rows.call(key, **(usual | {"trail": b"", "facts": b"", "customer": None} | changes))


def leg(of: CallRow, number: int, person: str, **changes: Any) -> LegRow:
    """Somebody was rung in it, and talked unless told otherwise."""
    rang = of.arrived + dt.timedelta(seconds=number)
    usual: dict[str, Any] = {"call": of.id, "person": person, "rang": rang, "answered": rang, "ended": of.ended}
    return rows.leg(f"leg-{of.id}-{number}", **(usual | changes))


BY_OLGA = call("7.1", 50, customer="c103")
BY_BORIS = call("7.2", 40, customer="c101", trail=encode(TRAIL))
BY_GALINA = call("7.3", 30, customer="c301")
BY_NOBODY = call("7.4", 20)
LIVE = call("7.5", 1, ended=None, end=None)
ERASED = call("7.6", 60, number=None, erased=TODAY)
LEGS = (
    leg(BY_OLGA, 1, "olga"),
    leg(BY_BORIS, 1, "anna", answered=None, why="no answer"),
    leg(BY_BORIS, 2, "boris"),
    leg(BY_GALINA, 1, "galina"),
    leg(LIVE, 1, "olga", answered=None),
)
"""Anna was rung for call 7.2 and did not talk."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        register = Register(api.database)
        register.put(BY_OLGA, BY_BORIS, BY_GALINA, BY_NOBODY, LIVE, ERASED, *LEGS)
        for of in (BY_OLGA, BY_BORIS):
            file = api.installation.recordings / f"{of.id}.wav"
            file.write_bytes(SOUND)
            register.put(rows.recording(of.id, file=file.name, sha256=hashlib.sha256(SOUND).hexdigest()))
        register.put(rows.recording("7.3", file="gone.wav", removed=TODAY))
        (api.installation.messages / "m.wav").write_bytes(SOUND)
        register.put(
            rows.message("m-7.4-1", call="7.4", file="m.wav"),
            rows.message("m-7.4-2", call="7.4", file="m.wav", owner="galina"),
        )
        register.put(rows.presence("olga", state="offered", since=TODAY, why="call 7.5", call="7.5", noted=TODAY))
        assert register.close() == ()
        yield api


async def each(api: Api, path: str) -> dict[str, Any]:
    """What each account is told there, or the status of what it is not."""
    answers = await asyncio.gather(*(api.ask(who, "GET", path) for who in ROLES))
    return {who: one.json if one.status == 200 else one.status for who, one in zip(ROLES, answers, strict=True)}


# ------------------------------------------------------------------------------------------------------------- people


async def test_everybody_sees_who_is_in_which_state(api: Api) -> None:
    told = await each(api, "/people")
    for everybody in told.values():
        olga = next(one for one in everybody["people"] if one["id"] == "olga")
        assert (olga["state"], olga["call"], olga["extension"]) == ("offered", "7.5", "302")
        assert not everybody["served"]


async def test_why_somebody_gets_no_calls_is_told_to_those_who_lead(api: Api) -> None:
    told = await each(api, "/people/olga")
    assert [who for who in ROLES if told[who] != 404] == ["olga", "sveta", "galina", "root", "audit"]
    assert told["sveta"]["verdict"] == "gets no calls: offered"
    assert [offer["call"] for offer in told["sveta"]["offers"]] == ["7.5", "7.1"]


# -------------------------------------------------------------------------------------------------------------- calls


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param(
            "",
            {
                "olga": "7.5 7.1",
                "anna": "7.2",
                "galina": "7.5 7.3 7.1",
                "sveta": "7.5 7.4 7.3 7.2 7.1 7.6",
                "root": "7.5 7.4 7.3 7.2 7.1 7.6",
                "audit": "7.5 7.4 7.3 7.2 7.1 7.6",
            },
            id="all that one may see",
        ),
        pytest.param("?customer=c101", {"sveta": "7.2", "olga": "", "anna": "7.2"}, id="of a customer"),
        pytest.param("?person=olga", {"sveta": "7.5 7.1", "galina": "7.5 7.1", "anna": ""}, id="of a person"),
        pytest.param("?number=%2B74951234567&limit=1", {"sveta": "7.5"}, id="from a number"),
        pytest.param("?number=74951234567&limit=1", {"sveta": "7.5"}, id="from a number whose + was lost"),
        pytest.param("?dialled=%2B74950000009", {"sveta": ""}, id="of a line"),
        pytest.param(
            f"?until={(TODAY - dt.timedelta(minutes=45)):%Y-%m-%dT%H:%M:%SZ}", {"sveta": "7.1 7.6"}, id="until"
        ),
        pytest.param(
            f"?since={(TODAY - dt.timedelta(minutes=25)):%Y-%m-%dT%H:%M:%SZ}", {"sveta": "7.5 7.4"}, id="since"
        ),
    ],
)
async def test_which_calls_somebody_sees(api: Api, query: str, found: dict[str, str]) -> None:
    told = await each(api, f"/calls{query}")
    assert {who: " ".join(one["id"] for one in told[who]["calls"]) for who in found} == found


async def test_pages_of_calls_follow_each_other(api: Api) -> None:
    seen, path = [], "/calls?limit=4"
    while path:
        page = await api.get("sveta", path)
        seen.append([one["id"] for one in page["calls"]])
        path = f"/calls?limit=4&after={page['next']}" if page["next"] else ""
    assert seen == [["7.5", "7.4", "7.3", "7.2"], ["7.1", "7.6"]]


async def test_calls_that_go_on_are_shown_with_whom_they_ring(api: Api) -> None:
    told = await each(api, "/calls/live")
    shown = {who: [(one["id"], [leg["person"] for leg in one["legs"]]) for one in told[who]["calls"]] for who in ROLES}
    ringing = [("7.5", ["olga"])]
    assert shown == {
        "olga": ringing,
        "anna": [],
        "sveta": ringing,
        "galina": ringing,
        "root": ringing,
        "audit": ringing,
    }


async def test_the_story_of_a_call_is_told_in_words(api: Api) -> None:
    story = await api.get("anna", "/calls/7.2")
    assert [(one["kind"], one["text"], one["rule"]) for one in story["trail"]] == [
        ("step", 'say "Welcome." (en)', None),
        ("outcome", "said", None),
        ("reason", "fits: customer is key", "D4"),
        ("step", "ring anna, boris, 20 s each (assigned_manager)", "D4"),
        ("outcome", "talked with boris, caller hung up; before that anna no answer", None),
    ]
    assert [(one["person"], one["why"]) for one in story["call"]["legs"]] == [("anna", "no answer"), ("boris", None)]
    assert story["recording"]["bytes"] == 1_880_044


async def test_somebody_elses_call_is_as_if_there_were_none(api: Api) -> None:
    elses, none = [await api.ask("olga", "GET", f"/calls/{key}") for key in ("7.2", "9.9")]
    assert elses.status == none.status == 404
    assert elses.content == none.content


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?limit=0", "`$.limit`"),
        ("?limit=201", "`$.limit`"),
        ("?since=yesterday", "`$.since`"),
        ("?since=2026-11-24T09:00:00", "`$.since`"),
        ("?number=Anna", "`$.number`"),
        ("?since=0.5", "`$.since`"),
        ("?whose=olga", "unknown field `whose`"),
        ("?limit=1&limit=2", "given twice"),
    ],
)
async def test_a_question_that_makes_no_sense_is_told_so(api: Api, query: str, says: str) -> None:
    answer = await api.ask("sveta", "GET", f"/calls{query}")
    assert answer.status == 400
    assert says in answer.json["detail"]


@pytest.mark.parametrize("after", ["abc", "WyJ4IiwieSJd"])
async def test_a_page_that_never_was_is_not_there(api: Api, after: str) -> None:
    answer = await api.ask("sveta", "GET", f"/calls?after={after}")
    assert (answer.status, "send the `next`" in answer.json["detail"]) == (404, True)


# -------------------------------------------------------------------------------------------------------------- sound


@pytest.mark.parametrize(
    ("path", "who"),
    [
        pytest.param("/calls/7.1/recording", "olga sveta galina audit", id="who talked, and who leads"),
        pytest.param("/calls/7.2/recording", "sveta audit", id="not who was only rung"),
        pytest.param("/messages/m-7.4-1/sound", "olga sveta galina audit", id="a message to the operators"),
        pytest.param("/messages/m-7.4-2/sound", "sveta galina audit", id="a message to a person"),
    ],
)
async def test_who_may_hear_it(api: Api, path: str, who: str) -> None:
    answers = {one: await api.ask(one, "GET", path) for one in ROLES}
    assert [one for one, answer in answers.items() if answer.status == 200] == who.split()
    assert {answer.status for answer in answers.values()} <= {200, 403, 404}
    assert {answer.content for answer in answers.values() if answer.status == 200} == {SOUND}


SIZE = len(SOUND)


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("bytes=0-99", 206, SOUND[:100], f"bytes 0-99/{SIZE}"),
        ("bytes=100-", 206, SOUND[100:], f"bytes 100-{SIZE - 1}/{SIZE}"),
        ("bytes=-100", 206, SOUND[-100:], f"bytes {SIZE - 100}-{SIZE - 1}/{SIZE}"),
        ("bytes=0-999999", 206, SOUND, f"bytes 0-{SIZE - 1}/{SIZE}"),
        (f"bytes={SIZE}-", 416, None, f"bytes */{SIZE}"),
        ("bytes=-0", 416, None, f"bytes */{SIZE}"),
        ("bytes=9-1", 200, SOUND, None),
        ("bytes=0-1,5-6", 200, SOUND, None),
        ("seconds=0-1", 200, SOUND, None),
        ("nonsense", 200, SOUND, None),
    ],
)
async def test_a_part_of_a_recording(
    api: Api, asked: str, status: int, content: bytes | None, told: str | None
) -> None:
    answer = await api.ask("sveta", "GET", "/calls/7.1/recording", headers={"Range": asked})
    assert answer.status == status
    assert content in (None, answer.content)
    assert answer.headers.get("Content-Range") == told


async def test_each_hearing_is_noted_and_auditors_read_it(api: Api) -> None:
    await api.ask("olga", "GET", "/calls/7.1/recording", headers={"Range": "bytes=0-1"})
    noted = (await api.get("audit", "/accesses?limit=1"))["accesses"]
    assert [(one["who"], one["what"], one["of"]) for one in noted] == [("account olga", "recording heard", "7.1")]
    assert (await api.ask("sveta", "GET", "/accesses")).status == 403


async def test_who_asks_how_long_it_is_has_not_heard_it(api: Api) -> None:
    before = await api.get("audit", "/accesses?limit=200")
    answer = await api.ask("olga", "HEAD", "/calls/7.1/recording")
    assert (answer.status, answer.headers["Content-Length"], answer.content) == (200, str(SIZE), b"")
    assert (await api.ask("anna", "HEAD", "/calls/7.1/recording")).status == 404
    assert await api.get("audit", "/accesses?limit=200") == before


async def test_what_cannot_be_noted_is_not_handed_out(api: Api) -> None:
    log = api.installation.access_log
    log.unlink(missing_ok=True)
    log.mkdir()
    try:
        answer = await api.ask("olga", "GET", "/calls/7.1/recording")
        assert (answer.status, "cannot be noted" in answer.json["detail"]) == (503, True)
    finally:
        log.rmdir()


async def test_a_recording_whose_time_is_over_is_told_to_be_gone(api: Api) -> None:
    assert (await api.ask("galina", "GET", "/calls/7.3/recording")).status == 410


# ---------------------------------------------------------------------------------------------------------- customers


async def test_who_sees_which_customers_and_which_debts(api: Api) -> None:
    told = await each(api, "/customers?limit=200")
    shown = {who: {one["id"]: one["debt"] for one in told[who]["customers"]} for who in ROLES}
    assert set(shown["olga"]) == {"c103"}
    assert "c101" in shown["anna"]
    assert {who: any(shown[who].values()) for who in ROLES} == {
        "olga": True,
        "anna": True,
        "sveta": False,
        "galina": True,
        "root": False,
        "audit": True,
    }
    assert len(shown["sveta"]) == len(shown["audit"]) > len(shown["galina"])


async def test_one_customer(api: Api) -> None:
    told = await each(api, "/customers/c103")
    assert told["olga"]["debt"] is not None
    assert told["sveta"]["debt"] is None
    assert "code" not in told["audit"]
    assert await each(api, "/customers/nobody") == dict.fromkeys(ROLES, 404)


async def test_customers_are_found_by_name_and_number_and_come_in_pages(api: Api) -> None:
    everybody = (await api.get("audit", "/customers?limit=200"))["customers"]
    one = next(customer for customer in everybody if customer["numbers"])
    by_number = await api.get("audit", f"/customers?number={one['numbers'][0].removeprefix('+')}")
    by_name = await api.get("audit", "/customers", params={"name": one["name"][1:-1]})
    assert [found["id"] for found in by_number["customers"]] == [one["id"]]
    assert one["id"] in [found["id"] for found in by_name["customers"]]
    first = await api.get("audit", "/customers?limit=2")
    second = await api.get("audit", f"/customers?limit=200&after={first['next']}")
    assert first["customers"] + second["customers"] == everybody
