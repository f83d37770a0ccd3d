"""``switchboard recordings``: list, export, verify that files and register agree (T1), messages to be heard (T4).

Who exported what is noted; ``access`` lists it.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from rich.table import Table

from ari_app.cli import Refused
from ari_app.commands.choosing import TIMES, at_most, by_the_companys_clocks, moment, refuse_strangers
from ari_app.commands.opening import database_of
from ari_app.commands.printing import show
from ari_app.exporting import NotThere, export
from ari_app.recordings.checking import Finding, check
from db.records import MessageRow, RecordingRow
from db.sounds import Sounds
from premises.access import AccessLog
from premises.installation import Installation
from premises.wall_clock import WallClock, wall_clock

ACTIONS = ("list", "export", "access", "verify", "messages")


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("what", nargs="?", choices=ACTIONS, default="list")
    parser.add_argument("id", nargs="?", help="export: a call's id, or a message's, which its file is named after")
    parser.add_argument("file", nargs="?", type=Path, help="export: the new file (default: ID.wav)")
    parser.add_argument("--since", type=moment, metavar="TIME", help=TIMES)
    parser.add_argument("--until", type=moment, metavar="TIME")
    parser.add_argument("--person")
    parser.add_argument("--customer")
    parser.add_argument("--limit", type=at_most, default=50, metavar="N")


def run(given: argparse.Namespace) -> int:
    """Prints them; ``verify`` prints what does not agree, and its status is 1 if there is any."""
    installation = Installation(given.data)
    clock = wall_clock(installation)
    with database_of(installation) as database:
        sounds = Sounds(database)
        if given.what == "export":
            _export(installation, sounds, given)
            return 0
        if given.what == "access":
            show(_accesses(AccessLog(installation.access_log), clock))
            return 0
        if given.what == "list":
            rows = sounds.recordings(
                limit=given.limit,
                since=by_the_companys_clocks(given.since, installation),
                until=by_the_companys_clocks(given.until, installation),
                person=given.person,
                customer=given.customer,
            )
            if not rows:
                refuse_strangers(database, person=given.person, customer=given.customer)
            show(_table(rows, clock))
            return 0
        if given.what == "messages":
            show(_messages(sounds.messages(heard=False)[::-1], clock))
            return 0
        findings = list(_findings(installation, sounds))
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "files and register agree")
    return 1 if findings else 0


def _export(installation: Installation, sounds: Sounds, given: argparse.Namespace) -> None:
    if given.id is None:
        raise Refused("say which: a call's id, as `switchboard recordings` shows it, or a message's")
    to = given.file or Path(f"{given.id}.wav")
    try:
        export(installation, sounds, given.id, to)
    except NotThere as why:
        raise Refused(str(why)) from None
    print(f"{to}: a copy of {given.id}, for its owner only; noted")


def _accesses(log: AccessLog, clock: WallClock) -> Table:
    table = Table(title="who had access to recordings, messages and customers")
    for column in ("when", "who", "what", "of", "to"):
        table.add_column(column)
    for one in log.entries():
        table.add_row(clock.second(one.at), one.who, one.what, one.of, one.to or "")
    return table


def _findings(installation: Installation, sounds: Sounds) -> Iterator[Finding]:
    yield from check(sounds.every_recording(), installation.recordings)
    yield from check(sounds.every_message(), installation.messages)


def _messages(rows: tuple[MessageRow, ...], clock: WallClock) -> Table:
    table = Table(title="messages that nobody has heard yet")
    for column in ("left", "box", "who must listen", "call", "seconds", "file", "repaired"):
        table.add_column(column)
    for row in rows:
        left = clock.second(row.left)
        table.add_row(left, row.box, row.owner or "anybody", row.call, f"{row.seconds:.1f}", row.file, _mark(row))
    return table


def _table(rows: tuple[RecordingRow, ...], clock: WallClock) -> Table:
    table = Table()
    for column in ("call", "started", "seconds", "file", "repaired"):
        table.add_column(column)
    for row in rows:
        started = clock.second(row.started)
        table.add_row(row.call, started, f"{row.seconds:.1f}", row.file, _mark(row))
    return table


def _mark(row: RecordingRow | MessageRow) -> str:
    return "yes" if row.repaired else ""
