"""Whose state a telephone's is: of whoever sits there (T3); and which of two words of Asterisk is the newer one."""

from pathlib import Path

import pytest

from ari_app.ari import connect
from ari_app.ari.events import DeviceState, DeviceStateChanged
from ari_app.people.presence import Changed, Presence
from ari_app.people.telephones import Telephones
from premises.seating import Seating
from premises.turns import Turns
from routing.outcomes import Absence
from routing.presence import State
from tests.unit.ari_peer import QUICK, peer
from tests.until import until

IDLE = [{"technology": "PJSIP", "resource": "anna", "state": "online", "channel_ids": []}]
PICKED_UP = {
    "type": "DeviceStateChanged",
    "application": "watch-sb-t",
    "device_state": {"name": "PJSIP/anna", "state": "INUSE"},
}


class House:
    """An engine's telephones, and another process in which people sign in."""

    def __init__(self, folder: Path) -> None:
        turns = Turns(folder / "turns")
        self.presence = Presence()
        self.seating = Seating(folder / "seats", turns)
        self.telephones = Telephones(self.presence, Seating(folder / "seats", turns))

    def hears(self, **states: str) -> None:
        for telephone, state in states.items():
            name = f"PJSIP/{telephone.replace('_', '-')}"
            self.telephones.hear(DeviceStateChanged(device_state=DeviceState(name=name, state=state)))

    def states(self, *people: str) -> list[tuple[State, str]]:
        found = [self.presence.standing(person) for person in people]
        return [(one.state, one.why) for one in found]


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.hears(anna="UNAVAILABLE", boris="NOT_INUSE", desk_1="NOT_INUSE")
    return house


def test_who_signs_in_elsewhere_is_free_there_and_whose_telephone_it_is_sits_nowhere(house: House) -> None:
    house.seating.sit("anna", "boris")
    house.telephones.look_around()
    nowhere = "its telephone is not registered, sits nowhere, since anna sits at the own telephone"
    assert house.states("anna", "boris") == [
        (State.FREE, "waits for a call, sits at boris"),
        (State.NOT_REGISTERED, nowhere),
    ]
    assert (house.telephones.of("anna"), house.telephones.whose("PJSIP/boris-0000002a")) == ("boris", "anna")


def test_a_call_at_the_telephone_is_the_guest_s(house: House) -> None:
    house.seating.sit("anna", "boris")
    house.telephones.look_around()
    house.hears(boris="INUSE")
    assert [state for state, _ in house.states("anna", "boris")] == [State.TALKING, State.NOT_REGISTERED]


def test_after_signing_out_both_have_their_own_again(house: House) -> None:
    house.seating.sit("anna", "boris")
    house.telephones.look_around()
    house.seating.leave("anna")
    house.telephones.look_around()
    assert [state for state, _ in house.states("anna", "boris")] == [State.NOT_REGISTERED, State.FREE]


def test_a_desk_is_somebody_s_state_only_while_somebody_sits_there(house: House) -> None:
    house.seating.sit("anna", "desk-1")
    house.telephones.look_around()
    assert house.states("anna") == [(State.FREE, "waits for a call, sits at desk-1")]
    assert house.states("desk-1")[0][0] is State.NOT_REGISTERED


def test_the_trunk_is_no_person_at_work_while_somebody_calls(house: House) -> None:
    told: list[Changed] = []
    house.presence.note(told.append)
    house.hears(trunk="INUSE", anna="NOT_INUSE")
    assert [one.person for one in told] == ["anna"]


def test_an_engine_that_starts_knows_who_sits_where(house: House, tmp_path: Path) -> None:
    house.seating.sit("anna", "boris")
    later = House(tmp_path)
    later.hears(boris="NOT_INUSE")
    assert later.states("anna")[0][0] is State.FREE


@pytest.mark.parametrize("answered_first", [True, False])
async def test_who_picks_up_the_telephone_while_asterisk_is_asked_is_not_taken_for_idle(
    house: House, *, answered_first: bool
) -> None:
    telephones = house.telephones

    def is_busy() -> bool:
        return house.presence.absence("anna") is Absence.BUSY

    async def busy_meanwhile() -> object:
        if answered_first:
            return IDLE
        await asterisk.say(PICKED_UP)
        await until(is_busy)  # the event is heard before the answer
        return IDLE

    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK, watch=["deviceState:"]) as link:
        link.deliver(telephones.hear)
        asterisk.lists["endpoints"] = busy_meanwhile
        await telephones.look(link)
        if answered_first:
            await asterisk.say(PICKED_UP)
            await until(is_busy)
        assert is_busy()
        asterisk.lists["endpoints"] = _idle
        await telephones.look(link)
        assert house.presence.absence("anna") is None, "the next look is newer than the event"


async def test_an_asterisk_that_took_no_telephone_is_told_of(house: House) -> None:
    async with peer() as asterisk, connect(asterisk.address, "sb-t", timings=QUICK) as link:
        for listed, told in ((_nothing, True), (_idle, False)):
            asterisk.lists["endpoints"] = listed
            await house.telephones.look(link)
            assert bool(house.telephones.alarms()) is told


async def _nothing() -> object:
    return []


async def _idle() -> object:
    return IDLE
