"""The command line: which command was asked for, with what; each command is a module of `ari_app.commands`."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from db.errors import DatabaseError
from premises.options import take_data_folder
from premises.settings import BadSettings

COMMANDS = {
    "up": "start the PBX and the engine and serve calls",
    "engine": "serve calls at a PBX that runs (up does this)",
    "check": "find every mistake in a rule file, then prove that no caller is left without an answer",
    "explain": "show where a call would go, and why",
    "render": "write the PBX's configuration for an Asterisk that somebody already runs",
    "import": "read customers or people from a CSV file into the directory",
    "accounts": "show, make and remove accounts of the HTTP API; change a password",
    "people": "show who works here; note who is away and back",
    "calls": "list calls",
    "report": "count a day, a week or a month: service level, waits, talks, by hour, queue, department and person",
    "call": "tell the story of one call; note what it was about",
    "questions": "count what customers ask for, per day and department",
    "outbox": "show what departments could not be told; try it again",
    "recordings": "list and export recordings and messages; verify that files and register agree; show who had access",
    "tasks": "list what is owed to callers; take it, and note that it is done",
    "customer": "export or erase all that is known of a customer",
    "audit": "compare the register with Asterisk's own list of calls",
    "bans": "list the addresses that are shut out; lift a ban",
    "doctor": "say what is wrong with this installation",
}


class Refused(Exception):  # noqa: N818 - it is a fact
    """What was asked for cannot be done; the text says why and what to do."""


def parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Every command, with its options if it is the one that was given: no other one is loaded."""
    top = argparse.ArgumentParser(prog="switchboard", description="Call routing for an Asterisk PBX.")
    subs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        sub = subs.add_parser(name, help=summary, description=summary)
        take_data_folder(sub)
        if [name] == list(given[:1]):
            _module(name).options(sub)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status: 0 done, 1 not as it should be, 2 wrong usage, more: broken off."""
    words = sys.argv[1:] if arguments is None else arguments
    given = parser(words).parse_args(words)
    try:
        status: int = _module(given.command).run(given)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (Refused, BadSettings, DatabaseError, OSError) as fault:
        print(f"switchboard {given.command}: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _module(name: str):  # type: ignore[no-untyped-def]
    return importlib.import_module(f"ari_app.commands.{'import_' if name == 'import' else name}")
