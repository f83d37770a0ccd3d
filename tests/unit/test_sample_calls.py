"""What is said of a sample call that went otherwise than it should, and which ones may be placed at once."""

import datetime as dt

import pytest

from demo.endpoints import Endpoints, from_json
from demo.play import startable
from demo.result import Result, unlike
from demo.scenario import Answers, Away, Expected, OnThePhone, RingsOut, Scenario, Stay, Talk

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
TALK = Scenario("s", "D4", "reaches anna", "+7916", (Talk(),), Expected(talk=("anna", "boris")))
MESSAGE = Scenario("s", "T4", "leaves a message", "+7916", (Stay(),), Expected(end="message"))
LEAVES = Scenario("s", "T4", "gives up", "+7916", (), Expected(end="caller left"), {"anna": RingsOut()})
REFUSED = Scenario("s", "T4", "is refused", "+7916", (), Expected(codes=(400,)))
PASSED_OVER = Scenario(
    "s",
    "D4",
    "anna is passed over",
    "+7916",
    (),
    Expected(talk=("boris",)),
    {"anna": Away(), "oleg": OnThePhone(60.0), "olga": OnThePhone(1.0)},
)
ANNA_HANGS_UP = Scenario("s", "D4", "", "+7916", (Stay(),), Expected(talk=("anna",)), {"anna": Answers(talks=1.0)})


def talked(scenario: Scenario, *people: str, **more: object) -> Result:
    """A talk with these, heard on both sides."""
    result = Result(scenario=scenario, began=NOW, seconds=5.0)
    result.heard, result.rang, result.answered, result.understood = ([*people] for _ in range(4))
    for name, value in more.items():
        setattr(result, name, value)
    return result


@pytest.mark.parametrize(
    ("result", "troubles"),
    [
        (talked(TALK, "anna"), []),
        (talked(TALK), ["the caller heard nobody instead of anna or boris"]),
        (talked(TALK, "olga"), ["the caller heard olga instead of anna or boris"]),
        (talked(TALK, "anna", "boris"), ["the caller heard anna and boris instead of anna or boris"]),
        (talked(TALK, "anna", answered=[], understood=[]), ["nobody answered, the caller heard anna"]),
        (talked(TALK, "anna", understood=[]), ["anna answered, the caller was heard by nobody"]),
        (talked(TALK, "anna", dropped=True), ["the switchboard hung up"]),
        (talked(TALK, "anna", code=486), ["the call was refused with 486"]),
        (talked(ANNA_HANGS_UP, "anna", dropped=True), []),
        (talked(ANNA_HANGS_UP, "anna"), ["the switchboard did not hang up"]),
        (talked(MESSAGE, dropped=True), []),
        (talked(MESSAGE), ["the switchboard did not hang up"]),
        (talked(LEAVES, rang=["anna"]), []),
        (talked(REFUSED, code=400), []),
        (
            talked(PASSED_OVER, "boris", rang=["anna", "boris", "oleg", "olga"]),
            ["anna's phone rang", "oleg's phone rang"],
        ),
    ],
)
def test_what_went_otherwise_is_said(result: Result, troubles: list[str]) -> None:
    assert unlike(result) == troubles


def scenario(name: str, *people: str) -> Scenario:
    return Scenario(name, "D4", "", "+7916", (), Expected(talk=people))


@pytest.mark.parametrize(
    ("waiting", "running", "begin"),
    [
        (["anna", "boris", "anna"], [], ["anna", "boris"]),
        (["anna", "boris"], ["anna"], ["boris"]),
        (["boris", "olga", "oleg"], ["anna"], ["boris", "olga"]),
        (["anna"], ["boris", "olga", "oleg"], []),
    ],
    ids=["no phone twice", "nobody waits for others", "so many at once", "no more"],
)
def test_calls_begin_that_disturb_no_other(waiting: list[str], running: list[str], begin: list[str]) -> None:
    found = startable([scenario(who, who) for who in waiting], [scenario(who, who) for who in running], 3)
    assert [one.id for one in found] == begin


def test_who_waits_for_several_people_holds_up_nobody_who_wants_one_of_them() -> None:
    waits, goes = scenario("both", "anna", "boris"), scenario("boris", "boris")
    assert startable([waits, goes], [scenario("anna", "anna")], 3) == [goes]


def test_the_written_addresses_are_read_and_tell_no_secret() -> None:
    found = from_json(
        {
            "sip": {"address": "127.0.0.1", "udp": 15070, "tls": 15071},
            "trunk": {"name": "trunk", "address": "127.0.0.2"},
            "phones": {"anna": {"user": "anna", "secret": "hush", "name": "Anna", "extension": "101"}},
        }
    )
    assert found == Endpoints(("127.0.0.1", 15070), "127.0.0.2", {"anna": "hush"})
    assert "hush" not in repr(found)
