"""``switchboard call ID``: the story of one call, step by step, with the reason for each; ``--reason`` adds to it."""

import argparse
import sys
from collections.abc import Iterator

from ari_app.cli import Refused
from ari_app.commands.calls import as_json
from ari_app.commands.explain import show
from ari_app.commands.opening import database_of, rules_of, staff_of
from db.database import Database
from db.records import ActRow, CallRow, Deed, LegRow, RemarkRow
from db.register import Register
from db.stories import CallStory, Stories
from premises.access import user
from premises.clock import now
from premises.ids import answers_to
from premises.installation import Installation
from premises.remarks import noted
from premises.rulebooks import Rulebooks
from premises.wall_clock import WallClock, wall_clock
from routing.explain import retell
from routing.outgoing import OUTGOING
from routing.trail import UnreadableTrailError, decode
from routing.transfers import BACK

SERVED_BY = {"stand-in": "answered by the stand-in", "ring": "served by the dialplan: it rings the operators"}
"""Where it was not the engine."""


ACTS: dict[Deed, str] = {
    "listen": "listened to {}",
    "whisper": "whispered to {}",
    "join": "joined {}",
    "take over": "took the caller over from {}",
    "help": "called for help",
    "pause": "paused the recording",
    "hand over": "handed the caller of {} over to somebody else",
    "hang up": "hung up for {}",
}
"""What somebody did while the one in the braces talked."""


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("id", help="as `switchboard calls` shows it")
    parser.add_argument("--reason", metavar="WORD", help="note what it was about: one of the rules' reasons")
    parser.add_argument("--note", metavar="TEXT", help="note something in words; it goes where the reason's go")
    parser.add_argument("--json", action="store_true")


def run(given: argparse.Namespace) -> int:
    """Prints it, after what is noted about it; 1 where there is no such call, or no such reason."""
    installation = Installation(given.data)
    with database_of(installation) as database:
        story = Stories(database).story(given.id)
        if story is not None and (given.reason or given.note):
            _note(installation, database, story.call, given.reason, given.note)
            story = Stories(database).story(given.id)
    if story is None:
        raise Refused(f"the register has no call {given.id}")
    if given.json:
        sys.stdout.buffer.write(as_json(story.call) + b"\n")
    else:
        print("\n".join(_tell(story, wall_clock(installation))))
    return 0


def _note(installation: Installation, database: Database, call: CallRow, reason: str | None, words: str | None) -> None:
    if call.erased:
        raise Refused(f"the customer of call {call.id} was erased: nothing is noted about it any more")
    reasons = rules_of(installation, staff_of(installation)).reasons
    if reason is not None and reason not in reasons:
        raise Refused(f"the rules have no reason {reason!r}; there are: {', '.join(reasons) or 'none'}")
    kept = Rulebooks(installation).of(call.rules) if call.rules else None
    named = (reason, reasons[reason]) if reason else None
    register = Register(database)
    register.put(*noted(call, kept, named, by=user(), at=now(), text=" ".join((words or "").split()) or None))
    if register.close():
        raise Refused("the register does not take it: ./switchboard doctor")


def _tell(story: CallStory, clock: WallClock) -> list[str]:
    call = story.call
    number = "somebody erased" if call.erased else call.number or "withheld"
    caller = number + (f", customer {call.customer}" if call.customer else "")
    lines = [f"{clock.second(call.arrived)}  {caller} {_how(call)}"]
    if call.served_by != "engine":
        lines.append(f"  {SERVED_BY[call.served_by]}")
    lines += _tell_trail(call)
    lines += [_tell_leg(leg) for leg in story.legs]
    lines += [_tell_act(act, clock) for act in story.acts]
    if story.recording:
        lines.append(f"  recording {story.recording.file}, {story.recording.seconds:.1f} s")
    lines += [
        f"  message in {one.box} for {one.owner or 'anybody'}: {one.file}, {one.seconds:.1f} s"
        for one in story.messages
    ]
    lines += [_tell_remark(one, clock) for one in story.remarks]
    lines.append(f"{clock.second(call.ended)}  {call.end}" if call.ended else "in progress")
    return lines


def _tell_trail(call: CallRow) -> Iterator[str]:
    """Its way through the rules, step by step; all else is told also where that cannot be."""
    try:
        yield from map(show, retell(decode(call.trail)) if call.trail else ())
    except UnreadableTrailError as why:
        yield f"  its way through the rules cannot be read: {why}"


def _tell_act(act: ActRow, clock: WallClock) -> str:
    lasted = f" for {(act.ended - act.began).total_seconds():.1f} s" if act.ended else ""
    why = f": {act.why}" if act.why else ""
    return f"  {clock.of_a_day(act.began)} {act.by} {ACTS[act.what].format(act.person)}{lasted}{why}"


def _how(call: CallRow) -> str:
    if call.dialled.startswith(BACK):
        return f"is called back by {call.dialled.removeprefix(BACK)}, as promised in call {answers_to(call.id)}"
    if call.dialled.startswith(OUTGOING):
        return f"is called by {call.dialled.removeprefix(OUTGOING)}"
    return f"dialled {call.dialled}"


def _tell_remark(one: RemarkRow, clock: WallClock) -> str:
    said = ": ".join(part for part in (one.reason, one.text) if part) or "somebody erased"
    told = f", told to {', '.join(one.tell)}" if one.tell else ""
    return f"  noted by {one.by} at {clock.of_a_day(one.at)}: {said}{told}"


def _tell_leg(leg: LegRow) -> str:
    if leg.answered and leg.ended:
        return f"  {leg.person} talked for {(leg.ended - leg.answered).total_seconds():.1f} s"
    return f"  {leg.person} was rung: {leg.why or 'the caller left'}"
