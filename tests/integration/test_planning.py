"""From settings and people to what Asterisk's configuration is made of."""

from pathlib import Path

from ari_app.pbx.planning import own_ports, plan
from routing import load
from routing.facts import Person
from tests.company import settle

OLGA = Person(id="olga", name="Olga Zimina", role="operator", extension="302")


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
