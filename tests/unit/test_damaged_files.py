"""Files of the data folder with bytes in them that are no UTF-8: what they said is unknown, and nobody is stopped."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ari_app.bans.ban_list import BanList
from ari_app.witness import cdr
from db.errors import SnapshotError
from db.snapshot import Snapshot
from premises.access import AccessLog
from premises.alone import AlreadyRunning
from premises.boxes import addressed_to
from premises.duties import Duties
from premises.installation import Installation
from premises.pins import PinPad
from premises.seating import Seating
from premises.turns import Turns
from routing.presence import Duty
from routing.seats import Seats

Read = Callable[[Path], object]
READERS: dict[str, tuple[bytes, Read, object]] = {
    "who sits where": (b'{"guests": {"boris": "\xff"}}', lambda file: Seating(file, Turns(file)).now(), Seats()),
    "being at work": (b'{"reason": "\xff"}', lambda file: Duties(file.parent, lambda _: None).of(file.name), Duty()),
    "who is shut out": (b'[{"address": "\xff"}]', lambda file: BanList(file).read(0.0), {}),
    "who had access": (b'{"who": "\xff"}', lambda file: list(AccessLog(file).entries()), []),
    "Asterisk's list of calls": (b'{"uniqueid": "\xff"}', lambda file: list(cdr.records([file.read_bytes()])), []),
    "wrong PINs": (b'{"\xff": {}}', lambda file: PinPad(file).opens("desk-1", None, None, "4711"), False),
    "whose a message is": (b'{"name": "\xff"}', lambda file: addressed_to(file.with_suffix(".wav")), None),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_damaged_file_says_nothing_and_stops_nobody(tmp_path: Path, reader: str) -> None:
    content, read, nothing = READERS[reader]
    file = tmp_path / "file.box"
    file.write_bytes(content)
    assert read(file) == nothing


def test_a_damaged_snapshot_of_the_staff_is_named(tmp_path: Path) -> None:
    snapshot = Snapshot(tmp_path)
    snapshot.staff_file.write_bytes(b'{"version": 1, "people": [{"id": "\xff"}]}')
    with pytest.raises(SnapshotError, match="cannot be read"):
        snapshot.read_staff()


def test_a_lock_on_a_full_disk_is_held_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "stand-in.lock").symlink_to("/dev/full")
    with Installation(tmp_path).stood_in_for() as lock:
        assert lock.fileno()


@pytest.mark.parametrize("content", ["", "0x17", "\0" * 64, "9" * 5000])
def test_who_holds_a_lock_is_unknown_where_that_cannot_be_read(tmp_path: Path, content: str) -> None:
    installation = Installation(tmp_path)
    with installation.in_use():
        (tmp_path / "lock").write_text(content)
        with pytest.raises(AlreadyRunning) as refused, installation.in_use():
            pass
    assert refused.value.process in (0, int("9" * 20))
