"""To which call a stranger finds that something belongs."""

import pytest

from dialplan.plan import HANDED_OVER
from premises import ids

CALL = "1732407469.12"


@pytest.mark.parametrize(
    ("name", "to"),
    [
        (f"Local/600@{HANDED_OVER}-00000002;1", "600"),
        (f"Local/anna@{HANDED_OVER}-0000002a;2", "anna"),
        ("Local/_attended@transfer-00000001;1", ""),
        ("PJSIP/anna-0000002a", None),
    ],
)
def test_what_stands_in_for_a_telephone_tells_to_whom_it_handed_over(name: str, to: str | None) -> None:
    assert ids.handed_to(name) == to


@pytest.mark.parametrize(
    "owned",
    [
        CALL,
        ids.leg_id(CALL, 1),
        ids.leg_id(CALL, 27),
        ids.bridge_id(CALL),
        ids.playback_id(CALL, 3),
        ids.message_id(CALL, 4),
        ids.supervisor_id(CALL, 2),
        ids.snoop_id(CALL, 3),
        ids.ear_id(CALL, 3),
        ids.leg_id(CALL, ids.by_stand_in(1)),
        ids.message_id(CALL, ids.by_stand_in(12)),
    ],
)
def test_everything_of_a_call_leads_back_to_it(owned: str) -> None:
    assert ids.call_of(owned) == CALL


def test_a_system_name_in_the_call_id_is_no_trap() -> None:
    call = "pbx-1-1732407469.12"
    assert ids.call_of(ids.leg_id(call, 2)) == call
    assert ids.call_of(ids.bridge_id(call)) == call


def test_a_call_back_leads_back_to_the_call_in_which_it_was_promised() -> None:
    back = ids.call_back_id(CALL, 2)
    assert (ids.answers_to(back), ids.answers_to(CALL), ids.answers_to(ids.promise_id(CALL))) == (CALL, None, None)
    assert ids.is_callers(back)
    assert ids.call_of(ids.leg_id(back, 3)) == back


def test_a_call_that_somebody_of_ours_asks_for_is_its_callers_own() -> None:
    dialled = ids.dialled_id(1732407469_000000012)
    assert dialled == "dial-1732407469.000000012"
    assert ids.is_callers(dialled)
    assert ids.call_of(ids.leg_id(dialled, 3)) == dialled


@pytest.mark.parametrize(("channel", "callers"), [(CALL, True), (ids.leg_id(CALL, 1), False)])
def test_a_callers_channel_is_told_from_our_own(channel: str, callers: bool) -> None:
    assert ids.is_callers(channel) is callers
