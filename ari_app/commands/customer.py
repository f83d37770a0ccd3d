"""``switchboard customer export|erase ID``: all that is known of a customer, handed out or erased."""

import argparse
import sys

import msgspec

from ari_app.cli import Refused
from ari_app.commands.calls import as_json
from ari_app.commands.opening import database_of
from ari_app.erasing import NotErased, erase
from db.database import Database
from db.personal import Known, known_of
from premises.access import AccessLog
from premises.installation import Installation


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("what", choices=("export", "erase"))
    parser.add_argument("id", help="the customer's, as the directory has it")
    parser.add_argument("--yes", action="store_true", help="erase without asking")


def run(given: argparse.Namespace) -> int:
    """Prints JSON, or what was erased; both are noted first, for `switchboard recordings access`."""
    installation = Installation(given.data)
    with database_of(installation) as database:
        if given.what == "export":
            _export(database, given.id, AccessLog(installation.access_log))
        else:
            _erase(installation, database, given.id, sure=given.yes)
    return 0


def _export(database: Database, customer: str, log: AccessLog) -> None:
    known = known_of(database, customer)
    if known.is_nothing:
        raise Refused(f"nothing is known of a customer {customer}")
    log.note("customer exported", customer)
    sys.stdout.buffer.write(msgspec.json.format(_json(known), indent=2) + b"\n")


def _json(known: Known) -> bytes:
    calls = [
        {
            "call": msgspec.Raw(as_json(story.call)),
            "legs": story.legs,
            "recording": story.recording,
            "messages": story.messages,
            "remarks": story.remarks,
            "acts": story.acts,
        }
        for story in known.calls
    ]
    return msgspec.json.encode({"id": known.id, "directory": known.entry, "numbers": known.numbers, "calls": calls})


def _erase(installation: Installation, database: Database, customer: str, *, sure: bool) -> None:
    known = known_of(database, customer)
    if known.is_nothing:
        raise Refused(f"nothing is known of a customer {customer}")
    if not (sure or _is_sure(known)):
        raise Refused("nothing was erased")
    try:
        erased = erase(installation, database, customer)
    except NotErased as why:
        raise Refused(f"nothing was erased: {why}") from None
    where = "" if erased.entry else " (not in the directory)"
    print(f"customer {customer}{where}: {erased.calls} calls are nobody's now, {erased.files} sound files deleted")


def _is_sure(known: Known) -> bool:
    name = known.entry["name"] if known.entry else "not in the directory"
    print(f"{known.id} ({name}): {len(known.calls)} calls, {len(known.sounds)} recordings and messages.")
    print("This cannot be undone. Type the customer's id to erase it: ", end="", flush=True)
    return sys.stdin.readline().strip() == known.id
