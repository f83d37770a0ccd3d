"""Whether a sample call went as its rule says, by what was heard and by what the register has."""

import re
import time

import msgspec
from rich.markup import escape

from db.database import Database
from db.records import CallRow
from db.stories import CallStory, Stories
from demo.result import Result
from demo.scenario import Scenario
from routing.outcomes import Absence, Reached
from routing.steps import Note
from routing.trail import Trail, decode

CLOSED_SECONDS = 10.0
"""How long a call's row and recording may come after its end."""
COLUMNS = "rule", "call", "talked with", "recorded", ""
_NOT_AT_WORK = re.compile(f"(.+): ({Absence.ON_LEAVE}|{Absence.OUTSIDE_HOURS})")


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one sample call."""

    result: Result
    story: CallStory | None
    troubles: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether everything was as the rule says."""
        return not self.troubles

    @property
    def line(self) -> str:
        """For a terminal."""
        title = self.result.scenario.title
        if self.good:
            return f"  [green]{title}: as the rule says[/]"
        return "\n".join((f"  [red]{title}[/]", *(f"    [red]{escape(one)}[/]" for one in self.troubles)))

    @property
    def row(self) -> tuple[str, ...]:
        """What `COLUMNS` names."""
        scenario, recording = self.result.scenario, self.story.recording if self.story else None
        return (
            scenario.rule,
            scenario.title,
            ", ".join(self.result.heard) or "-",
            f"{recording.seconds:.1f} s" if recording else "-",
            "[green]good[/]" if self.good else "[red]not so[/]",
        )


def judge(result: Result, database: Database) -> Verdict:
    """Compare with the register, once the call's row is closed and its recording sealed."""
    story = _story(result, Stories(database))
    return Verdict(result=result, story=story, troubles=(*result.troubles, *_unlike(result, story)))


def _story(result: Result, stories: Stories) -> CallStory | None:
    """The call's story, once its row is closed and its recording kept; else as far as it is known."""
    deadline = time.monotonic() + CLOSED_SECONDS
    story = None
    while time.monotonic() < deadline:
        mine = [call for call in stories.calls(since=result.began) if _is_of(call, result.scenario)]
        story = stories.story(mine[-1].id) if mine else None
        if story and story.call.ended and (story.recording or story.call.answered is None):
            return story
        time.sleep(0.1)
    return story


def _is_of(call: CallRow, scenario: Scenario) -> bool:
    """By the name that the caller sent; by its number where it sends nonsense, be it the lack of one."""
    if scenario.caller is None or scenario.sender is not None:
        return call.number == scenario.caller
    return call.name == scenario.id


def _unlike(result: Result, story: CallStory | None) -> list[str]:
    expected = result.scenario.expected
    if story is None:
        return [] if result.code in expected.codes else ["the register has no row of it"]
    call, trail = story.call, _trail(story)
    pairs = (
        ("end", expected.end, call.end),
        ("customer", expected.customer, call.customer),
        ("rules", list(expected.rules), _rules(trail)),
        ("acts", list(expected.acts), [(act.by, act.what) for act in story.acts]),
    )
    absences = _missed(trail)
    found = [
        f"{person}: expected {why!r}, the register has {absences.get(person)!r}"
        for person, why in expected.missed.items()
        if absences.get(person) != why
    ]
    found += [f"{what}: expected {wanted!r}, the register has {got!r}" for what, wanted, got in pairs if wanted != got]
    if expected.intent is not None and expected.intent != call.intent:
        found.append(f"intent: expected {expected.intent!r}, the register has {call.intent!r}")
    tags = iter([entry.outcome.__struct_config__.tag for entry in trail.entries if entry.outcome is not None])
    found += [f"outcome {wanted!r} is not in the trail" for wanted in expected.outcomes if wanted not in tags]
    if call.answered and story.recording is None:
        found.append("there is no recording")
    return found


def _trail(story: CallStory | None) -> Trail:
    return decode(story.call.trail) if story and story.call.trail else Trail(rules="")


def _rules(trail: Trail) -> list[str]:
    """The rules of the routes that were taken, in their order."""
    taken = ("fits", "straight to")
    return [note.rule for note in _notes(trail) if note.rule and note.text.startswith(taken)]


def _missed(trail: Trail) -> dict[str, str]:
    """Who was not reached and why: passed over by the rules, or found out by ringing."""
    by_rule = (_NOT_AT_WORK.fullmatch(note.text) for note in _notes(trail))
    missed = {match[1]: match[2] for match in by_rule if match}
    for entry in trail.entries:
        if isinstance(entry.outcome, Reached):
            missed |= {one.person: str(one.why) for one in entry.outcome.missed}
    return missed


def _notes(trail: Trail) -> list[Note]:
    notes = [note for entry in trail.entries for note in entry.step.notes]
    return notes + list(trail.ending.notes if trail.ending else ())
