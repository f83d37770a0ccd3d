"""``switchboard call ID``: the story of one call, step by step, with the reason for each."""

import argparse
import sys

from ari_app.cli import Refused
from ari_app.commands.calls import as_json
from ari_app.commands.explain import show
from ari_app.commands.opening import database_of
from db.records import LegRow
from db.stories import CallStory, Stories
from premises.installation import Installation
from routing.explain import retell
from routing.trail import decode

SERVED_BY = {"stand-in": "answered by the stand-in", "ring": "served by the dialplan: it rings the operators"}
"""Where it was not the engine."""


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("id", help="as `switchboard calls` shows it")
    parser.add_argument("--json", action="store_true")


def run(given: argparse.Namespace) -> int:
    """Prints it; 1 where there is no such call."""
    with database_of(Installation(given.data)) as database:
        story = Stories(database).story(given.id)
    if story is None:
        raise Refused(f"the register has no call {given.id}")
    if given.json:
        sys.stdout.buffer.write(as_json(story.call) + b"\n")
    else:
        print("\n".join(_tell(story)))
    return 0


def _tell(story: CallStory) -> list[str]:
    call = story.call
    number = "somebody erased" if call.erased else call.number or "withheld"
    caller = number + (f", customer {call.customer}" if call.customer else "")
    lines = [f"{call.arrived.astimezone():%Y-%m-%d %H:%M:%S}  {caller} dialled {call.dialled}"]
    if call.served_by != "engine":
        lines.append(f"  {SERVED_BY[call.served_by]}")
    lines += [show(told) for told in retell(decode(call.trail))] if call.trail else []
    lines += [_tell_leg(leg) for leg in story.legs]
    if story.recording:
        lines.append(f"  recording {story.recording.file}, {story.recording.seconds:.1f} s")
    lines += [
        f"  message in {one.box} for {one.owner or 'anybody'}: {one.file}, {one.seconds:.1f} s"
        for one in story.messages
    ]
    lines.append(f"{call.ended.astimezone():%Y-%m-%d %H:%M:%S}  {call.end}" if call.ended else "in progress")
    return lines


def _tell_leg(leg: LegRow) -> str:
    if leg.answered and leg.ended:
        return f"  {leg.person} talked for {(leg.ended - leg.answered).total_seconds():.1f} s"
    return f"  {leg.person} was rung: {leg.why or 'the caller left'}"
