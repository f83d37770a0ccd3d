"""The figures of `switchboard report`, worked out anew: from the trails, and from what telephones saw."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from db.records import LegRow
from db.stories import CallStory
from routing.calling_back import WANTED
from routing.outcomes import CallBackAsked, HandedOver, Talked, Unanswered
from routing.steps import Ring, RingOutside, Wait
from routing.trail import Entry, decode
from routing.transfers import INSIDE
from tests.asterisk.floor.callers import Placed
from tests.asterisk.floor.matching import Answered, Pairs, talked, with_caller
from tests.asterisk.floor.seen import GRAIN, Back

Figures = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Of a report: by table, row and column."""
Sums = dict[str, dict[str, float]]
"""By row and column."""
_EXACT = 0.01


def by_queue(stories: Iterable[CallStory]) -> Sums:
    """What became of callers in each queue, by the outcomes of the trails."""
    sums = defaultdict[str, dict[str, float]](lambda: defaultdict(float))
    for story in stories:
        for entry in _waited_for(story):
            queue = sums[entry.step.queue if isinstance(entry.step, Wait) else _wanted(entry)]
            queue["wanted"] += 1
            queue["answered"] += isinstance(entry.outcome, Talked | HandedOver)
            queue["passed_on"] += isinstance(entry.outcome, Unanswered | CallBackAsked)
            queue["abandoned"] += entry.outcome is None
            queue["waited"] += _wait_of(story, entry)
    return {queue: dict(columns) for queue, columns in sums.items()}


def by_person(stories: Iterable[CallStory]) -> Sums:
    """What each person did, by the legs."""
    sums = defaultdict[str, dict[str, float]](lambda: defaultdict(float))
    for story in stories:
        for leg in story.legs:
            person = sums[leg.person]
            person["offers"] += 1
            person["talks"] += leg.answered is not None
            person["talk"] += talked(leg)
            person["missed"] += leg.why is not None and leg.answered is None
            person["handling"] += _taken(leg)
        for sender, _ in _handovers(story):
            sums[sender]["transfers"] += 1
        for first in () if _is_inside(story) else _talkers(story)[:1]:
            sums[first]["answered"] += 1
    return {person: dict(columns) for person, columns in sums.items()}


def in_all(stories: Sequence[CallStory]) -> dict[str, float]:
    """What became of all calls, by how the register closed them."""
    found = Counter(_fate(story) for story in stories)
    return {
        **found,
        "calls": len(stories),
        "wanted": sum(bool(_waited_for(story)) for story in stories),
        "transfers": sum(len(_handovers(story)) for story in stories),
        "talks": sum(leg.answered is not None for story in stories for leg in story.legs),
        "talk": sum(talked(leg) for story in stories for leg in story.legs),
        "handling": sum(_taken(leg) for story in stories for leg in story.legs),
    }


def differences(report: Figures, stories: Sequence[CallStory]) -> Iterator[str]:
    """Where the report says something else; columns that are not worked out anew are not compared."""
    tables: dict[str, Sums] = {
        "total": {"": in_all(stories)},
        "queue": by_queue(stories),
        "person": by_person(stories),
    }
    for table, rows in tables.items():
        told = report[table]
        unknown = {row for row, columns in told.items() if columns["talk"]} - rows.keys()
        yield from (f"{table} {row}: only in the report" for row in unknown)
        yield from (f"{table} {row}: not in the report" for row in rows.keys() - told.keys())
        for row, columns in rows.items():
            for column, amount in columns.items():
                if row in told and abs(told[row][column] - amount) > _EXACT:
                    yield f"{table} {row} {column}: {told[row][column]} in the report, {amount} by the trails"


def disagreeing_sums(report: Figures, stories: Iterable[CallStory]) -> Iterator[str]:
    """The talk of all is the same in every table, but that queues have none of calls from colleague to colleague."""
    sums = {table: round(sum(row["talk"] for row in rows.values()), 3) for table, rows in report.items()}
    sums["queue"] += sum(talked(leg) for story in stories if _is_inside(story) for leg in story.legs)
    if max(sums.values()) - min(sums.values()) > _EXACT:
        yield f"talk: {sums}"


def unlike_telephones(report: Figures, pairs: Mapping[str, Pairs], answered: Answered) -> Iterator[str]:
    """Where the report differs from what somebody's telephone saw; of what it could not see nothing is asked."""
    for person, both in pairs.items():
        told, rings = report["person"].get(person, {}), [ring for _, ring in both if ring]
        unseen = sum(ring is None for _, ring in both)
        if told.get("offers", 0) != len(rings) + unseen:
            yield f"{person}: {told.get('offers', 0)} offers in the report, {len(rings)} rings and {unseen} unseen"
        whole = [with_caller(leg, ring, answered) for leg, ring in both if ring and ring.sure]
        unsure = sum(talked(leg) for leg, ring in both if ring and not ring.sure)
        talk, at_telephone = told.get("talk", 0.0), sum(whole) + unsure
        if abs(talk - at_telephone) > GRAIN * len(rings):
            yield f"{person}: {talk:.1f} s of talk in the report, {at_telephone:.1f} s at the telephone"


def unlike_callers(
    report: Figures, placed: Sequence[Placed], answered: Mapping[str, int], backs: Sequence[Back], inside: int
) -> Iterator[str]:
    """Where the report differs from what callers saw. ``inside``: calls of colleagues, which it counts as well.

    Who hung up in the very moment of being answered may count as the one or the other.
    """
    total = report["total"][""]
    fates = Counter(call.fate for call in placed)
    if total["calls"] != len(placed) + len(backs) + inside:
        rung = f"{len(placed)} placed, {len(backs)} called back, {inside} inside the house"
        yield f"{total['calls']} calls in the report, {rung}"
    in_vain = sum(back.answered is None for back in backs)
    if total["not_reached"] < in_vain:
        yield f"{total['not_reached']} not reached by the report, {in_vain} telephones did not answer"
    promised = sum(call.fate == "promised" and not answered.get(call.name) for call in placed)
    if total["call_back"] < promised:
        yield f"{total['call_back']} to be called back by the report, {promised} were promised it"
    if total["left"] < fates["left"]:
        yield f"{total['left']} left in the menu by the report, {fates['left']} did"
    messages = sum(call.fate == "message" and not answered.get(call.name) for call in placed)
    if total["message"] < messages:
        yield f"{total['message']} messages in the report, {messages} left"


def _taken(leg: LegRow) -> float:
    """Seconds for which the person talked, and wrote it up."""
    wrap_up = (leg.wrapped_up - leg.ended).total_seconds() if leg.wrapped_up and leg.ended else 0.0
    return talked(leg) + wrap_up


def _wanting(story: CallStory) -> list[Entry]:
    entries = decode(story.call.trail).entries if story.call.trail else ()
    return [entry for entry in entries if isinstance(entry.step, Wait | Ring | RingOutside)]


def _waited_for(story: CallStory) -> list[Entry]:
    """By a caller; a colleague's call wants somebody, too, but comes to no queue."""
    return [] if _is_inside(story) else _wanting(story)


def _is_inside(story: CallStory) -> bool:
    return story.call.dialled.startswith(INSIDE)


def _wanted(entry: Entry) -> str:
    assert isinstance(entry.step, Ring)
    return entry.step.wanted


def _wait_of(story: CallStory, entry: Entry) -> float:
    """Seconds from the step's beginning to the answer of whoever talked then."""
    if not isinstance(entry.outcome, Talked | HandedOver) or entry.after is None:
        return 0.0
    began, person = story.call.arrived + dt.timedelta(seconds=entry.after), entry.outcome.person
    # Who calls back was rung before the caller, and joined with the caller then.
    was_there = isinstance(entry.step, Ring) and entry.step.wanted == WANTED
    answers = [
        leg.answered for leg in story.legs if leg.person == person and leg.answered and (was_there or leg.rang >= began)
    ]
    return (min(answers) - began).total_seconds()


def _talkers(story: CallStory) -> list[str]:
    """Who talked with the caller, one after the other, by the trail's outcomes."""
    outcomes = (entry.outcome for entry in _wanting(story))
    return [outcome.person for outcome in outcomes if isinstance(outcome, Talked | HandedOver)]


def _handovers(story: CallStory) -> list[tuple[str, str]]:
    """From whom to whom the caller went."""
    return [(one, other) for one, other in pairwise(_talkers(story)) if one != other]


def _fate(story: CallStory) -> str:
    if _is_inside(story):
        return "inside"
    if _talkers(story):
        return "answered"
    if story.call.end == "caller left":
        return "abandoned" if _wanting(story) else "left"
    ends = {"message": "message", "goodbye": "goodbye", "call-back": "call_back", "not reached": "not_reached"}
    return ends.get(story.call.end or "", "cut_off")
