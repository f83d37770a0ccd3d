"""The company of the bench: each customer's manager is rung at once, by rules and ports that the switchboard takes."""

import datetime as dt
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ari_app.pbx.asterisk import Program
from bench import ours, reference, site
from bench.company import RULES, Company
from bench.noise import Noise
from bench.ours import RTP_PORTS
from bench.own import arrivals
from bench.peers.peer import Peer
from bench.running import enough
from bench.telephones.orders import Report, Spoken
from bench.variant import Variant
from db.database import connect
from db.directory import Directory
from routing import load
from routing.facts import Caller, Facts
from routing.flow import advance, flow
from routing.steps import Ring

COMPANY = Company(customers=20, managers=4)
WELL = Spoken(caller="+79160000000", invited=1, rung=2, answered=3, left=4, released=5, again=0, refused=0, trouble="")


def test_the_managers_telephone_is_the_first_thing_that_happens_to_a_caller(tmp_path: Path) -> None:
    installation = ours.settle(tmp_path, COMPANY)
    with closing(connect(installation.settings.database or "")) as database:
        directory = Directory(database)
        for number in (0, 7, 19):
            caller = Caller(number=COMPANY.caller(number), customer=directory.customer(COMPANY.caller(number)))
            at = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)
            facts = Facts(call="1.1", at=at, dialled="+74950000001", caller=caller, staff=directory.staff())
            with closing(flow(load(RULES.encode()), facts)) as script:
                step = advance(script)
            assert isinstance(step, Ring)
            assert step.people == (f"manager{number % 4:02}",)


def test_there_is_room_for_600_talks(tmp_path: Path) -> None:
    ports = json.loads(ours.settle(tmp_path, COMPANY).ports_file.read_bytes())
    assert ports["rtp_last"] - ports["rtp_first"] + 1 == RTP_PORTS >= 4 * 600
    assert ports["rtp_last"] < 32768


def test_neighbours_in_the_row_of_callers_have_different_managers() -> None:
    company = Company(customers=1000, managers=40)
    assert sorted(company.manager(number) for number in range(40)) == list(range(40))


def test_after_the_last_customer_the_first_calls_again() -> None:
    assert Company(customers=2).callers(3) == ("+79160000000", "+79160000001", "+79160000000")


def test_the_next_caller_s_manager_is_never_one_who_talks_already() -> None:
    company = Company(customers=10, managers=4)
    managers = [company.manager(int(caller.removeprefix("+7916"))) for caller in company.callers(12)]
    assert managers == [0, 1, 2, 3] * 3


@pytest.mark.parametrize(("busy", "managers"), [(True, 10 + 250 + 20), (False, 10)])
def test_who_takes_one_call_at_a_time_is_there_often_enough(busy: bool, managers: int) -> None:
    variant = Variant("x", "x", ours.serving, busy_while_talking=busy)
    assert enough(variant, rate=100, talks=20).managers == managers


def test_a_peer_gets_our_configuration_with_its_own_in_place(tmp_path: Path) -> None:
    peer = Peer("x", "x", lambda it: f"; {it.managers} managers", modules=("app_x.so",), extra={"x.conf": "; x"})
    site.prepare(peer, tmp_path, COMPANY, Program(path=Path("asterisk")), managers=5099)
    etc = tmp_path / "etc"
    modules, phones = (etc / "modules.conf").read_text(), (etc / "pjsip_switchboard.conf").read_text()
    assert (etc / "extensions.conf").read_text() == "; 4 managers"
    assert (etc / "x.conf").read_text() == "; x"
    assert "load = app_x.so" in modules
    assert "app_mixmonitor.so" in modules
    assert "cdr" not in modules
    assert phones.count("contact = sip:manager") == 4
    assert "contact = sip:manager03@127.0.0.1:5099" in phones


@pytest.mark.parametrize(
    ("noise", "quiet"),
    [
        (Noise(), True),
        (Noise(foreign=0.09, stolen=0.01, slower=1.2), True),
        (Noise(foreign=0.2), False),
        (Noise(stolen=0.05), False),
        (Noise(slower=2.0), False),
    ],
)
def test_a_noisy_machine_is_told_of(noise: Noise, quiet: bool) -> None:
    assert noise.quiet is quiet
    assert bool(noise.told()) is not quiet


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ({}, ""),
        ({"trouble": "not answered in time"}, "1 not answered in time"),
        ({"rung": 0}, "1 nobody was rung"),
        ({"released": 0}, "1 nobody was released"),
    ],
)
def test_a_call_fails_that_has_not_gone_all_its_way(call: dict[str, object], expected: str) -> None:
    spoken: dict[str, Any] = {name: getattr(WELL, name) for name in WELL.__struct_fields__} | call
    assert reference.troubles(Report((Spoken(**spoken),))) == expected


def test_who_arrives_is_read_from_what_asterisk_sends() -> None:
    packet = (
        b'\x81\x7e{"type":"StasisStart","args":["call"],"channel":{"caller":{"name":"","number":"+79160000003"}}}'
        b'\x81\x7e{"type":"StasisStart","args":["leg"],"channel":{"caller":{"name":"Manager","number":"manager03"}}}'
    )
    assert arrivals([(packet, 17)]) == [("+79160000003", 17)]
