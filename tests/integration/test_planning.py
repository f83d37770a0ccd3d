"""From settings and people to what Asterisk's configuration is made of."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from ari_app.pbx import provisioning
from ari_app.pbx.asterisk import PbxError
from ari_app.pbx.planning import own_ports, plan
from ari_app.pbx.provisioning import Provisioning
from dialplan.plan import Pbx
from routing import load
from routing.facts import Person
from tests.company import settle
from tests.until import until

OLGA = Person(id="olga", name="Olga Zimina", role="operator", extension="302")
OLEG = Person(id="oleg", name="Oleg Zimin", role="operator", extension="303")


def test_desks_have_accounts_that_are_kept_and_are_rung_when_nobody_else_can_ring(tmp_path: Path) -> None:
    house = settle(tmp_path)
    (tmp_path / "settings.yaml").write_text("rules: routing_rules.yaml\ndesks: 2\n")
    rulebook, ports = load(house.rule_file.read_bytes()), own_ports(house)
    pbx = plan(house, (OLGA,), rulebook, ports)
    assert [(phone.person, phone.number) for phone in pbx.phones] == [("olga", "302"), ("desk-1", ""), ("desk-2", "")]
    assert len({phone.secret for phone in pbx.phones}) == 3
    assert pbx.operators == ("olga", "desk-1", "desk-2")
    assert not {"desk-1", "desk-2"} & set(pbx.transfers), "nobody is reached by the name of a desk"
    assert plan(house, (OLGA,), rulebook, ports).phones == pbx.phones


def test_what_is_called_for_help_is_nobodys_extension_whatever_the_directory_says(tmp_path: Path) -> None:
    house = settle(tmp_path)
    rulebook = load(house.rule_file.read_bytes())
    pbx = plan(house, (OLGA, msgspec.structs.replace(OLEG, extension="112")), rulebook, own_ports(house))
    assert "112" in pbx.emergency
    assert {"302", "oleg"} < set(pbx.transfers)
    assert "112" not in pbx.transfers


class Away:
    """An Asterisk that may be away when it is told something."""

    def __init__(self, away: int = 0, *, up_to_date: bool = True) -> None:
        self.away = away
        self.up_to_date = up_to_date
        self.told: list[set[str]] = []

    def knows(self, _: Pbx) -> bool:
        return self.up_to_date

    async def change(self, pbx: Pbx) -> None:
        self.away -= 1
        if self.away >= 0:
            raise PbxError("it does not answer")
        self.told.append({phone.person for phone in pbx.phones})


async def test_an_asterisk_that_is_away_is_told_of_new_people_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioning, "AGAIN_SECONDS", 0.01)
    house, asterisk = settle(tmp_path), Away(away=2)
    rulebook = load(house.rule_file.read_bytes())
    announced: list[Pbx] = []
    telephones = Provisioning(house, asterisk, plan(house, (), rulebook, own_ports(house)), announced.append)
    keeping = asyncio.create_task(telephones.keep())
    telephones.plan((OLGA,), rulebook)
    await until(lambda: announced)
    (tmp_path / "settings.yaml").write_text("rules: [")
    telephones.plan((OLGA, OLEG), rulebook)  # nothing ends by it, and Asterisk knows whom it knew
    await asyncio.sleep(0.05)
    keeping.cancel()
    await asyncio.wait((keeping,))
    assert keeping.cancelled()
    assert (asterisk.told, len(announced)) == ([{"olga"}], 1)


async def test_who_came_while_no_engine_was_there_is_known_once_there_is_one(tmp_path: Path) -> None:
    house, asterisk = settle(tmp_path), Away(up_to_date=False)
    pbx = plan(house, (OLGA,), load(house.rule_file.read_bytes()), own_ports(house))
    announced: list[Pbx] = []
    keeping = asyncio.create_task(Provisioning(house, asterisk, pbx, announced.append).keep())
    await until(lambda: announced)
    keeping.cancel()
    assert (asterisk.told, announced) == ([{"olga"}], [pbx])
