"""What a stranger, a trunk or another user of the machine cannot do, on a running installation that is open to all.

It binds SIP to every address, and its trunk leads to a telephone of ours that plays the outside world.
"""

import contextlib
import datetime as dt
import os
import signal
import stat
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from ari_app.demonstration import RunningSwitchboard
from ari_app.pbx.accounts import Accounts
from db.database import Database, connect
from db.stories import CallStory
from demo.arrival import Place
from demo.conversation import Conversation
from demo.desk import Desk
from demo.endpoints import read
from demo.errors import NotInTime, Refused
from demo.phone import Phone
from demo.scenarios.cast import COMPLAINTS, MAIN, OUTLET
from demo.tones import tone_of
from dialplan.plan import LOOPBACK, Ports
from premises import ports
from premises.installation import Installation
from routing.outcomes import Absence, Missed, Unanswered
from routing.trail import decode
from tests.asterisk.conftest import down, prepare, up
from tests.asterisk.faults.scene import until
from tests.asterisk.registered import registered

MOBILE, OVERDRAWN = "+79161234567", "+74950000008"
"""The only outside number that may be rung, and the line that rings it: twice an hour."""
RULES = (
    ("transfers:\n", f'transfers:\n  699: "{MOBILE} 20s"\n'),
    ("outside: {", f'outside: {{numbers: "{MOBILE}", calls: 2 per hour, '),
    ("\nlines:\n", f'\nlines:\n  "{OVERDRAWN}": {{route: mobile}}\n'),
    (
        "routes:\n",
        f'routes:\n  - rule: X1\n    name: mobile\n    when: {{dialled: "{OVERDRAWN}"}}\n'
        f'    ring: "{MOBILE} 10s"\n    otherwise: {{message: office}}\n',
    ),
)
THE_TESTS_OWN = ("up.log", "settings.yaml", "routing_rules.yaml")
"""Files that not the switchboard wrote."""
DECLINED = 603
QUIET_SECONDS = 1.5
"""In which nobody outside may be called."""
BACK_SECONDS = 20.0
LISTENS = "0A"
"""A socket's state in /proc/net/tcp."""


class House:
    """The installation, and the telephone at the other end of its trunk."""

    def __init__(self, installation: Installation, pid: int, outside: Place) -> None:
        self.installation, self.pid, self.outside = installation, pid, outside

    @property
    def server(self) -> Place:
        return LOOPBACK, int(self.installation.endpoints().sip["udp"])

    @property
    def secrets(self) -> set[str]:
        """Whatever would let somebody in."""
        known = msgspec.json.decode((self.installation.pbx / "accounts.json").read_bytes(), type=Accounts)
        return {known.ari.secret, known.ami.secret, *known.phones.values()}

    @property
    def processes(self) -> dict[int, str]:
        """`up` and all that it started: command lines by process id."""
        return {pid: _command_line(pid) for pid in _with_children(self.pid)}

    @asynccontextmanager
    async def calling(self, dialled: str) -> AsyncIterator[Conversation]:
        """A caller from the trunk."""
        async with Phone(OUTLET, server=self.server) as phone:
            call = await phone.dial(dialled)
            yield call
            await call.hang_up()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder, outside = tmp_path_factory.mktemp("open"), (LOOPBACK, ports.pick().sip)
    prepare(folder)
    rules = (folder / "routing_rules.yaml").read_text(encoding="utf-8")
    for old, new in RULES:
        assert old in rules
        rules = rules.replace(old, new, 1)
    (folder / "routing_rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "settings.yaml").write_text(
        f'rules: routing_rules.yaml\naddress: 0.0.0.0\ntrunk: {{contact: "sip:{outside[0]}:{outside[1]}"}}\n'
    )
    process = up(folder)
    yield House(Installation(folder), process.pid, outside)
    assert down(process) == 0


@pytest.fixture
def database(house: House) -> Iterator[Database]:
    opened = connect(house.installation.settings.database or "")
    yield opened
    opened.close()


# ------------------------------------------------------------------------------------------------------------ trunks


@pytest.mark.parametrize("to", [MOBILE, "anna", "600"], ids=["an outside number", "a person", "a short number"])
async def test_a_caller_from_the_trunk_cannot_transfer(house: House, to: str) -> None:
    async with Phone(MOBILE, server=house.server, at=house.outside) as outside, house.calling(MAIN) as call:
        await call.answered()
        assert await call.hand_over(to) == DECLINED
        with pytest.raises(NotInTime):
            await outside.incoming(QUIET_SECONDS)
        assert call.ended_by is None


@pytest.mark.parametrize("dialled", [MOBILE, "anna"], ids=["an outside number", "a person"])
async def test_whatever_a_caller_from_the_trunk_dials_is_an_incoming_call(
    house: House, database: Database, dialled: str
) -> None:
    began = dt.datetime.now(dt.UTC)
    async with Phone(MOBILE, server=house.server, at=house.outside) as outside, house.calling(dialled) as call:
        await call.answered()
        with pytest.raises(NotInTime):
            await outside.incoming(QUIET_SECONDS)
    (story,) = await registered(database, began, 1)
    assert (story.legs, story.call.end) == ((), "caller left")


# ----------------------------------------------------------------------------------------------------- outside numbers


async def test_an_outside_number_is_rung_as_often_as_the_rules_allow_also_after_a_restart(
    house: House, database: Database
) -> None:
    began = dt.datetime.now(dt.UTC)
    async with Phone(MOBILE, server=house.server, at=house.outside) as outside:
        async with house.calling(OVERDRAWN) as call:
            there = await outside.incoming()
            await there.answer()
            there.play_tone(tone_of("anna"))
            await call.answered()
            assert await call.hears(tone_of("anna"))
            assert await there.hand_over("anna") == DECLINED
        await _handed_over(house, database, outside)
        await _passed_over(house, outside)
        await registered(database, began, 3)
        counted = _metric(house, "switchboard_outside_limited_total")
        await _restart_engine(house)
        await _passed_over(house, outside)
    *late, handed_over, first = await registered(database, began, 4)
    assert [(leg.person, leg.why) for leg in first.legs] == [(MOBILE, None)]
    assert [(leg.person, leg.why) for leg in handed_over.legs] == [("mark", None), (MOBILE, None)]
    for story in late:
        assert (story.legs, _missed(story)) == ((), [Missed(MOBILE, Absence.LIMIT)])
    assert counted == 1


async def _handed_over(house: House, database: Database, outside: Phone) -> None:
    """A person hands its caller over to the outside number."""
    secret = read(house.installation.endpoints_file).secrets["mark"]
    async with Desk("mark", secret, house.server) as mark, house.calling(COMPLAINTS) as call:
        await RunningSwitchboard(house.installation.endpoints().api["people"], database).until_seen({"mark": None})
        await call.answered()
        assert await call.hears(tone_of("mark"), BACK_SECONDS)
        assert await mark.calls[-1].hand_over("699") == 200
        there = await outside.incoming()
        await there.answer()
        there.play_tone(tone_of("anna"))
        assert await call.hears(tone_of("anna"))


async def _passed_over(house: House, outside: Phone) -> None:
    """The caller gets the message box at once, and nobody outside is rung."""
    async with house.calling(OVERDRAWN) as call:
        await call.answered()
        await call.prompt_began()
        with pytest.raises(NotInTime):
            await outside.incoming(QUIET_SECONDS)


def _missed(story: CallStory) -> list[Missed]:
    outcomes = decode(story.call.trail).outcomes
    return [one for outcome in outcomes if isinstance(outcome, Unanswered) for one in outcome.missed]


async def _restart_engine(house: House) -> None:
    engine = house.installation.endpoints().engine
    os.kill(engine, signal.SIGKILL)

    def is_back() -> bool:
        with contextlib.suppress(FileNotFoundError):
            return house.installation.endpoints().engine != engine
        return False

    await until(is_back, BACK_SECONDS, "the engine to be back")


def _metric(house: House, name: str) -> float:
    with urllib.request.urlopen(house.installation.endpoints().api["metrics"], timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))


# ----------------------------------------------------------------------------------------------- other users, strangers


async def test_no_secret_is_in_a_process_list(house: House) -> None:
    async with house.calling(MAIN) as call:
        await call.answered()
        commands = house.processes.values()
        for part in ("ari_app up", "ari_app engine", "-m agi", "asterisk"):
            assert any(part in command for command in commands), (part, commands)
        assert [command for command in commands if any(secret in command for secret in house.secrets)] == []


async def test_no_secret_is_in_a_log(house: House) -> None:
    guessed = "a-guessed-password"
    async with Phone("anna", guessed, server=house.server, at=(LOOPBACK, 0)) as guesser:
        with pytest.raises(Refused, match=r"40[13]"):
            await guesser.register()
    folder = house.installation.folder
    logs = [folder / "up.log", *house.installation.logs.rglob("*"), *(house.installation.pbx / "log").rglob("*")]
    found = [file for file in logs if file.is_file()]
    assert {"up.log", "messages"} <= {file.name for file in found}
    for file in found:
        content = file.read_text(encoding="utf-8", errors="replace")
        assert not any(secret in content for secret in (*house.secrets, guessed)), file


def test_what_lies_in_the_data_folder_is_for_its_owner_only(house: House) -> None:
    ours = {house.installation.folder / name for name in THE_TESTS_OWN}
    readable = [
        f"{stat.S_IMODE(path.lstat().st_mode):o} {path.relative_to(house.installation.folder)}"
        for path in house.installation.folder.rglob("*")
        if not path.is_symlink() and path not in ours and stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]
    assert readable == []


def test_only_sip_listens_beyond_this_machine(house: House) -> None:
    """ARI and SIP over WebSocket, AMI, AGI, the engine's API: on 127.0.0.1, although `address` is 0.0.0.0."""
    where = msgspec.json.decode(house.installation.ports_file.read_bytes(), type=Ports)
    sockets = {inode for pid in house.processes for inode in _sockets(pid)}
    listening = {port: host for inode, host, port in _listening() if inode in sockets}
    assert {where.http, where.ami, where.agi, where.sip, where.sip_tls} <= set(listening)
    beyond = {port for port, host in listening.items() if host != LOOPBACK}
    assert beyond == {where.sip, where.sip_tls}


def _with_children(pid: int) -> list[int]:
    children = [int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in _words(task / "children")]
    return [pid, *(grandchild for child in children for grandchild in _with_children(child))]


def _words(file: Path) -> list[str]:
    return file.read_text().split()


def _command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def _sockets(pid: int) -> Iterator[str]:
    """The inodes of a process's sockets."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            target = str(link.readlink())
            if target.startswith("socket:["):
                yield target[8:-1]


def _listening() -> Iterator[tuple[str, str, int]]:
    """Inode, address and port of every TCP socket that listens; IPv6 is written out, and so never loopback here."""
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == LISTENS:
                host, port = local.split(":")
                address = ".".join(str(byte) for byte in reversed(bytes.fromhex(host)))
                yield inode, address, int(port, 16)
